import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { openLab } from '../../src/lib/lab/lab.js';

/** A key pair on disk; `publicLine` is what stands in authorized_keys and, after a host's name, in known_hosts. */
export interface KeyPair {
  readonly file: string;
  readonly publicLine: string;
}

export interface Sshd {
  readonly port: number;
  /** Process ids of the connections it serves, without the listener's own. */
  connections(): number[];
  /** What it wrote to its log. */
  log(): string;
  stop(): void;
}

// The machine needs no SSH server of its own: it is that of the lab's image, on this machine's network, seeing the
// test's folder at its own place. All mounts are private to the process and go with it.
const SSHD_OF_IMAGE = `
set -e
image=$1 folder=$2 base=$3 shell=$4 root=$3.root
mkdir -p "$root" "$base.upper/root" "$base.work"
mount -t overlay overlay -o "lowerdir=$image,upperdir=$base.upper,workdir=$base.work" "$root"
mkdir -p "$root$folder" "$root/run"
mount --rbind /dev "$root/dev"
mount -t proc proc "$root/proc"
mount -t tmpfs tmpfs "$root/run"
mkdir -p "$root/run/sshd"
mount --bind "$folder" "$root$folder"
chroot "$root" usermod --shell "$shell" root
exec chroot "$root" /usr/sbin/sshd -D -e -f "$base.conf"`;

async function labImage(): Promise<string> {
  const lab = process.env.KUAFU_LAB;
  if (!lab) throw new Error('KUAFU_LAB is not set: run these tests with npm test, or inside kuafu lab run');
  return (await openLab(lab)).record.image;
}

/** The account that logs in: root's, as its owner made it. */
export interface Account {
  /** Its login shell; bash unless told. */
  readonly shell?: string;
  /** Files of its home, such as `.bashrc`, instead of those of the image. */
  readonly files?: Readonly<Record<string, string | Buffer>>;
  /** Files of its system, by their whole paths; all of them may be run. */
  readonly system?: Readonly<Record<string, string>>;
}

/** A folder for keys and daemons of one test file. Everything it started or wrote goes with close(). */
export class SshLab {
  readonly folder = mkdtempSync(join(tmpdir(), 'kuafu-sshd-'));
  readonly #daemons: Sshd[] = [];

  key(name: string, type = 'ed25519', passphrase = '', more: readonly string[] = []): KeyPair {
    const file = join(this.folder, name);
    const args = ['-q', '-t', type, '-N', passphrase, '-C', name, '-f', file, ...more];
    execFileSync('ssh-keygen', args);
    const [algorithm, key] = readFileSync(`${file}.pub`, 'utf8').trim().split(' ');
    return { file, publicLine: `${algorithm} ${key}` };
  }

  /** Starts sshd on a free loopback port; `more` are lines of sshd_config, which come first and so win. */
  async sshd(
    hostKeys: readonly KeyPair[],
    authorized: readonly KeyPair[],
    more = '',
    { shell = '/bin/bash', files = {}, system = {} }: Account = {},
  ): Promise<Sshd> {
    const port = await freePort();
    const base = join(this.folder, `sshd-${port}`);
    for (const [name, content] of Object.entries(files)) {
      const file = join(`${base}.upper`, 'root', name);
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, content);
    }
    for (const [path, content] of Object.entries(system)) {
      const file = join(`${base}.upper`, path);
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, content, { mode: 0o755 });
    }
    writeFileSync(`${base}.keys`, authorized.map((key) => `${key.publicLine}\n`).join(''), { mode: 0o600 });
    writeFileSync(
      `${base}.conf`,
      [
        more,
        `Port ${port}`,
        'ListenAddress 127.0.0.1',
        ...hostKeys.map((key) => `HostKey ${key.file}`),
        `AuthorizedKeysFile ${base}.keys`,
        'StrictModes no',
        'UsePAM no',
        'PermitRootLogin prohibit-password',
        'PasswordAuthentication no',
        // Unlike for most lines of sshd_config, the last one of these wins.
        ...(more.includes('MaxStartups') ? [] : ['MaxStartups 200']),
        `PidFile ${base}.pid`,
        '',
      ].join('\n'),
    );
    const child = spawn(
      'unshare',
      ['--mount', 'sh', '-c', SSHD_OF_IMAGE, 'sh', await labImage(), this.folder, base, shell],
      {
        stdio: ['ignore', 'ignore', 'pipe'],
      },
    );
    const daemon = sshdOf(child, port);
    this.#daemons.push(daemon);
    await untilListening(daemon, child);
    return daemon;
  }

  close(): void {
    for (const daemon of this.#daemons) daemon.stop();
    rmSync(this.folder, { recursive: true, force: true });
  }
}

function sshdOf(child: ChildProcess, port: number): Sshd {
  let log = '';
  child.stderr?.on('data', (chunk) => {
    log += chunk;
  });
  const pid = child.pid ?? 0;
  return {
    port,
    connections: () => childrenOf(pid),
    log: () => log,
    stop: () => {
      const all = [...descendantsOf(pid), pid];
      for (const each of child.exitCode === null ? all : []) killIfThere(each);
    },
  };
}

export function killIfThere(pid: number, signal: NodeJS.Signals = 'SIGKILL'): void {
  try {
    process.kill(pid, signal);
  } catch {
    // It ended by itself.
  }
}

function childrenOf(pid: number): number[] {
  try {
    return readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ').filter(Boolean).map(Number);
  } catch {
    return [];
  }
}

function descendantsOf(pid: number): number[] {
  return childrenOf(pid).flatMap((child) => [...descendantsOf(child), child]);
}

export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => resolve(port));
    });
  });
}

async function untilListening(daemon: Sshd, child: ChildProcess): Promise<void> {
  const giveUpAt = Date.now() + 10_000;
  while (Date.now() < giveUpAt && child.exitCode === null) {
    if (daemon.log().includes('Server listening')) return;
    await sleep(20);
  }
  throw new Error(`sshd did not start: ${daemon.log()}`);
}
