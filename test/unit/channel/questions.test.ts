import { Duplex } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { knock } from '../../../src/lib/channel/knock.js';
import { openTalk } from '../../../src/lib/channel/talk.js';
import { askUnix, type Question } from '../../../src/lib/channel/unix-line.js';
import type { ReadCommand } from '../../../src/lib/shell/command.js';
import { scriptCommand } from '../../../src/lib/shell/quote.js';
import { readOnlySession } from '../../../src/lib/ssh/read-only.js';
import { FakeConnections } from '../../support/fake-connections.js';
import { hostNamed } from '../../support/fake-room.js';

const BOUNDS = { timeoutMs: 1000, maxBytes: 100, fault: (what: string) => new Error(what) };

/** A session that only reads, to a host where somebody listens, and what was sent there. */
async function listening(target: string) {
  const sent: string[] = [];
  const stream = () =>
    new Duplex({
      read: () => undefined,
      write(chunk, _encoding, done) {
        sent.push(`${chunk}`);
        this.push('fine\n');
        this.push(null);
        done();
      },
    });
  const host = await new FakeConnections().socket('lb-b', target, stream).session(hostNamed('lb-b'));
  return { sent, session: readOnlySession(host) };
}

describe('a question by a session that only reads', () => {
  it('reaches a Unix socket, and is answered', async () => {
    const { sent, session } = await listening('/run/admin.sock');
    expect(await askUnix(session, '/run/admin.sock', 'show info', BOUNDS)).toBe('fine\n');
    expect(sent).toEqual(['show info\n']);
  });

  it.each([
    'set server shop/a state maint',
    'show info; disable server shop/a',
    'show info\ndisable server shop/a',
    'show ',
    ' show info',
    'shutdown',
  ])('is never %j', async (line) => {
    const { sent, session } = await listening('/run/admin.sock');
    // Whoever casts gets no further.
    const asked = askUnix(session, '/run/admin.sock', line as Question, BOUNDS);
    await expect(asked).rejects.toThrow('is no question');
    expect(sent).toEqual([]);
  });

  it('to a port sends nothing', async () => {
    const { sent, session } = await listening('198.18.2.11:22');
    await knock(session, '198.18.2.11', 22, { timeoutMs: 1000 });
    expect(sent).toEqual([]);
  });
});

describe('a talk', () => {
  const told: string[] = [];
  const session = {
    host: 'web-b-01',
    run: async (_command: unknown, { stdin }: { stdin: AsyncIterable<Buffer> }) => {
      for await (const chunk of stdin) told.push(`${chunk}`);
      return {};
    },
  };

  it('is of questions of one line each, to a script in the command line', async () => {
    const talk = openTalk(session as never, scriptCommand('cat', [], 'read', 1000), {});
    talk.ask(['l', 'r 1:2 0 10 /var/log/a']);
    expect(() => talk.ask(['l', 'k\nid'])).toThrow('no question of one line');
    talk.end();
    await talk.over;
    expect(told.join('')).toBe('l\nr 1:2 0 10 /var/log/a\n');
  });

  it.each([[['sh']], [['sh', '-s']], [['bash', '-c', 'cat']]])(
    'is not begun with %j, which may be a shell that waits for a program',
    (words) => {
      const command: ReadCommand = { words, effect: 'read', timeoutMs: 1000 };
      expect(() => openTalk(session as never, command, {})).toThrow('needs a script of its own');
    },
  );
});
