import { type SpawnSyncReturns, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  chmodSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { hostScript } from '../../src/host-script.js';
import { fingerprintCommand, packCommand, parseFingerprint } from '../../src/lib/copy/archive.js';
import { placeWords } from '../../src/lib/copy/place.js';
import { renderCommand } from '../../src/lib/shell/quote.js';

/** Content of files by name; a name that ends with a slash is an empty folder. */
export type Files = Readonly<Record<string, string>>;

/** Those whose calls are counted: all that changes what is in place. */
const PROGRAMS = ['mv', 'rm', 'rmdir'];
/** Between what a script does by itself, such as opening a file. */
const MORE_PROGRAMS = [
  'mkdir',
  'mktemp',
  'cat',
  'chown',
  'chmod',
  'stat',
  'sync',
  'cp',
  'touch',
  'grep',
  'cut',
];

/** A folder that is a host to the scripts of a copy: an app in it, and what kuafu keeps, all below names of this test alone. */
export class PlacedHost {
  readonly folder = mkdtempSync(join(tmpdir(), 'kuafu-placed-'));
  readonly app = join(this.folder, 'opt', 'shop');
  /** What kuafu keeps; for `onAnotherFileSystem` on another than the app. */
  readonly state: string;
  readonly exclude: string[];
  /** What somebody who may write in the app's folders does right before each call of a program. */
  disturbance: { readonly program: string; readonly script: string } | undefined;
  #archive = '';
  #kept: readonly string[] = [];

  constructor(exclude: readonly string[] = [], onAnotherFileSystem = false) {
    this.exclude = exclude.map((name) => join(this.app, name));
    this.state = onAnotherFileSystem ? mkdtempSync('/dev/shm/kuafu-placed-') : join(this.folder, 'state');
    if (onAnotherFileSystem && statSync(this.state).dev === statSync(this.folder).dev)
      throw new Error('/dev/shm is no other file system here');
    mkdirSync(this.state, { recursive: true });
    mkdirSync(dirname(this.app));
  }

  get tree() {
    return { paths: [this.app], exclude: this.exclude, format: 'pax' } as const;
  }

  /** Packs these files as the tree of a template; nothing of them is on the host after it. */
  pack(files: Files): void {
    this.put(files);
    this.packWhatIsThere();
  }

  packWhatIsThere(): void {
    this.#archive = join(this.folder, 'archive');
    const { words } = packCommand(this.tree, 'gzip', 1000);
    const packed = spawnSync('sh', ['-c', renderCommand(words)], { maxBuffer: 1e9 });
    if (packed.status !== 0) throw new Error(packed.stderr.toString());
    writeFileSync(this.#archive, packed.stdout);
    rmSync(this.app, { recursive: true, force: true });
  }

  put(files: Files): void {
    for (const [name, content] of Object.entries(files)) {
      const path = join(this.app, name);
      mkdirSync(name.endsWith('/') ? path : dirname(path), { recursive: true });
      if (!name.endsWith('/')) writeFileSync(path, content);
    }
  }

  /** Every file of the app by name, and empty folders with a slash. */
  files(at = this.app): Files {
    const found: Record<string, string> = {};
    const walk = (folder: string, name: string) => {
      const entries = readdirSync(folder, { withFileTypes: true });
      if (entries.length === 0) found[`${name}`] = '';
      for (const entry of entries) {
        const path = join(folder, entry.name);
        if (entry.isDirectory()) walk(path, `${name}${entry.name}/`);
        else found[`${name}${entry.name}`] = entry.isFile() ? readFileSync(path, 'utf8') : '';
      }
    };
    try {
      walk(at, '');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    }
    return found;
  }

  /** What lies beside the app; `shop` alone where all is well. */
  beside(): string[] {
    return readdirSync(dirname(this.app));
  }

  place(
    options: { readonly replace?: boolean; readonly kill?: number | undefined } = {},
  ): SpawnSyncReturns<string> {
    const spool = join(this.state, '261129-aaaa.1');
    mkdirSync(spool, { recursive: true });
    cpSync(this.#archive, join(spool, 'part'));
    const words = [spool, 'gzip', '', options.replace ? 'replace' : '', ...placeWords(this.tree)];
    return this.#run('copy/place', words, options.kill);
  }

  /** Writes an environment file, as an expansion does. */
  configure(path: string, content: string, kill?: number): SpawnSyncReturns<string> {
    const words = [path, '640', '', 'mode,owner', 'keep', join(this.state, 'brought'), 'brings'];
    return this.#run('env/put', words, kill, `${digestOf(content)}\n${content}`, MORE_PROGRAMS);
  }

  /** Writes an environment file on a host that kuafu did not bring. */
  push(path: string, content: string, kill?: number): SpawnSyncReturns<string> {
    const words = [path, '640', '', 'mode,owner', 'keep', join(this.state, 'brought')];
    return this.#run('env/put', words, kill, `${digestOf(content)}\n${content}`, MORE_PROGRAMS);
  }

  obstacles(replace = false, env = ''): string {
    const words = [this.state, replace ? 'replace' : '', env, ...placeWords(this.tree)];
    return this.#run('copy/obstacles', words).stdout;
  }

  /** The names that count as brought to the app. */
  recorded(): string[] {
    const record = join(this.state, 'brought', `${this.app.slice(1).replaceAll('/', '%')}%tree`);
    const records = readFileSync(record, 'utf8').split('\0').slice(0, -1);
    return records.map((each) => each.replace(/^\S+ \S+ \S+ /, '')).sort();
  }

  remove(kill?: number, ...more: readonly string[]): SpawnSyncReturns<string> {
    return this.#run('copy/remove', [this.state, ...placeWords(this.tree), ...more], kill);
  }

  /** Writes down what is there as brought, if it is the tree of this digest; `env`: a file, and the content that it is to have. */
  adopt(
    digest: string,
    env?: { readonly path: string; readonly content: string },
    kill?: number,
  ): SpawnSyncReturns<string> {
    const words = [
      this.state,
      digest,
      env?.path ?? '',
      ...placeWords({ paths: [this.app], exclude: this.exclude }),
    ];
    return this.#run('copy/adopt', words, kill, `${digestOf(env?.content ?? '')}\n`, ['tar', 'sha256sum']);
  }

  /** Of what is there, as plans of earlier versions have it. */
  digest(): string {
    const { words } = fingerprintCommand({ paths: [this.app], exclude: this.exclude }, 1000);
    const { stdout, stderr } = spawnSync('sh', ['-c', renderCommand(words)], { encoding: 'utf8' });
    return parseFingerprint(stdout, stderr)?.digest ?? '';
  }

  /** How often a script that is not killed calls a program that changes something. */
  calls(): number {
    return readFileSync(join(this.folder, 'calls'), 'utf8').length;
  }

  close(): void {
    for (const folder of [this.folder, this.state]) rmSync(folder, { recursive: true, force: true });
  }

  /** Keeps how the host is now, with what it has in another folder, to go back to it. */
  remember(...more: readonly string[]): void {
    this.#kept = ['opt', 'state', ...more.map((folder) => basename(folder))];
    const kept = this.#kept.map((name) => join(this.folder, name));
    spawnSync('cp', ['-a', ...kept, this.#folderOf('remembered')]);
  }

  recall(): void {
    spawnSync('rm', ['-rf', ...this.#kept.map((name) => join(this.folder, name))]);
    const kept = this.#kept.map((name) => join(this.folder, 'remembered', name));
    spawnSync('cp', ['-a', ...kept, this.folder]);
  }

  #folderOf(name: string): string {
    const folder = join(this.folder, name);
    mkdirSync(folder, { recursive: true });
    return folder;
  }

  /** `kill`: the script and all it began are killed right before the n-th of its changes. */
  #run(name: string, words: readonly string[], kill = 0, input = '', more: readonly string[] = []) {
    rmSync(join(this.folder, 'bin'), { recursive: true, force: true });
    const bin = this.#folderOf('bin');
    const calls = join(this.folder, 'calls');
    writeFileSync(calls, '');
    for (const program of [...PROGRAMS, ...more]) {
      const real = `/bin/${program}`;
      const count = `printf x >> '${calls}'; [ "$(/bin/stat -c %s '${calls}')" != ${kill} ] || kill -9 0`;
      this.#program(
        join(bin, program),
        `${kill === 0 ? `printf x >> '${calls}'` : count}\nexec ${real} "$@"`,
      );
    }
    this.#program(join(bin, 'systemctl'), ':');
    if (this.disturbance) {
      const { program, script } = this.disturbance;
      this.#program(join(bin, program), `${script}\nexec /bin/${program} "$@"`);
    }
    // A process group of its own is all that the kill reaches.
    const result = spawnSync('setsid', ['--wait', 'sh', '-c', hostScript(name), 'kuafu', ...words], {
      encoding: 'utf8',
      input,
      env: { ...process.env, HOME: this.folder, PATH: `${bin}:${process.env.PATH}` },
    });
    if (kill === 0) rmSync(join(this.state, '261129-aaaa.1'), { recursive: true, force: true });
    return result;
  }

  #program(path: string, script: string): void {
    writeFileSync(path, `#!/bin/sh\n${script}\n`);
    chmodSync(path, 0o755);
  }
}

function digestOf(content: string): string {
  return createHash('sha256').update(content).digest('hex');
}
