import { expect, it } from 'vitest';
import { type LogLine, LogStream } from '../../../src/lib/logs/log-stream.js';
import { Merge } from '../../../src/lib/logs/merge.js';
import { autoStamps } from '../../../src/lib/logs/times/auto-stamps.js';

const NOW = Date.parse('2026-11-24T10:00:00.123Z');

it('keeps the parts of a millisecond of lines that are read in the one in which they were written', () => {
  const merge = new Merge<LogLine>({ windowMs: 0, patienceMs: 0, maxLines: 1000 });
  const streamOf = (host: string) =>
    new LogStream(host, '/a.log', merge, { stamps: autoStamps(), sinceMs: undefined, aheadMs: 0 });
  const add = (host: string, text: string, nowMs: number) =>
    streamOf(host).add([{ text, cutBytes: 0 }], nowMs, { zoneMinutes: 0, nowMs });
  add('a', '2026-11-24T10:00:00.123456Z second', NOW);
  add('b', '2026-11-24T10:00:00.123200Z first', NOW + 1);
  expect(merge.take(NOW + 2, true).map(({ text }) => text.slice(28))).toEqual(['first', 'second']);
});
