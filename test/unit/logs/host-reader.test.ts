import { expect, it } from 'vitest';
import type { Ask } from '../../../src/lib/logs/ask.js';
import type { Conversation } from '../../../src/lib/logs/conversation.js';
import type { Frame } from '../../../src/lib/logs/frames.js';
import { HostReader } from '../../../src/lib/logs/host-reader.js';
import { autoStamps } from '../../../src/lib/logs/times/auto-stamps.js';
import type { Host } from '../../../src/lib/names/host.js';

const REQUEST = {
  filter: { grep: [], exclude: [], ignoreCase: false },
  lastLines: 10,
  sinceMs: undefined,
  follow: false,
  maxRate: 1000,
  windowMs: 0,
  stamps: autoStamps,
};
const EVENTS = { lines: () => {}, isFull: () => false, skipped: () => {}, tell: () => {}, missing: () => {} };

function readerOf(files: readonly string[], journal: string | undefined): HostReader {
  const host = { name: 'web-a-01', ssh: { user: 'root' } } as Host;
  return new HostReader({ host, sources: { files, journal } }, REQUEST, EVENTS);
}

/** A follower that answers each question as it is told. */
function talkOf(answer: (ask: Ask) => Frame): Conversation {
  const ask = async (asks: readonly Ask[], take: (frame: Frame, ask: Ask) => void) => {
    for (const each of asks) take(answer(each), each);
  };
  return { isOver: false, ask } as unknown as Conversation;
}

it('has read all of a host whose journal alone is asked for, once that has nothing new', async () => {
  const talk = talkOf(() => ({ kind: 'refused', id: 'j', why: 0 }));
  expect(await readerOf([], 'shop.service').round(talk, false)).toBe('all');
});

it('tells a log that grows while it is read from one that it cannot keep up with', async () => {
  const reader = readerOf(['/a.log'], undefined);
  let size = 100_000;
  const talk = talkOf((ask) => {
    switch (ask.kind) {
      case 'list':
        return { kind: 'list', id: '-', records: Buffer.from(`n 1 1\0f 1 1_1_1 ${size} 1.5 81a4 /a.log\0`) };
      case 'begin':
        return { kind: 'begun', id: ask.id, at: 0 };
      case 'head': {
        const bytes = Buffer.alloc(ask.size, '\n');
        return { kind: 'data', id: ask.id, from: 0, bytes, end: ask.size, cursor: '-', isMore: false };
      }
      case 'read': {
        const end = Math.min(ask.from + ask.size, size);
        size += 1000;
        const bytes = Buffer.alloc(end - ask.from, '\n');
        return { kind: 'data', id: ask.id, from: ask.from, bytes, end, cursor: '-', isMore: false };
      }
      default:
        throw new Error(`nobody should ask ${ask.kind}`);
    }
  });
  const rounds: unknown[] = [];
  for (let round = 0; round < 5; round++) rounds.push(await reader.round(talk, false));
  expect(rounds).toEqual(['behind', 'behind', 'known', 'known', 'known']);
  size += 1_000_000;
  expect(await reader.round(talk, false)).toBe('known');
  expect(await reader.round(talk, false)).toBe('behind');
});
