import type { Readable } from 'node:stream';
import type { Host } from '../../src/lib/inventory/inventory-types.js';
import type { RemoteCommand } from '../../src/lib/shell/command.js';
import { LinkLostError } from '../../src/lib/ssh/connect-error.js';
import type { CommandIo, CommandResult, Session } from '../../src/lib/ssh/transport.js';

/** From a word to feed until bytes flow: a login. */
const LOGIN_MS = 400;
/** After this a login on a host that says nothing is given up. */
const CONNECT_TIMEOUT_MS = 5000;
/** A lost host is known as lost after so long. */
const LOST_MS = 500;

interface Flow {
  readonly feeder: SimulatedHost;
  readonly receiver: SimulatedHost;
  readonly beginsMs: number;
}

/** Hosts that say what templates/copy/member.sh says, and the bytes between them, in the time of vitest's fake timers. */
export class SimulatedHosts {
  readonly #size: number;
  readonly #bytesPerMs: number;
  readonly #hosts = new Map<string, SimulatedHost>();
  #flows: Flow[] = [];

  /** Links carry `bytesPerMs` in each direction; the archive has `size` bytes. */
  constructor(size: number, bytesPerMs: number) {
    this.#size = size;
    this.#bytesPerMs = bytesPerMs;
  }

  /** A host that has nothing yet; the template has all. */
  add(name: string, role: 'receiver' | 'template' = 'receiver'): SimulatedHost {
    const host = new SimulatedHost(name, this);
    if (role === 'template') host.bytes = this.#size;
    this.#hosts.set(name, host);
    return host;
  }

  feed(feeder: SimulatedHost, to: string): void {
    const receiver = this.#hosts.get(to);
    if (receiver === undefined) throw new Error(`${feeder.host} is to feed ${to}, which nobody knows`);
    if (feeder.isFull) return void setTimeout(() => feeder.tell(`fed ${to} 255 No space left on device`), 20);
    const { isOver, isShut, isHung } = receiver;
    if (isOver || isShut) return void setTimeout(() => feeder.tell(`fed ${to} 255 Permission denied`), 100);
    if (isHung)
      return void setTimeout(() => feeder.tell(`fed ${to} 255 Connection timed out`), CONNECT_TIMEOUT_MS);
    this.#flows.push({ feeder, receiver, beginsMs: performance.now() + LOGIN_MS });
  }

  halt(feeder: SimulatedHost, to: string): void {
    this.#flows = this.#flows.filter((flow) => flow.feeder !== feeder || flow.receiver.host !== to);
  }

  /** The host's processes are gone, and with them what they fed and were fed by. */
  drop(host: SimulatedHost, words: string): void {
    for (const flow of this.#flows)
      if (flow.receiver === host) flow.feeder.tell(`fed ${host.host} 255 ${words}`);
    this.#flows = this.#flows.filter(({ feeder, receiver }) => feeder !== host && receiver !== host);
  }

  /** Moves what can be moved in so many milliseconds. */
  tick(stepMs: number): void {
    const now = performance.now();
    const up = new Map<SimulatedHost, number>();
    const down = new Map<SimulatedHost, number>();
    const room = (spent: Map<SimulatedHost, number>, host: SimulatedHost) =>
      spent.get(host) ?? this.#bytesPerMs * stepMs * host.speed;
    for (const flow of [...this.#flows].sort((a, b) => b.feeder.bytes - a.feeder.bytes)) {
      const { feeder, receiver, beginsMs } = flow;
      if (beginsMs > now || !this.#flows.includes(flow)) continue;
      this.#endOlder(flow);
      const left = Math.min(feeder.bytes, this.#size) - receiver.bytes;
      const bytes = Math.floor(Math.min(room(up, feeder), room(down, receiver), Math.max(0, left)));
      if (bytes > 0 && receiver.isFull) this.#end(flow, 1, 'No space left on device');
      if (bytes <= 0 || receiver.isFull) continue;
      up.set(feeder, room(up, feeder) - bytes);
      down.set(receiver, room(down, receiver) - bytes);
      receiver.take(bytes, this.#size);
      if (receiver.bytes === this.#size) this.#end(flow, 0, '');
    }
  }

  /** A receiver ends the process that received before. */
  #endOlder({ receiver, beginsMs }: Flow): void {
    for (const older of this.#flows)
      if (older.receiver === receiver && older.beginsMs < beginsMs) this.#end(older, 255, 'replaced');
  }

  #end(flow: Flow, status: number, words: string): void {
    this.#flows = this.#flows.filter((other) => other !== flow);
    flow.feeder.tell(`fed ${flow.receiver.host} ${status} ${words}`);
  }
}

/** One of them, and the connection to it. */
export class SimulatedHost implements Session {
  readonly host: string;
  readonly hostKey = 'ssh-ed25519 AAAA';
  readonly loginNoise = '';
  bytes = 0;
  /** Share of the speed of its link, both ways. */
  speed = 1;
  isFull = false;
  isOver = false;
  /** No host can log in on it. */
  isShut = false;
  /** So long it takes to answer. */
  answerMs = 20;
  readonly #hosts: SimulatedHosts;
  #onStdout: CommandIo['onStdout'];
  #lose: (error: Error) => void = () => undefined;

  constructor(name: string, hosts: SimulatedHosts) {
    this.host = name;
    this.#hosts = hosts;
  }

  get target(): Host {
    const ssh = { address: '192.0.2.1', port: 22, user: 'root' } as Host['ssh'];
    return { name: this.host, room: 'B', role: 'spare', ssh };
  }

  get isHung(): boolean {
    return this.speed === 0;
  }

  /** Its power is cut, and its link is reset. */
  die(): void {
    this.speed = 0;
    setTimeout(() => {
      this.isOver = true;
      this.#hosts.drop(this, 'Connection reset');
      this.#lose(new LinkLostError(this.host));
    }, LOST_MS);
  }

  tell(line: string): void {
    if (!this.isHung) void this.#onStdout?.(Buffer.from(`${line}\n`));
  }

  take(bytes: number, size: number): void {
    this.bytes += bytes;
    if (this.bytes === size) this.tell(`sum ${'0'.repeat(128)}`);
  }

  run(_command: RemoteCommand, { stdin, onStdout }: CommandIo = {}): Promise<CommandResult> {
    this.#onStdout = onStdout;
    const input = stdin as Readable;
    return new Promise((resolve, reject) => {
      this.#lose = reject;
      input.on('data', (chunk: Buffer) => this.#hear(chunk.toString().split('\n')));
      input.on('end', () => {
        this.isOver = true;
        this.#hosts.drop(this, 'Connection closed');
        resolve({ exitCode: 0, signal: null, stdout: '', stderr: '', truncated: false, elapsedMs: 0 });
      });
    });
  }

  connectUnix(): never {
    throw new Error('not simulated');
  }

  connectTcp(): never {
    throw new Error('not simulated');
  }

  #hear(lines: readonly string[]): void {
    for (const [verb, name = ''] of lines.map((line) => line.split(' '))) {
      if (verb === 'public') setTimeout(() => this.tell('ready'), 100);
      if (verb === 'feed') this.#hosts.feed(this, name);
      if (verb === 'halt') this.#hosts.halt(this, name);
      if (verb === 'size') setTimeout(() => this.tell(`${this.bytes} bytes`), this.answerMs);
    }
  }
}
