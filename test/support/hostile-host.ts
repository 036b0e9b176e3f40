import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Duplex } from 'node:stream';
import ssh2, { type ServerChannel, type Connection as ServerSide, type Session as SshdSession } from 'ssh2';
import type { Host, SshTarget } from '../../src/lib/names/host.js';
import { type ConnectionOptions, openConnections } from '../../src/lib/ssh/connections.js';
import type { Connections } from '../../src/lib/ssh/transport.js';
import { HostileCommand } from './hostile-command.js';
import { jumpHosts } from './jump-hosts.js';

// A host that is not what it seems: an SSH server on loopback that keeps to the protocol until it is told otherwise. It
// runs nothing, so tests with it need neither root nor a lab: what a command "does" is written in the test.
//
//     const host = await HostileHost.listen({
//       command: (command) => {
//         command.begin();                        // the mark, as every honest command begins
//         command.stdout('fed new-b-09 1 no\n');  // … and then a lie
//         command.exit(0);
//       },
//     });
//     const session = await host.connections().session(host.target());
//     …
//     await host.close();                         // in afterEach: sockets, timers, files and all
//
// - `silentAt`: at this point of the conversation it says nothing more, ever. `hangUpAt`: it closes the socket there.
//   PHASES is the table of all of them, in order.
// - `command`: what it does with each command, see hostile-command.ts: begin, noise, stdout, stderr, flood, drip, exit,
//   signal, close, in any order and as often as you like. Unless told: an honest command without output, status 0.
// - `stream`: what it does with each connection to a socket or port behind it (balancers, health checks): gets the
//   target, `/run/haproxy.sock` or `127.0.0.1:8090`, and the stream. Unless told it refuses them.
// - messages that the protocol forbids: floodWith of hostile-messages.ts, on the channel of a command or on a stream.
// - `host.commands`: what it was asked to run, with what came on standard input. `host.sockets`: who is connected.

/** Where a conversation can end. */
export const PHASES = [
  'accept', // the connection is taken, and nothing is said
  'identification', // half of `SSH-2.0-…`
  'key-exchange', // the identification, no keys
  'authentication', // keys, no answer to a login
  'channel', // logged in, no channel for a command
  'exec', // a channel, no answer to the command
  'start', // the command is taken, and does not begin
  'data', // it begins, and puts out nothing
  'mid-data', // it puts out half a line
  'status', // it ends its output, and gives no status: that is no wait, but a lost link
  'close', // it has a status, and does not close the channel
  'stream', // no answer to a connection to a port or socket behind it
] as const;
export type Phase = (typeof PHASES)[number];

export interface Behaviour {
  readonly silentAt?: Phase;
  readonly hangUpAt?: Phase;
  readonly command?: (command: HostileCommand) => unknown;
  readonly stream?: (target: string, stream: Duplex) => void;
}

/** Keys of this process: making them takes longer than a test. */
const KEYS = {
  host: ssh2.utils.generateKeyPairSync('ed25519'),
  client: ssh2.utils.generateKeyPairSync('ed25519'),
};

export class HostileHost {
  readonly commands: HostileCommand[] = [];
  readonly sockets = new Set<Socket>();
  /** May be changed at any time; what runs already goes on as it was. */
  behaviour: Behaviour;
  readonly #folder = mkdtempSync(join(tmpdir(), 'kuafu-hostile-'));
  readonly #open: Connections[] = [];
  readonly #listener: Server;
  readonly #ssh = new ssh2.Server({ hostKeys: [KEYS.host.private] }, (client) => this.#serve(client));

  private constructor(behaviour: Behaviour) {
    this.behaviour = behaviour;
    this.#listener = createServer((socket) => this.#accept(socket));
    writeFileSync(join(this.#folder, 'id'), KEYS.client.private, { mode: 0o600 });
    writeFileSync(this.knownHosts, `* ${KEYS.host.public}\n`);
  }

  static async listen(behaviour: Behaviour = {}): Promise<HostileHost> {
    const host = new HostileHost(behaviour);
    await new Promise<void>((resolve) => host.#listener.listen(0, '127.0.0.1', resolve));
    return host;
  }

  get port(): number {
    return (this.#listener.address() as AddressInfo).port;
  }

  /** The file with its key, under every name. */
  get knownHosts(): string {
    return join(this.#folder, 'known_hosts');
  }

  /** The host as an inventory has it. */
  target(name = 'web', ssh: Partial<SshTarget> = {}): Host {
    const target: SshTarget = {
      address: '127.0.0.1',
      port: this.port,
      user: 'root',
      identityFiles: [join(this.#folder, 'id')],
      proxyJump: [],
      hostKeys: 'strict',
      connectTimeoutMs: 10_000,
      ...ssh,
    };
    return { name, room: 'A', role: 'member', ssh: target };
  }

  /** Connections that know its key; they also reach every other hostile host of this process. */
  connections(options: Partial<ConnectionOptions> = {}): Connections {
    const opened = openConnections({
      knownHostsFiles: [this.knownHosts],
      newKeysFile: join(this.#folder, 'new'),
      findJumpHost: jumpHosts(),
      ...options,
    });
    this.#open.push(opened);
    return opened;
  }

  async close(): Promise<void> {
    for (const command of this.commands) command.stop();
    for (const socket of this.sockets) socket.destroy();
    await Promise.all(this.#open.splice(0).map((connections) => connections.close()));
    await new Promise((resolve) => this.#listener.close(resolve));
    rmSync(this.#folder, { recursive: true, force: true });
  }

  /** True when the conversation ends here, in one way or the other. */
  #endsAt(phase: Phase): boolean {
    if (this.behaviour.hangUpAt === phase) for (const socket of this.sockets) socket.destroy();
    return this.behaviour.hangUpAt === phase || this.behaviour.silentAt === phase;
  }

  #accept(socket: Socket): void {
    this.sockets.add(socket.on('error', () => undefined));
    socket.on('close', () => this.sockets.delete(socket));
    if (this.#endsAt('accept')) return;
    if (this.#says(socket, 'identification', 'SSH-2.0-Open')) return;
    if (this.#says(socket, 'key-exchange', 'SSH-2.0-OpenSSH_9.2p1\r\n')) return;
    this.#ssh.injectSocket(socket);
  }

  #says(socket: Socket, phase: Phase, words: string): boolean {
    const { silentAt, hangUpAt } = this.behaviour;
    if (silentAt === phase) socket.write(words);
    if (hangUpAt === phase) socket.end(words);
    return silentAt === phase || hangUpAt === phase;
  }

  #serve(client: ServerSide): void {
    client.on('error', () => undefined);
    client.on('authentication', (context) => {
      if (!this.#endsAt('authentication')) context.accept();
    });
    client.on('session', (accept) => {
      if (!this.#endsAt('channel')) this.#session(accept());
    });
    client.on('tcpip', (accept, reject, { destIP, destPort }) =>
      this.#stream(`${destIP}:${destPort}`, accept, reject),
    );
    client.on('openssh.streamlocal', (accept, reject, { socketPath }) =>
      this.#stream(socketPath, accept, reject),
    );
  }

  #session(session: SshdSession): void {
    session.on('exec', (accept, _reject, { command: line }) => {
      if (this.#endsAt('exec')) return;
      const command = new HostileCommand(line, accept() as ServerChannel);
      this.commands.push(command);
      if (!this.#endsAt('start')) this.#run(command);
    });
  }

  #run(command: HostileCommand): unknown {
    const { behaviour } = this;
    if (behaviour.command) return behaviour.command(command);
    command.begin();
    if (this.#endsAt('data')) return;
    command.stdout('half a li');
    if (this.#endsAt('mid-data')) return;
    command.stdout('ne\n');
    if (this.#endsAt('status')) return command.eof();
    if (this.#endsAt('close')) return command.status(0);
    command.exit(0);
  }

  #stream(target: string, accept: () => Duplex, reject: () => void): void {
    const { stream: answer } = this.behaviour;
    if (this.#endsAt('stream')) return;
    if (!answer) {
      reject();
      return;
    }
    const stream = accept();
    stream.on('error', () => undefined);
    answer(target, stream);
  }
}
