import type { PassThrough } from 'node:stream';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import {
  HeldClient,
  HungStatementError,
  type RunClient,
} from '../../../../src/lib/layers/database/mariadb/held-client.js';
import { HeldClients } from '../../../../src/lib/layers/database/mariadb/held-clients.js';

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
});
afterEach(() => {
  vi.useRealTimers();
});

/** A client in memory: answers each statement by what `answer` gives, in the words of `mariadb --batch`. */
class PretendClient {
  readonly told: string[] = [];
  isGone = false;
  answer: (statement: string) => string | undefined = () => '';
  #say: (text: string) => void = () => undefined;
  #leave: (error: Error) => void = () => undefined;

  readonly run: RunClient = ({ stdin, onStdout, signal }) => {
    this.#say = (text) => void onStdout(Buffer.from(text));
    (stdin as PassThrough).on('data', (chunk: Buffer) => this.#read(chunk.toString()));
    return new Promise<never>((_, reject) => {
      const leave = (error: Error) => {
        this.isGone = true;
        reject(error);
      };
      this.#leave = leave;
      (stdin as PassThrough).on('end', () => leave(new Error('ended')));
      signal.addEventListener('abort', () => leave(signal.reason));
    });
  };

  say(text: string): void {
    this.#say(text);
  }

  die(why: string): void {
    this.#leave(new Error(why));
  }

  #read(text: string): void {
    const [, statements = '', mark = ''] = /^(.*)\nSELECT '(\S+)' AS '\S+';\n$/s.exec(text) ?? [];
    this.told.push(statements);
    const answer = this.answer(statements);
    if (answer === undefined) return;
    // In two parts, as a network gives it, in the middle of the mark.
    const whole = `${answer}${mark}\n${mark}\n`;
    this.#say(whole.slice(0, -5));
    this.#say(whole.slice(-5));
  }
}

async function opened(answer: PretendClient['answer'] = () => '') {
  const pretend = new PretendClient();
  const client = await HeldClient.open(pretend.run);
  pretend.answer = answer;
  return { pretend, client };
}

test('answers go to those who asked, in order, and an empty one is empty', async () => {
  const { client } = await opened((statement) => (statement.startsWith('SET') ? '' : `name\n${statement}\n`));
  const answers = ['SELECT 1;', 'SET GLOBAL read_only=1;', 'SELECT 2;'].map((each) => client.ask(each, 1000));
  expect(await Promise.all(answers)).toEqual(['name\nSELECT 1;\n', '', 'name\nSELECT 2;\n']);
});

test('a value is no end of an answer, whatever it is', async () => {
  const { client } = await opened(() => 'name\n0123456789abcdef-1\n0123456789abcdef-1\n');
  expect(await client.ask('SELECT name FROM t;', 1000)).toMatch(/^name\n(0123456789abcdef-1\n){2}$/);
});

test('a statement that hangs is told apart from one that fails, and ends the client', async () => {
  const { client, pretend } = await opened(() => undefined);
  const hung = expect(client.ask('SET GLOBAL read_only=1;', 5000)).rejects.toBeInstanceOf(HungStatementError);
  await vi.advanceTimersByTimeAsync(5000);
  await hung;
  expect(pretend.isGone).toBe(true);
  await expect(client.ask('SELECT 1;', 1000)).rejects.toBeInstanceOf(HungStatementError);
});

test('why a client ended is said to all who wait, and to all who ask afterwards', async () => {
  const { client, pretend } = await opened(() => undefined);
  const waiting = [client.ask('SELECT 1;', 1000), client.ask('SELECT 2;', 1000)];
  pretend.die('ERROR 1227 (42000): Access denied');
  for (const each of waiting) await expect(each).rejects.toThrow('Access denied');
  await expect(client.ask('SELECT 3;', 1000)).rejects.toThrow('Access denied');
  expect(client.isOpen).toBe(false);
});

test('a client that the guard refuses never opens', async () => {
  const refuses: RunClient = () => Promise.reject(new Error('was claimed by operation 261201-abcd'));
  await expect(HeldClient.open(refuses)).rejects.toThrow('was claimed by operation 261201-abcd');
});

test('an answer without end is cut off', async () => {
  const { client, pretend } = await opened((statement) => {
    for (let times = 0; times < 30; times += 1) pretend.say('x'.repeat(50_000));
    return statement;
  });
  await expect(client.ask('SELECT 1;', 1000)).rejects.toThrow('does not end');
});

test('one client a host and generation; a lost one is opened anew', async () => {
  const clients = new HeldClients();
  const pretends: PretendClient[] = [];
  const open = () => {
    const pretend = new PretendClient();
    pretends.push(pretend);
    return HeldClient.open(pretend.run);
  };
  const first = await clients.hold('db-a', { number: 1, id: 'k' }, open);
  expect(await clients.hold('db-a', { number: 1, id: 'k' }, open)).toBe(first);
  expect(clients.of('db-a')).toBe(first);
  const next = await clients.hold('db-a', { number: 2, id: 'k' }, open);
  expect([next === first, pretends[0]?.isGone]).toEqual([false, true]);
  pretends[1]?.die('killed');
  await vi.advanceTimersByTimeAsync(0);
  expect(clients.of('db-a')).toBeUndefined();
  await clients.hold('db-a', { number: 2, id: 'k' }, open);
  await clients.end('db-a');
  expect([clients.of('db-a'), pretends.map(({ isGone }) => isGone)]).toEqual([undefined, [true, true, true]]);
});
