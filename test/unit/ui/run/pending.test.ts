import { expect, it } from 'vitest';
import { renderPending } from '../../../../src/lib/ui/run/pending.js';

it('says who is pending, at what and how long, the longest wait first', () => {
  const pending = [
    { host: 'web-3', what: 'running', sinceMs: 9000 },
    { host: 'web-1', what: 'connecting', sinceMs: 2000 },
    { host: 'web-2', what: 'connecting', sinceMs: 4000 },
  ];
  expect(renderPending(pending, 40, 12_000)).toBe(
    '43 pending\n  connecting for up to 10.0s: web-[1-2]\n  running for 3.0s: web-3\n  not begun: 40 hosts',
  );
  const all = Array.from({ length: 9 }, (_, index) => `web-${'abcdefghi'[index]}-1`);
  const narrow = renderPending(
    all.map((host) => ({ host, what: 'connecting', sinceMs: 0 })),
    0,
    1000,
    40,
  );
  expect(narrow.split('\n').every((line) => line.length <= 40)).toBe(true);
  expect(narrow.replaceAll(/\s/g, '')).toContain(all.join(','));
  expect(renderPending([], 0, 0)).toBe('nobody is pending');
});
