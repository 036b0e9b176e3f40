import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { FLOOR_MS, GIVE_UP_MS, numbersTo, Play } from '../../support/chain-play.js';

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval', 'performance'] });
});
afterEach(() => {
  vi.useRealTimers();
});

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
    expect(play.ends.get('h3')).toMatch(/takes nothing from this machine/);
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
