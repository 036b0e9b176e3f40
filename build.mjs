// The build: one module for what each command loads, and not 1,000 small ones. Types are checked by `npm run check`.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { build } from 'rolldown';

const common = {
  cwd: import.meta.dirname,
  platform: 'node',
  // `dependencies` of package.json that code loads: the database is native, and ssh2 has a native part where it was installed
  // with one. cosmiconfig asks for typescript when a configuration is written in it, and ours are not.
  external: ['libsql', 'ssh2', 'typescript'],
  onLog(level, { message }) {
    // A package that is not found is only a warning, and would be missing at the user's.
    if (level === 'warn') throw new Error(message);
  },
};

/** What `--version` and `--help` need: in one file, as each costs them half a millisecond. */
const atOnce =
  /src\/(package-file|commands\/(root-help|error-document)|lib\/(exit-codes|errors|open-files|ui\/frame\/(output|screen-width|break-sentences|fit-help)))\.ts$/;

/**
 * What every command needs that reads the configuration, and what every operation needs: in one file each, as a module costs
 * a third of a millisecond however small it is. No package is in them, and nothing that some of these commands load later.
 */
const forHosts = new RegExp(
  `src/(${[
    'host-script',
    'lib/(names|shell|masking|own-files|ssh-config)/',
    'lib/(bytes|json-text|literal-pattern|no-text)',
    'lib/config/(client-layer|config-error|duration|folders|ssh-target|system-paths)',
    'lib/inventory/(host-groups|inventory|selection)',
    'lib/ledger/(errors|opened|own-ledger|read-assigned)',
    'lib/ssh/(abort|connect-error|lines|output-capture|questions)',
    'lib/ui/frame/(duration|sanitize)',
  ].join('|')})`,
);
const forOperations = /src\/lib\/((plan|record|run|host|traffic|layers)\/|process-start)/;

// Nothing is minified: it makes no difference to the start.
const readable = { comments: false, minifyInternalExports: false };

// A chunk for each import(), and for what several of them share: a command loads what it needs and nothing else.
await build({
  ...common,
  input: { main: 'src/main.ts', 'ready-probe': 'src/lib/lab/ready-probe.ts' },
  plugins: [licences()],
  preserveEntrySignatures: 'allow-extension',
  output: {
    ...readable,
    dir: 'dist',
    cleanDir: true,
    // No folders: see src/package-file.ts. No hashes: a long run may find a newer build when it loads the rest of it.
    chunkFileNames: '[name].js',
    codeSplitting: {
      includeDependenciesRecursively: false,
      groups: [
        { name: 'start', test: atOnce, priority: 2 },
        { name: 'hosts', test: forHosts, priority: 1 },
        { name: 'operation', test: forOperations },
      ],
    },
    // Nobody reads them before there is a stack to show: src/commands/source-places.ts.
    sourcemap: true,
    sourcemapExcludeSources: true,
  },
});

// For benchmarks of parts; it is not in the package.
await build({
  ...common,
  input: 'bench/library.ts',
  output: { ...readable, file: 'bench/library.js', codeSplitting: false },
});

/** Writes the licences of all packages that became part of the build beside it, as they ask for. */
function licences() {
  return {
    name: 'licences',
    generateBundle(_options, bundle) {
      const ids = Object.values(bundle).flatMap((file) => (file.type === 'chunk' ? file.moduleIds : []));
      const folders = new Set(ids.filter((id) => id.includes('/node_modules/')).map(packageFolder));
      const texts = new Set([...folders].map(licenceOf));
      const source = [...texts].sort().join(`\n${'-'.repeat(80)}\n\n`);
      this.emitFile({ type: 'asset', fileName: 'THIRD-PARTY-LICENCES.txt', source });
    },
  };
}

/** Folders inside a package may have a package.json, too, but none with a version. */
function packageFolder(file) {
  const folder = dirname(file);
  const isPackage = existsSync(join(folder, 'package.json')) && 'version' in manifestOf(folder);
  return isPackage ? folder : packageFolder(folder);
}

function manifestOf(folder) {
  return JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
}

function licenceOf(folder) {
  const { name, version, license } = manifestOf(folder);
  const file = readdirSync(folder).find((entry) => /^licen[cs]e/i.test(entry));
  if (file === undefined) throw new Error(`${name} ${version}: its licence is not in ${folder}`);
  return `${name} ${version} (${license})\n\n${readFileSync(join(folder, file), 'utf8').trim()}\n`;
}
