import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { FLOOR_MS, numbersTo, Play, randomOf, SIZE } from '../../support/chain-play.js';
import { LIES, liar } from '../../support/liars.js';

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval', 'performance'] });
});
afterEach(() => {
  vi.useRealTimers();
});

/** Runs until every honest host has its end; gives those that were set aside, and when the last had the archive. */
async function honestEnds(play: Play, honest: readonly number[]) {
  const ends = () => honest.map((number) => play.ends.get(`h${number}`));
  await play.run(undefined, () => ends().every((end) => end !== undefined));
  const blamed = honest.flatMap((number) => {
    const end = play.ends.get(`h${number}`);
    return typeof end === 'number' ? [] : [`h${number}: ${end}`];
  });
  return { blamed, last: play.last(honest) };
}

function corrupt(play: Play, lies: ReadonlyMap<number, string>): void {
  for (const [number, lie] of lies)
    play.host(number).liar = liar(lie, { names: [...play.names, 'template'], size: SIZE });
}

describe('a chain with a liar', () => {
  const cases = Object.keys(LIES).flatMap((lie) => [1, 3, 6].map((place) => [place, lie] as const));

  it.each(cases)('at place %d blames no other: %s', async (place, lie) => {
    const play = new Play(6, 0, place);
    corrupt(play, new Map([[place, lie]]));
    const { blamed, last } = await honestEnds(
      play,
      numbersTo(6).filter((number) => number !== place),
    );
    expect(blamed).toEqual([]);
    expect(last).toBeLessThan(5 * FLOOR_MS);
  });
});

describe('a chain with many liars', () => {
  it.each(numbersTo(60))('blames no other, and all others get the archive (seed %d)', async (seed) => {
    const random = randomOf(seed * 7919);
    const count = 3 + Math.floor(random() * 10);
    const play = new Play(count, 0, seed);
    const names = Object.keys(LIES);
    const lies = new Map(
      numbersTo(count)
        .filter(() => random() < 0.45)
        .map((number) => [number, names[Math.floor(random() * names.length)] ?? ''] as const),
    );
    corrupt(play, lies);
    const honest = numbersTo(count).filter((number) => !lies.has(number));
    const { blamed, last } = await honestEnds(play, honest);
    expect({ blamed, lies: blamed.length > 0 ? lies : '' }).toEqual({ blamed: [], lies: '' });
    if (honest.length > 0) expect(last).toBeLessThan(10 * FLOOR_MS);
  });
});

describe('a template that packs slowly', () => {
  it.each([1, 3, 12])('is no fault of the hosts that it feeds (%d)', async (count) => {
    const play = new Play(count, 1);
    // Zeros first, of which little comes out; then what does not compress; then zeros again.
    play.template.packed = (nowMs) =>
      Math.max(0, Math.min(SIZE / 2, (nowMs - 9000) * 4000)) + Math.max(0, (nowMs - 40_000) * 2000);
    const { blamed } = await honestEnds(play, numbersTo(count));
    expect(blamed).toEqual([]);
  });
});
