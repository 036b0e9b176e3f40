import { expect, it } from 'vitest';
import { mustRun } from '../../../src/lib/run/remote.js';
import { CommandTimeoutError } from '../../../src/lib/ssh/connect-error.js';
import { FakeConnections } from '../../support/fake-connections.js';
import { hostNamed } from '../../support/fake-room.js';

const command = (effect: 'read' | 'write') => ({ words: ['look'], effect, timeoutMs: 1000 }) as const;
const session = async (answer: Parameters<FakeConnections['always']>[2]) =>
  await new FakeConnections().always('web-b-01', 'look', answer).session(hostNamed('web-b-01'));

it.each([
  ['cut off', { stdout: 'a', truncated: true }, 'more than is read'],
  [
    'not there in time',
    new CommandTimeoutError('web-b-01', 'look', 1000, 'its login shell had not begun it'),
    'no result within 1 s: its login shell had not begun it',
  ],
])('an answer to a question that is %s is none', async (_, answer, why) => {
  await expect(mustRun(await session(answer), command('read'), 'looking')).rejects.toMatchObject({
    name: 'NoAnswerError',
    message: `web-b-01 could not be asked: looking gave ${why}`,
  });
});

it('a change is done, however much it printed', async () => {
  const answer = { stdout: 'a', truncated: true };
  expect(await mustRun(await session(answer), command('write'), 'writing')).toMatchObject(answer);
});
