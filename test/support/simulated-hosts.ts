import type { Readable } from 'node:stream';
import type { Host } from '../../src/lib/names/host.js';
import type { RemoteCommand } from '../../src/lib/shell/command.js';
import { LinkLostError } from '../../src/lib/ssh/connect-error.js';
import type { CommandIo, CommandResult, Session } from '../../src/lib/ssh/transport.js';

/** From a word to feed until bytes flow: a login. */
const LOGIN_MS = 400;
/** After this a login on a host that says nothing is given up. */
const CONNECT_TIMEOUT_MS = 5000;
/** A lost host is known as lost after so long. */
const LOST_MS = 500;
/** A receiver writes whole blocks, and one at the end. */
const BLOCK = 65_536;
/** So much is in pipes and sockets between a feeder and a receiver that is slower. */
const IN_FLIGHT = 300_000;

/** How a host lies. */
export interface Liar {
  /** Whether it has answered a word of the controller in its own way. */
  answers(host: SimulatedHost, verb: string, name: string): boolean;
  gives(receiver: string): 'all' | 'nothing' | 'rubbish';
}

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

  get size(): number {
    return this.#size;
  }

  get names(): readonly string[] {
    return [...this.#hosts.keys()];
  }

  /** What a feeder has put into each of its links. */
  given(feeder: SimulatedHost): ReadonlyMap<string, number> {
    const now = performance.now();
    const flows = this.#flows.filter((flow) => flow.feeder === feeder && flow.beginsMs <= now);
    return new Map(
      flows.map(({ receiver }) => [
        receiver.host,
        Math.min(this.#available(feeder), this.#size, receiver.bytes + IN_FLIGHT),
      ]),
    );
  }

  #available({ bytes, packed }: SimulatedHost): number {
    return Math.min(bytes, packed(performance.now()));
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
      if (!feeder.isHonest && feeder.gives(receiver.host) === 'nothing') continue;
      const left = Math.min(this.#available(feeder), this.#size) - receiver.bytes;
      const bytes = Math.floor(Math.min(room(up, feeder), room(down, receiver), Math.max(0, left)));
      if (bytes > 0 && receiver.isFull) this.#end(flow, 1, 'No space left on device');
      if (bytes <= 0 || receiver.isFull) continue;
      up.set(feeder, room(up, feeder) - bytes);
      down.set(receiver, room(down, receiver) - bytes);
      if (feeder.isSpoiled || (!feeder.isHonest && feeder.gives(receiver.host) === 'rubbish'))
        receiver.isSpoiled = true;
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
  /** What it has is not what left the template. */
  isSpoiled = false;
  /** How many bytes of its archive a template has packed at that time, in milliseconds. */
  packed: (nowMs: number) => number = () => Number.POSITIVE_INFINITY;
  /** One that lies says what it likes in place of an answer, see test/support/liars.ts. */
  liar: Liar | undefined;
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

  get isHonest(): boolean {
    return this.liar === undefined;
  }

  gives(receiver: string): 'all' | 'nothing' | 'rubbish' {
    return this.liar?.gives(receiver) ?? 'all';
  }

  tell(line: string): void {
    if (!this.isHung) void this.#onStdout?.(Buffer.from(`${line}\n`));
  }

  take(bytes: number, size: number): void {
    this.bytes += bytes;
    if (this.bytes === size && this.isHonest) this.tell(`sum ${(this.isSpoiled ? 'f' : '0').repeat(128)}`);
  }

  opensAnother(): Promise<boolean> {
    return Promise.resolve(true);
  }

  run(_command: RemoteCommand, { stdin, onStdout, signal }: CommandIo = {}): Promise<CommandResult> {
    const result = { exitCode: 0, signal: null, stdout: '', stderr: '', truncated: false, elapsedMs: 0 };
    this.#onStdout = onStdout;
    const input = stdin as Readable;
    return new Promise((resolve, reject) => {
      const end = () => {
        this.isOver = true;
        this.#hosts.drop(this, 'Connection closed');
      };
      this.#lose = reject;
      signal?.addEventListener('abort', () => {
        end();
        reject(signal.reason);
      });
      input.on('data', (chunk: Buffer) => this.#hear(chunk.toString().split('\n')));
      input.on('end', () => {
        end();
        resolve(result);
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
    for (const [verb = '', name = ''] of lines.map((line) => line.split(' '))) {
      if (this.liar?.answers(this, verb, name)) continue;
      if (verb === 'public') setTimeout(() => this.tell('ready'), 100);
      if (verb === 'feed') this.#hosts.feed(this, name);
      if (verb === 'halt') this.#hosts.halt(this, name);
      if (verb === 'size') setTimeout(() => this.#tellSize(), this.answerMs);
    }
  }

  #tellSize(): void {
    for (const [receiver, bytes] of this.#hosts.given(this)) this.tell(`gave ${receiver} ${bytes}`);
    const whole = this.bytes < this.#hosts.size ? this.bytes - (this.bytes % BLOCK) : this.bytes;
    this.tell(`${whole} bytes`);
    if (this.isFull) this.tell('broken No space left on device');
  }
}
