import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

const DIST = fileURLToPath(new URL('../../dist/', import.meta.url));

/** By the name of the file: which modules of src/ and node_modules/ are in it, and what it imports at once. */
const BUILT = new Map(
  readdirSync(DIST)
    .filter((name) => name.endsWith('.js'))
    .map((name) => {
      const map = join(DIST, `${name}.map`);
      // What only passes on the exports of another has none.
      const { sources } = (existsSync(map) ? JSON.parse(readFileSync(map, 'utf8')) : { sources: [] }) as {
        sources: string[];
      };
      const code = readFileSync(join(DIST, name), 'utf8');
      const imports = [...code.matchAll(/^import (?:.+ from )?"(.+)";$/gm)].map(([, from = '']) => from);
      return [name, { sources: sources.map((source) => source.replace(/^\.\.\//, '')), imports }];
    }),
);

/** The packages that are there once this module of src/ is. */
function packagesOf(source: string): string[] {
  const first = [...BUILT].find(([, { sources }]) => sources.includes(source))?.[0];
  if (first === undefined) throw new Error(`${source} is not in the build`);
  const files = new Set([first]);
  const packages = new Set<string>();
  for (const file of files) {
    const { sources = [], imports = [] } = BUILT.get(file) ?? {};
    for (const from of imports)
      if (from.startsWith('./')) files.add(from.slice(2));
      else if (!isBuiltin(from)) packages.add(from);
    for (const path of sources) {
      const name = /^node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(path)?.[1];
      if (name !== undefined) packages.add(name);
    }
  }
  return [...packages].sort();
}

it('version and help of the program load no package', () => {
  expect(packagesOf('src/main.ts')).toEqual([]);
  expect(packagesOf('src/commands/root-help.ts')).toEqual([]);
});

const folders = readdirSync('src/commands', { withFileTypes: true }).filter((entry) => entry.isDirectory());
const definitions = folders.map(({ name }) => `${name}/${name}`);

it.each(['program', 'ops/ops-resume', ...definitions])(
  'the definition of %s loads commander alone',
  (path) => {
    expect(packagesOf(`src/commands/${path}.ts`).filter((other) => other !== 'commander')).toEqual([]);
  },
);

it('an action loads what it needs', () => {
  expect(packagesOf('src/commands/exec/exec-action.ts')).not.toContain('ssh2');
  expect(packagesOf('src/lib/config/load.ts')).toEqual(expect.arrayContaining(['yaml', 'zod']));
});

it('what draws live lists is loaded where there is a terminal', () => {
  const actions = [
    'src/commands/exec/exec-action.ts',
    'src/lib/ui/run/create-run-view.ts',
    'src/lib/ui/run/run-lines.ts',
  ];
  for (const module of actions) expect(packagesOf(module)).not.toContain('listr2');
  expect(packagesOf('src/lib/ui/run/run-screen.ts')).toContain('listr2');
});
