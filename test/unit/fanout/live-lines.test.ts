import { describe, expect, it } from 'vitest';
import { type LineTaker, LiveLines } from '../../../src/lib/fanout/live-lines.js';
import { Secrets } from '../../../src/lib/masking/secret.js';
import { renderEnds, renderLines } from '../../../src/lib/ui/exec/exec-lines.js';
import { outcome } from './sample-outcomes.js';

const SECRET = 'kumquat-marmalade';

function listen(maxBytes = 1000) {
  const secrets = new Secrets();
  secrets.add('JAM', SECRET);
  const shown: string[] = [];
  const take: LineTaker = (host, stream, lines) => void shown.push(renderLines(host, stream, lines));
  return { lines: new LiveLines(secrets, maxBytes, take), shown };
}

describe('lines as they come', () => {
  it('are shown when they are whole, and what is left at the end', async () => {
    const { lines, shown } = listen();
    await lines.add('web-1', 'stdout', Buffer.from('one\ntw'));
    await lines.add('web-1', 'stderr', Buffer.from('odd\n'));
    expect(shown).toEqual(['web-1: one\n', 'web-1 (stderr): odd\n']);
    await lines.add('web-1', 'stdout', Buffer.from('o\nthree'));
    await lines.end('web-1');
    await lines.end('web-1');
    expect(shown.slice(2)).toEqual(['web-1: two\n', 'web-1: three\n']);
  });

  it.each(Array.from({ length: SECRET.length + 1 }, (_, at) => at))(
    'hold no secret that came in two pieces, cut after %i characters',
    async (at) => {
      const { lines, shown } = listen();
      for (const stream of ['stdout', 'stderr'] as const) {
        await lines.add('web-1', stream, Buffer.from(`a ${SECRET.slice(0, at)}`));
        await lines.add('web-1', stream, Buffer.from(`${SECRET.slice(at)} z\n`));
      }
      expect(shown).toEqual(['web-1: a [JAM] z\n', 'web-1 (stderr): a [JAM] z\n']);
    },
  );

  it('without end take no more memory than the limit, and no piece of a secret is left where they are cut', async () => {
    const { lines, shown } = listen(20);
    await lines.add('web-1', 'stdout', Buffer.from(`0123456789${SECRET}`));
    for (let count = 0; count < 100; count++) await lines.add('web-1', 'stdout', Buffer.alloc(1000, 'x'));
    await lines.end('web-1');
    expect(shown).toEqual([`web-1: 0123456789[JAM]… ${SECRET.length - 10 + 100_000} bytes cut\n`]);
  });

  it('reach the terminal harmless', () => {
    const secrets = new Secrets();
    const text = secrets.mask('\x1b[2J\x1b]0;owned\x07ok\x9b31m\u202egnp');
    expect(renderLines('web', 'stdout', [{ text, cutBytes: 0 }])).toBe('web: ok\\u202egnp\n');
  });
});

it('how hosts ended whose lines were shown is told by way of ending', () => {
  const outcomes = [
    outcome('web-1', 'x'),
    outcome('web-2', 'x', { exitCode: 3 }),
    outcome('web-3', 'y', { exitCode: 3 }),
    outcome('web-4', '', { exitCode: 4 }),
    outcome('web-5', 'y', { status: 'signalled', exitCode: null, signal: 'KILL' }),
  ];
  expect(renderEnds(outcomes)).toBe('exit 3: web-[2-3]\nended by SIGKILL: web-5');
});
