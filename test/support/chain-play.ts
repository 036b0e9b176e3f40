import { vi } from 'vitest';
import { Chain, type ChainOptions } from '../../src/lib/copy/chain.js';
import { NoMember } from '../../src/lib/copy/faults.js';
import { type SimulatedHost, SimulatedHosts } from './simulated-hosts.js';

export const SIZE = 60_000_000;
const BYTES_PER_MS = 6250;
/** How long one copy takes by one link. */
export const FLOOR_MS = SIZE / BYTES_PER_MS;
const STEP_MS = 50;
export const GIVE_UP_MS = 120_000;
const HARM_MS = 3500;
/** A copy by way of the controller, and how long that waits for a host that takes nothing. */
const ONE_HOP_MS = 12_000;
const RELAY_PATIENCE_MS = 30_000;

/** The same numbers from 0 to 1 for the same seed. */
export function randomOf(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1_103_515_245 + 12_345) % 2 ** 31;
    return state / 2 ** 31;
  };
}

/** An archive that goes to some hosts at once, and for each that fails to another. */
export class Play {
  /** Milliseconds until a host had the archive, or why it has not. */
  readonly ends = new Map<string, number | string>();
  readonly relayed: string[] = [];
  /** Hosts that got the archive outside of the chain. */
  readonly byOneHop: string[] = [];
  readonly #simulated = new SimulatedHosts(SIZE, BYTES_PER_MS);
  readonly #template: SimulatedHost;
  readonly #hosts: readonly SimulatedHost[];
  readonly #pool: SimulatedHost[];
  readonly #count: number;
  readonly #chain: Chain;
  readonly #startMs = performance.now();

  constructor(count: number, spares: number, seed = 1) {
    const template = this.#simulated.add('template', 'template');
    this.#template = template;
    const names = Array.from({ length: count + spares }, (_, index) => `h${index + 1}`);
    this.#hosts = names.map((name) => this.#simulated.add(name));
    const random = randomOf(seed);
    for (const host of this.#hosts) host.answerMs = 10 + random() * 200;
    this.#count = count;
    this.#pool = this.#hosts.slice(count);
    this.#chain = new Chain({
      operation: '000000-0000',
      packed: { codec: 'zstd', bytes: SIZE, digest: '0'.repeat(128) },
      keys: { private: '', public: '' },
      sources: [],
      bytesPerSecond: undefined,
      tree: { paths: [], exclude: [] } as unknown as ChainOptions['tree'],
      width: 1,
      templateName: template.host,
      template: async () => ({ host: template.target, session: template }),
      relay: ({ name }) => this.#relay(this.host(Number(name.slice(1)))),
    });
  }

  get template(): SimulatedHost {
    return this.#template;
  }

  get names(): readonly string[] {
    return this.#hosts.map(({ host }) => host);
  }

  /** The nth host, from 1. */
  host(number: number): SimulatedHost {
    const host = this.#hosts[number - 1];
    if (host === undefined) throw new Error(`there is no host ${number}`);
    return host;
  }

  /** Until the count is met, or `isOver`. `harm` is done to hosts half-way. */
  async run(
    harm: () => void = () => undefined,
    isOver: () => boolean = () => this.#done >= this.#count,
  ): Promise<void> {
    for (const [index, host] of this.#hosts.slice(0, this.#count).entries())
      setTimeout(() => this.#begin(host), index * 20);
    setTimeout(harm, HARM_MS);
    while (!isOver() && performance.now() - this.#startMs < GIVE_UP_MS) {
      this.#simulated.tick(STEP_MS);
      vi.advanceTimersByTime(STEP_MS);
      // Streams and promises have their turn.
      for (let turn = 0; turn < 4; turn += 1) await new Promise<void>((resolve) => process.nextTick(resolve));
    }
    void this.#chain.close();
  }

  /** When the last of these hosts had it; Infinity where one has not. */
  last(numbers: readonly number[]): number {
    const times = numbers.map((number) => this.ends.get(`h${number}`));
    return Math.max(...times.map((time) => (typeof time === 'number' ? time : Number.POSITIVE_INFINITY)));
  }

  get #done(): number {
    return [...this.ends.values()].filter((end) => typeof end === 'number').length;
  }

  #begin(session: SimulatedHost): void {
    const { signal } = new AbortController();
    this.#chain.join({ host: session.target, session, onBytes: () => undefined, signal }).then(
      () => this.ends.set(session.host, performance.now() - this.#startMs),
      (error) => {
        if (error instanceof NoMember) this.#oneHop(session);
        else this.#setAside(session, error);
      },
    );
  }

  #setAside(session: SimulatedHost, error: Error): void {
    this.ends.set(session.host, error.message);
    const next = this.#pool.shift();
    if (next !== undefined) setTimeout(() => this.#begin(next), 200);
  }

  /** The archive comes from the controller, and is held against its digest before it is sent. */
  #oneHop(session: SimulatedHost): void {
    this.byOneHop.push(session.host);
    setTimeout(() => {
      if (session.isHonest) this.ends.set(session.host, performance.now() - this.#startMs);
      else this.#setAside(session, new Error('what arrived is not what was sent (digest)'));
    }, ONE_HOP_MS);
  }

  async #relay(host: SimulatedHost): Promise<void> {
    this.relayed.push(host.host);
    if (host.isHung || !host.isHonest) {
      await new Promise((resolve) => setTimeout(resolve, RELAY_PATIENCE_MS));
      throw new Error('it takes nothing from this machine');
    }
    host.take(SIZE - host.bytes, SIZE);
  }
}

export const numbersTo = (count: number) => Array.from({ length: count }, (_, index) => index + 1);
