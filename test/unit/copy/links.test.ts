import { describe, expect, it } from 'vitest';
import { Links } from '../../../src/lib/copy/links.js';

const SIZE = 100_000_000;
const names = (count: number) => Array.from({ length: count }, (_, index) => `h${index + 1}`);

/** Everyone who waits gets a feeder, as the chain does it. */
function settle(links: Links, nowMs: number): void {
  const tried = new Set<string>();
  for (;;) {
    const receiver = links.waiting().find((name) => !tried.has(name));
    if (receiver === undefined) return;
    tried.add(receiver);
    const place = links.placeFor(receiver);
    if (place?.displaced !== undefined) links.unlink(place.displaced);
    if (place !== undefined) links.link({ feeder: place.feeder, receiver }, nowMs);
  }
}

function chainOf(count: number, width = 1): Links {
  const links = new Links('template', SIZE, width);
  for (const name of names(count)) {
    links.add(name, 0);
    settle(links, 0);
  }
  return links;
}

const feeders = (links: Links, count: number) => names(count).map((name) => links.feederOf(name));

/** So many bytes a millisecond for each, told once a second up to `untilMs`. */
function flow(links: Links, rates: Readonly<Record<string, number>>, untilMs: number): void {
  for (let nowMs = 1000; nowMs <= untilMs; nowMs += 1000)
    for (const [name, rate] of Object.entries(rates)) links.heard(name, Math.min(SIZE, rate * nowMs), nowMs);
}

describe('who joins', () => {
  it('makes a chain, and the source feeds one alone', () => {
    expect(feeders(chainOf(4), 4)).toEqual(['template', 'h1', 'h2', 'h3']);
  });

  it('makes a tree where a host feeds two', () => {
    expect(feeders(chainOf(7, 2), 7)).toEqual(['template', 'h1', 'h1', 'h2', 'h2', 'h3', 'h3']);
  });

  it('late is fed by one that is done, and not by the source', () => {
    const links = chainOf(2);
    for (const name of ['h1', 'h2']) {
      links.heard(name, SIZE, 9000);
      links.unlink(name);
    }
    for (const name of ['h3', 'h4', 'h5']) links.add(name, 9000);
    settle(links, 9000);
    expect(feeders(links, 5).slice(2)).toEqual(['h1', 'h2', 'h3']);
  });

  it('is not fed again by a host that could not log in on it', () => {
    const links = chainOf(2);
    links.unlink('h2');
    expect(links.refuse({ feeder: 'h1', receiver: 'h2' })).toEqual([]);
    expect(links.isShunned('h2')).toBe(false);
    expect(links.placeFor('h2')?.feeder).toBeUndefined();
    links.unlink('h1');
    expect(links.placeFor('h2')?.feeder).toBe('template');
  });
});

describe('who leaves', () => {
  it('leaves its receiver to the one before it', () => {
    const links = chainOf(4);
    links.remove('h2');
    settle(links, 100);
    expect(links.feederOf('h3')).toBe('h1');
    expect(links.feederOf('h4')).toBe('h3');
  });

  it('is never replaced by one that it feeds itself', () => {
    const links = chainOf(3);
    links.remove('h1');
    expect(links.placeFor('h2')?.feeder).toBe('template');
  });
});

describe('a slow link', () => {
  it('is none as long as all go the same way', () => {
    const links = chainOf(4);
    flow(links, { h1: 10_000, h2: 9900, h3: 9800, h4: 9700 }, 5000);
    expect(links.slow(5000)).toEqual([]);
  });

  it('in the middle: both ends go to the end, and who waited for them goes on', () => {
    const links = chainOf(6);
    flow(links, { h1: 10_000, h2: 10_000, h3: 100, h4: 90, h5: 80, h6: 70 }, 5000);
    const [slow, ...others] = links.slow(5000);
    expect(others).toEqual([]);
    expect(slow).toMatchObject({ feeder: 'h2', receiver: 'h3', verdict: 'bypass' });
    const { ended, made } = links.bypass({ feeder: 'h2', receiver: 'h3' });
    expect(ended).toEqual([
      { feeder: 'h1', receiver: 'h2' },
      { feeder: 'h2', receiver: 'h3' },
      { feeder: 'h3', receiver: 'h4' },
    ]);
    expect(made).toEqual({ feeder: 'h1', receiver: 'h4' });
    links.link({ feeder: 'h1', receiver: 'h4' }, 5000);
    settle(links, 5000);
    expect(feeders(links, 6)).toEqual(['template', 'h6', 'h2', 'h1', 'h4', 'h5']);
  });

  it('of a host that is slow both ways is the one by which it receives, whichever shows first', () => {
    const links = chainOf(6);
    flow(links, { h1: 10_000, h2: 10_000, h3: 500, h4: 100, h5: 90, h6: 80 }, 5000);
    expect(links.slow(5000)).toMatchObject([{ feeder: 'h2', receiver: 'h3', verdict: 'bypass' }]);
  });

  it('leaves its receiver under suspicion, which gives way to whoever joins later', () => {
    const links = chainOf(6);
    flow(links, { h1: 10_000, h2: 10_000, h3: 100, h4: 90, h5: 80, h6: 70 }, 5000);
    links.bypass({ feeder: 'h2', receiver: 'h3' });
    links.link({ feeder: 'h1', receiver: 'h4' }, 5000);
    settle(links, 5000);
    links.add('h7', 5000);
    settle(links, 5000);
    expect(links.feederOf('h7')).toBe('h2');
    expect(links.feederOf('h3')).toBe('h7');
    links.remove('h3');
    links.add('h8', 5000);
    settle(links, 5000);
    expect(links.feederOf('h8')).toBe('h7');
  });

  it('blames nobody while what should feed it waits for a feeder itself', () => {
    const links = chainOf(2);
    flow(links, { h1: 10_000, h2: 0 }, 4000);
    links.unlink('h1');
    expect(links.slow(9000)).toEqual([]);
  });

  it('from the source: the receiver goes to the end', () => {
    const links = chainOf(3);
    links.gave('h1', 300_000, 500);
    flow(links, { h1: 0, h2: 0, h3: 0 }, 4000);
    const [slow] = links.slow(4000);
    expect(slow).toMatchObject({ feeder: 'template', receiver: 'h1', verdict: 'bypass' });
    const { made } = links.bypass({ feeder: 'template', receiver: 'h1' });
    expect(made).toEqual({ feeder: 'template', receiver: 'h2' });
    links.link({ feeder: 'template', receiver: 'h2' }, 4000);
    settle(links, 4000);
    expect(feeders(links, 3)).toEqual(['h3', 'template', 'h2']);
  });

  it('is not judged before it had time to be made', () => {
    const links = chainOf(3);
    flow(links, { h1: 10_000, h2: 0, h3: 0 }, 4000);
    links.link({ feeder: 'h1', receiver: 'h2' }, 3500);
    expect(links.slow(4000)).toEqual([]);
  });

  it('at the end hinders nobody, and is left to itself as long as it comes to its end in time', () => {
    const links = chainOf(2);
    flow(links, { h1: 50_000, h2: 5000 }, 4000);
    links.unlink('h1');
    expect(links.slow(4000)).toEqual([]);
  });

  it('at the end is fed by the source before it is given up, and by nobody else', () => {
    const links = chainOf(3);
    for (const name of ['h1', 'h2']) {
      links.heard(name, SIZE / 2, 1000);
      links.heard(name, SIZE, 3000);
      links.unlink(name);
    }
    flow(links, { h3: 10 }, 9000);
    expect(links.slow(9000)).toEqual([]);
    links.heard('h3', 100_000, 10_000);
    expect(links.slow(10_000)).toMatchObject([{ feeder: 'h2', receiver: 'h3', verdict: 'appeal' }]);
    links.link({ feeder: 'template', receiver: 'h3' }, 10_000);
    links.gave('h3', 300_000, 11_000);
    links.heard('h3', 180_000, 18_000);
    expect(links.slow(18_000)).toEqual([]);
    links.heard('h3', 200_000, 20_000);
    expect(links.slow(20_000)).toMatchObject([{ feeder: 'template', receiver: 'h3', verdict: 'hopeless' }]);
  });

  it('at the end is not given up for a stall of some seconds', () => {
    const links = chainOf(2);
    let bytes = 0;
    for (let nowMs = 500; nowMs <= 30_000; nowMs += 500) {
      bytes += nowMs % 10_000 < 6000 ? 2_500_000 : 20_000;
      links.heard('h1', Math.min(SIZE, 5_000_000 * (nowMs / 500)), nowMs);
      if (nowMs === 10_000) links.unlink('h1');
      links.heard('h2', bytes, nowMs);
      expect([nowMs, links.slow(nowMs)]).toEqual([nowMs, []]);
    }
  });

  it('is none where the source gave nothing more, and none where that is not known', () => {
    const links = chainOf(2);
    flow(links, { h1: 10_000, h2: 10_000 }, 4000);
    for (let nowMs = 4500; nowMs < 30_000; nowMs += 500) {
      links.heard('h1', 40_000_000, nowMs);
      links.heard('h2', 40_000_000, nowMs);
      expect([nowMs, links.slow(nowMs)]).toEqual([nowMs, []]);
      if (nowMs > 15_000) links.gave('h1', 40_000_000, nowMs);
    }
  });

  it('is none of the only host there is, however its rate goes up and down', () => {
    const links = chainOf(1);
    let bytes = 0;
    for (let nowMs = 500; nowMs <= 60_000; nowMs += 500) {
      bytes += nowMs % 8000 < 2500 ? 700_000 : 1;
      links.gave('h1', bytes + 64_000, nowMs);
      links.heard('h1', bytes, nowMs);
      expect([nowMs, links.slow(nowMs)]).toEqual([nowMs, []]);
    }
  });

  it('is measured by no more than what the source was seen to give, whatever hosts boast of', () => {
    const links = chainOf(3);
    for (let nowMs = 500; nowMs <= 6000; nowMs += 500) {
      links.gave('h1', 1000 * nowMs + 64_000, nowMs);
      links.heard('h1', 1000 * nowMs, nowMs);
      links.heard('h2', 900 * nowMs, nowMs);
      links.heard('h3', Math.min(SIZE, 90_000 * nowMs), nowMs);
      expect([nowMs, links.slow(nowMs)]).toEqual([nowMs, []]);
    }
  });
});
