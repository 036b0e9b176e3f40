import { type ChildProcess, spawn } from 'node:child_process';
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { hostScript } from '../../src/host-script.js';
import { LineCutter } from '../../src/lib/ssh/lines.js';

// Runs what the receiver's authorized_keys would run, after what a shell there prints at login.
const SSH = `#!/bin/sh
[ "$1" = -V ] && { echo 'OpenSSH_9.2p1' >&2; exit; }
for target in "$@"; do :; done
folder=$ROOT/\${target#*@}
[ -e "$folder/noise" ] && cat "$folder/noise"
exec sh "$folder"/spools/*/receive`;

/** templates/copy/member.sh run by sh, each with a home and spools of its own, and an ssh between them that is none. */
export class ScriptHosts {
  readonly root: string;
  readonly #hosts: ScriptHost[] = [];

  private constructor(root: string) {
    this.root = root;
  }

  static async open(): Promise<ScriptHosts> {
    const root = await mkdtemp(join(tmpdir(), 'kuafu-member-'));
    await mkdir(join(root, 'bin'));
    await writeFile(join(root, 'bin/ssh'), SSH);
    await chmod(join(root, 'bin/ssh'), 0o755);
    return new ScriptHosts(root);
  }

  /** Prepares a host; `start` begins its process. */
  async host(name: string): Promise<ScriptHost> {
    await mkdir(join(this.root, name, 'home/.ssh'), { recursive: true });
    const host = new ScriptHost(this.root, name);
    this.#hosts.push(host);
    return host;
  }

  async close(): Promise<void> {
    for (const host of this.#hosts) await host.end();
    await rm(this.root, { recursive: true, force: true });
  }
}

export class ScriptHost {
  readonly name: string;
  readonly folder: string;
  readonly spool: string;
  readonly said: string[] = [];
  readonly #root: string;
  #child: ChildProcess | undefined;
  #ended: Promise<unknown> = Promise.resolve();

  constructor(root: string, name: string) {
    this.#root = root;
    this.name = name;
    this.folder = join(root, name);
    this.spool = join(this.folder, 'spools/261129-abcd.12345678');
  }

  /** `words`: ROLE SIZE RATE SOURCES CODEC [TAR_ARGUMENTS...] */
  start(...words: readonly string[]): void {
    const script = hostScript('copy/member').replaceAll('/var/lib/kuafu', join(this.folder, 'spools'));
    const path = `${join(this.#root, 'bin')}:${process.env.PATH}`;
    const child = spawn('sh', ['-c', script, 'kuafu', this.spool, ...words], {
      detached: true,
      env: { PATH: path, HOME: join(this.folder, 'home'), ROOT: this.#root },
    });
    this.#child = child;
    // It may be gone before all was said to it.
    child.stdin.on('error', () => undefined);
    const lines = new LineCutter();
    child.stdout.on('data', (chunk) => this.said.push(...lines.cut(chunk).map(({ text }) => text)));
    this.#ended = new Promise((resolve) => child.once('close', resolve));
    this.say(`key ${Buffer.from('key').toString('base64')}`, 'public ssh-ed25519 AAAA');
  }

  get pid(): number {
    return this.#child?.pid ?? 0;
  }

  say(...lines: readonly string[]): void {
    this.#child?.stdin?.write(lines.map((line) => `${line}\n`).join(''));
  }

  feed(receiver: ScriptHost): void {
    this.say(`feed ${receiver.name} root ${receiver.name} 22 ssh-ed25519 AAAA`);
  }

  file(name: string): Promise<Buffer> {
    return readFile(join(this.spool, name));
  }

  async end(): Promise<void> {
    this.#child?.stdin?.end();
    await this.#ended;
  }
}
