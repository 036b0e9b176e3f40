import type { Readable } from 'node:stream';
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { Ask } from '../../../src/lib/logs/ask.js';
import { Conversation, SilentHostError } from '../../../src/lib/logs/conversation.js';
import { followCommand } from '../../../src/lib/logs/follow-command.js';
import { NotOurScriptError } from '../../../src/lib/logs/frames.js';
import type { CommandIo, CommandResult, Session } from '../../../src/lib/ssh/transport.js';

const COMMAND = { words: ['sh', '-c', ''], effect: 'read', timeoutMs: 1000 } as const;
const ASK = { kind: 'read', id: '1_1_1', path: '/l/a.log', from: 100, size: 50 } as const;

/** A host that says, to each line it is asked, what the test has it say; MARK stands for the mark. */
function hostThatSays(answers: readonly string[]): Session {
  const run = (_command: unknown, { stdin, onStdout, signal }: CommandIo): Promise<CommandResult> =>
    new Promise((_, reject) => {
      signal?.addEventListener('abort', () => reject(signal.reason));
      const say = (said: Buffer) => {
        try {
          onStdout?.(said);
        } catch (error) {
          reject(error);
        }
      };
      let mark = '';
      let asked = 0;
      (stdin as Readable).on('data', (chunk: Buffer) => {
        for (const line of `${chunk}`.split('\n').slice(0, -1)) {
          mark ||= `\u001e${line} `;
          const said = Buffer.from((answers[asked++] ?? '').replaceAll('MARK', mark));
          if (said.length > 0) queueMicrotask(() => say(said));
        }
      });
    });
  return { host: 'web-b-01', run } as unknown as Session;
}

async function talkWith(...answers: string[]): Promise<unknown> {
  return await askedOf([ASK], answers);
}

async function askedOf(asks: readonly Ask[], answers: readonly string[]): Promise<unknown> {
  const talk = new Conversation(
    hostThatSays(['MARKH 1 +0000\n', ...answers]),
    COMMAND,
    new AbortController().signal,
  );
  try {
    await talk.hello();
    const seen: unknown[] = [];
    await talk.ask(asks, (answer) => seen.push(answer));
    return seen;
  } catch (error) {
    return error;
  } finally {
    talk.close();
  }
}

afterEach(() => {
  vi.useRealTimers();
});

describe('Conversation', () => {
  it('takes the answer to its question', async () => {
    const seen = await talkWith('MARKD 1_1_1 100\nline\nMARKE 1_1_1 105\n');
    expect(seen).toMatchObject([{ kind: 'data', id: '1_1_1', from: 100, end: 105 }]);
  });

  it('says its mark over stdin alone, another one each time', () => {
    const inputs: Readable[] = [];
    const session = {
      host: 'web-b-01',
      run: (_command: unknown, { stdin }: CommandIo) => {
        inputs.push(stdin as Readable);
        return new Promise(() => undefined);
      },
    } as unknown as Session;
    const filter = { grep: ['x'], exclude: [], ignoreCase: false };
    const command = followCommand({ files: ['/l/a.log'], journal: 'a.service' }, filter);
    for (let talks = 0; talks < 2; talks++)
      new Conversation(session, command, new AbortController().signal).close();
    const said = inputs.map((input) => `${input.read()}`);
    expect(new Set(said).size).toBe(2);
    for (const line of said) {
      expect(line).toMatch(/^[\w-]{12}\n$/);
      expect(JSON.stringify(command)).not.toContain(line.trim());
    }
  });

  it('holds each answer against its own question, though all come in one piece', async () => {
    const record = `f 1 1_1_1 5 1.0 81a4 /l/${'a'.repeat(200)}.log\0`;
    const said = `MARKD 1_1_1 100\nline\nMARKE 1_1_1 105\nMARKL\n${record}MARKE - 0\n`;
    const seen = await askedOf([ASK, { kind: 'list', isWhole: false }], ['', said]);
    expect(seen).toMatchObject([{ kind: 'data' }, { kind: 'list', records: Buffer.from(record) }]);
  });

  it.each([
    ['bytes of a file that nobody asked for', 'MARKD 9_9_9 100\nx\nMARKE 9_9_9 102\n'],
    ['bytes from elsewhere', 'MARKD 1_1_1 7\nx\nMARKE 1_1_1 102\n'],
    ['an end before the beginning', 'MARKD 1_1_1 100\nMARKE 1_1_1 99\n'],
    ['an end beyond what was asked for', 'MARKD 1_1_1 100\nMARKE 1_1_1 151\n'],
    ['more bytes than were asked for', `MARKD 1_1_1 100\n${'x'.repeat(52)}MARKE 1_1_1 150\n`],
    ['a list instead', 'MARKL\nMARKE - 0\n'],
    ['another hello', 'MARKH 1 +0000\n'],
    ['an answer too many', `MARKD 1_1_1 100\nMARKE 1_1_1 100\n${'MARKR 1_1_1 65\n'.repeat(3)}`],
    ['marks without end', 'MARKR 9_9_9 65\n'.repeat(10_000)],
  ])('gives up a host that sends %s', async (_name, answer) => {
    expect(await talkWith(answer)).toBeInstanceOf(NotOurScriptError);
  });

  it('waits a minute for an answer, and names the host', async () => {
    vi.useFakeTimers();
    const talk = talkWith('MARKD 1_1_1 100\nand then nothing');
    await vi.advanceTimersByTimeAsync(61_000);
    const error = await talk;
    expect(error).toBeInstanceOf(SilentHostError);
    expect(`${error}`).toContain('web-b-01: reading its logs gave no answer within 60 s');
  });
});
