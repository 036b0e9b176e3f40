import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Chain, type ChainOptions } from '../../../src/lib/copy/chain.js';
import { type SimulatedHost, SimulatedHosts } from '../../support/simulated-hosts.js';

const SIZE = 60_000_000;
const BYTES_PER_MS = 6250;
const FLOOR_MS = SIZE / BYTES_PER_MS;
const STEP_MS = 50;
const GIVE_UP_MS = 120_000;
const HARM_MS = 3500;

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval', 'performance'] });
});
afterEach(() => {
  vi.useRealTimers();
});

/** The same numbers from 0 to 1 for the same seed. */
function randomOf(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1_103_515_245 + 12_345) % 2 ** 31;
    return state / 2 ** 31;
  };
}

/** An archive that goes to some hosts at once, and for each that fails to another. */
class Play {
  /** Milliseconds until a host had the archive, or why it has not. */
  readonly ends = new Map<string, number | string>();
  readonly relayed: string[] = [];
  readonly #simulated = new SimulatedHosts(SIZE, BYTES_PER_MS);
  readonly #hosts: readonly SimulatedHost[];
  readonly #pool: SimulatedHost[];
  readonly #count: number;
  readonly #chain: Chain;
  readonly #startMs = performance.now();

  constructor(count: number, spares: number, seed = 1) {
    const template = this.#simulated.add('template', 'template');
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
      relay: async ({ name }) => this.#relay(this.host(Number(name.slice(1)))),
    });
  }

  /** The nth host, from 1. */
  host(number: number): SimulatedHost {
    const host = this.#hosts[number - 1];
    if (host === undefined) throw new Error(`there is no host ${number}`);
    return host;
  }

  /** Until the count is met. `harm` is done to hosts half-way. */
  async run(harm: () => void = () => undefined): Promise<void> {
    for (const [index, host] of this.#hosts.slice(0, this.#count).entries())
      setTimeout(() => this.#begin(host), index * 20);
    setTimeout(harm, HARM_MS);
    while (this.#done < this.#count && performance.now() - this.#startMs < GIVE_UP_MS) {
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
        this.ends.set(session.host, error.message);
        const next = this.#pool.shift();
        if (next !== undefined) setTimeout(() => this.#begin(next), 200);
      },
    );
  }

  #relay(host: SimulatedHost): void {
    this.relayed.push(host.host);
    host.take(SIZE - host.bytes, SIZE);
  }
}

const numbersTo = (count: number) => Array.from({ length: count }, (_, index) => index + 1);

describe('a chain', () => {
  it.each([5, 20, 60])('of %d takes little longer than one host', async (count) => {
    const play = new Play(count, 0);
    await play.run();
    expect(play.last(numbersTo(count))).toBeLessThan(FLOOR_MS + 3000);
  });

  const thirds = numbersTo(12).flatMap((dead) =>
    [4, 7].map((step) => [dead, ((dead + step) % 12) + 1, ((dead + 2 * step + 1) % 12) + 1] as const),
  );

  it.each(thirds)('goes on where host %d dies, %d gets slow and %d is full', async (dead, slow, full) => {
    const play = new Play(12, 3, dead * 144 + slow * 12 + full);
    await play.run(() => {
      play.host(dead).die();
      play.host(slow).speed = 0.01;
      play.host(full).isFull = true;
    });
    const others = numbersTo(12).filter((number) => ![dead, slow, full].includes(number));
    expect(play.last(others)).toBeLessThan(FLOOR_MS + 5000);
    expect(play.last([...others, 13, 14, 15])).toBeLessThan(GIVE_UP_MS);
  });

  it('blames a host that can give nothing any more, and not those that it should feed', async () => {
    const play = new Play(6, 2);
    await play.run(() => {
      play.host(1).die();
      play.host(2).isFull = true;
      play.host(2).speed = 0.01;
    });
    expect(play.last([3, 4, 5, 6])).toBeLessThan(FLOOR_MS + 5000);
  });

  it('passes by a host that hangs', async () => {
    const play = new Play(8, 1);
    await play.run(() => {
      play.host(3).speed = 0;
    });
    expect(play.last([1, 2, 4, 5, 6, 7, 8])).toBeLessThan(FLOOR_MS + 5000);
    expect(play.ends.get('h3')).toMatch(/^it receives 0\.00 MB\/s/);
  });

  it('has this machine feed a host that no other can log in on, and lets nobody wait for that', async () => {
    const play = new Play(6, 0);
    play.host(2).isShut = true;
    await play.run();
    expect(play.relayed).toEqual(['h2']);
    expect(play.last(numbersTo(6))).toBeLessThan(FLOOR_MS + 3000);
  });

  it('has this machine feed the only host when the template cannot log in on it', async () => {
    const play = new Play(1, 0);
    play.host(1).isShut = true;
    await play.run();
    expect(play.relayed).toEqual(['h1']);
    expect(play.last([1])).toBeLessThan(3000);
  });
});
