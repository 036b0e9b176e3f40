import { expect, it } from 'vitest';
import { openForcedServer } from '../../../../src/lib/layers/database/mariadb/forced-server.js';
import type { RemoteCommand, Word } from '../../../../src/lib/shell/command.js';
import type { CommandResult, Session } from '../../../../src/lib/ssh/transport.js';

const AS = { number: 7, id: 'op' };

/** A host that answers one guarded command so. `MARK` stands for the mark of the guard. */
function serverThat(answer: Partial<CommandResult>) {
  const told: (readonly Word[])[] = [];
  const stdin: unknown[] = [];
  const session = {
    host: 'db-a',
    run: async ({ words }: RemoteCommand, io: { readonly stdin?: unknown } = {}) => {
      told.push(words);
      stdin.push(io.stdin);
      const mark = String(words[words.indexOf('run') + 1]);
      const result = {
        exitCode: 0,
        signal: null,
        stdout: '',
        stderr: 'MARK passed\n',
        truncated: false,
        ...answer,
      };
      return { ...result, stderr: result.stderr.replaceAll('MARK', mark), elapsedMs: 1 };
    },
  } as unknown as Session;
  return { server: openForcedServer(session, 'orders', new AbortController().signal), told, stdin };
}

it('a fence is a command of its generation, and ended on the host', async () => {
  const { server, told } = serverThat({ stdout: 'read-only\n' });
  expect(await server.fence(AS, 120_000)).toBe('read-only');
  const [words = []] = told;
  const guard = words.slice(words.indexOf('run'));
  expect(guard.slice(2, 5)).toEqual(['db-orders', '7', 'op']);
  expect(guard.slice(5, 11)).toEqual(['timeout', '-k', '1', '120', 'sh', '-c']);
});

it.each<readonly [string, Partial<CommandResult>, RegExp]>([
  ['no mark', { stdout: 'read-only\n', stderr: '' }, /was not touched/],
  ['another mark', { stdout: 'read-only\n', stderr: '0123456789abcdef passed\n' }, /was not touched/],
  [
    'another generation',
    { exitCode: 75, stderr: 'MARK refused 9 x forward x\n' },
    /was claimed by operation x/,
  ],
  ['half a word', { stdout: 'read-on' }, /is not whole/],
  ['more than a word', { stdout: 'read-only\nread-only\n' }, /is not whole/],
  ['more than is kept', { stdout: 'read-only\n', truncated: true }, /ended with status 0/],
  ['nothing', {}, /is not whole/],
  ['too late', { exitCode: 124, stdout: 'read-only\n' }, /was not done within 120 s/],
  [
    'a failure',
    { exitCode: 69, stderr: 'MARK passed\nit takes writes\n' },
    /ended with status 69: it takes writes$/,
  ],
])('a fence is none by an answer with %s', async (_, answer, message) => {
  await expect(serverThat(answer).server.fence(AS, 120_000)).rejects.toThrow(message);
});

it.each([
  '/x 5',
  `x 5 ${'a'.repeat(64)}`,
  `/x 5 ${'a'.repeat(63)}`,
  `/x\n5 ${'a'.repeat(64)}`,
  `/x $(id) ${'a'.repeat(64)}`,
])('an archive is none by %j', async (stdout) => {
  await expect(serverThat({ stdout }).server.archive(AS, 'a.sql', '0-1-9')).rejects.toThrow(/is not whole/);
});

it('an archive has its place, size and sum', async () => {
  const sha256 = 'ab'.repeat(32);
  const { server } = serverThat({ stdout: `/var/lib/kuafu/errant/a.sql 5 ${sha256}\n` });
  expect(await server.archive(AS, 'a.sql', '0-1-9')).toEqual({
    ...{ path: '/var/lib/kuafu/errant/a.sql', bytes: 5, sha256 },
  });
});

it('the new primary waits for no replica before it takes writes', async () => {
  const { server, stdin } = serverThat({});
  await server.takeWritesAlone(AS);
  expect(stdin).toEqual(['SET GLOBAL rpl_semi_sync_master_enabled=0;\nSET GLOBAL read_only=0;\n']);
});
