import { writeFileSync } from 'node:fs';
import { createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import type { Host, SshTarget } from '../../src/lib/names/host.js';
import type { RemoteCommand } from '../../src/lib/shell/command.js';
import { scriptCommand } from '../../src/lib/shell/quote.js';
import { ConnectError } from '../../src/lib/ssh/connect-error.js';
import { type ConnectionOptions, openConnections } from '../../src/lib/ssh/connections.js';
import type { Connections } from '../../src/lib/ssh/transport.js';
import { jumpHosts } from './jump-hosts.js';
import { type Account, freePort, type KeyPair, type Sshd, SshLab } from './sshd.js';

/** A real sshd that lets one key of ours in, and what a test needs to talk to it and to others. */
export class SshFixture {
  readonly lab = new SshLab();
  readonly client: KeyPair = this.lab.key('client');
  readonly hostKey: KeyPair = this.lab.key('host');
  readonly newKeys = join(this.lab.folder, 'state', 'new_hosts');
  readonly #open: Connections[] = [];
  readonly #cleanups: (() => void)[] = [];

  /** An sshd with the usual keys, these lines of configuration, and this account. */
  sshd(more = '', account: Account = {}): Promise<Sshd> {
    return this.lab.sshd([this.hostKey], [this.client], more, account);
  }

  /** A known_hosts file; without lines one that knows our host key under every name. */
  knownHosts(...lines: string[]): string {
    const file = join(this.lab.folder, `known_hosts-${Math.random().toString(36).slice(2)}`);
    const content = lines.length > 0 ? lines : [`* ${this.hostKey.publicLine}`];
    writeFileSync(file, content.map((line) => `${line}\n`).join(''));
    return file;
  }

  host(name: string, port: number, ssh: Partial<SshTarget> = {}): Host {
    const target: SshTarget = {
      address: '127.0.0.1',
      port,
      user: 'root',
      identityFiles: [this.client.file],
      proxyJump: [],
      hostKeys: 'strict',
      connectTimeoutMs: 10_000,
      ...ssh,
    };
    return { name, room: 'A', role: 'member', ssh: target };
  }

  connections(options: Partial<ConnectionOptions> = {}): Connections {
    const opened = openConnections({
      knownHostsFiles: options.knownHostsFiles ?? [this.knownHosts()],
      newKeysFile: this.newKeys,
      findJumpHost: jumpHosts(),
      ...options,
    });
    this.#open.push(opened);
    return opened;
  }

  /** A TCP server on loopback that is no sshd. */
  async plainServer(onConnection: (socket: Socket) => void): Promise<number> {
    const port = await freePort();
    const sockets = new Set<Socket>();
    const server = createServer((socket) => {
      sockets.add(socket.on('error', () => undefined));
      onConnection(socket);
    });
    await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
    this.onCleanup(() => {
      for (const socket of sockets) socket.destroy();
      server.close();
    });
    return port;
  }

  onCleanup(cleanup: () => void): void {
    this.#cleanups.push(cleanup);
  }

  /** Between tests: closes what one test opened. */
  async reset(): Promise<void> {
    await Promise.all(this.#open.splice(0).map((connections) => connections.close()));
    for (const cleanup of this.#cleanups.splice(0)) cleanup();
  }

  close(): void {
    this.lab.close();
  }
}

export function script(line: string, timeoutMs = 20_000, ...args: string[]): RemoteCommand {
  return scriptCommand(line, args, 'read', timeoutMs);
}

/** The ConnectError that the promise must fail with. */
export async function connectErrorOf(promise: Promise<unknown>): Promise<ConnectError> {
  const error = await promise.then(
    () => 'no error at all',
    (reason: unknown) => reason,
  );
  if (!(error instanceof ConnectError)) throw new Error(`not a ConnectError: ${error}`);
  return error;
}
