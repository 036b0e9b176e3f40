import { expect, expectTypeOf, it } from 'vitest';
import type { PlanConnections } from '../../../src/commands/connections.js';
import { mustRun } from '../../../src/lib/run/remote.js';
import type { ReadCommand, RemoteCommand, WriteCommand } from '../../../src/lib/shell/command.js';
import { scriptCommand } from '../../../src/lib/shell/quote.js';
import { readOnly } from '../../../src/lib/ssh/read-only.js';
import type { Connections, ReadConnections, ReadSession, Session } from '../../../src/lib/ssh/transport.js';
import { FakeConnections } from '../../support/fake-connections.js';
import { hostNamed } from '../../support/fake-room.js';

const READ = scriptCommand('cat "$1"', ['/etc/hostname'], 'read', 1000);
const WRITE = scriptCommand('rm "$1"', ['/etc/hostname'], 'write', 1000);
const host = hostNamed('web-b-01');

/** A session that only reads, and what reached the host. */
async function opened() {
  const fake = new FakeConnections().always('web-b-01', /./, {});
  return { fake, session: await readOnly(fake).session(host) };
}

it('a write does not compile where a session only reads', () => {
  expectTypeOf(READ).toEqualTypeOf<ReadCommand>();
  expectTypeOf(WRITE).toEqualTypeOf<WriteCommand>();
  expectTypeOf<Parameters<ReadSession['run']>[0]>().toEqualTypeOf<ReadCommand>();
  expectTypeOf<ReadSession>().not.toExtend<Session>();
  expectTypeOf<ReadSession>().not.toExtend<Pick<Session, 'run'>>();
  expectTypeOf<ReadConnections>().not.toExtend<Connections>();
  expectTypeOf<PlanConnections>().not.toExtend<Connections>();
  expectTypeOf<Session>().toExtend<ReadSession>();
  expectTypeOf<ReadSession>().not.toHaveProperty('connectUnix');
  expectTypeOf<ReadSession>().not.toHaveProperty('connectTcp');
  // These are held by tsc in `npm run check`: an error that does not come is one.
  const _never = async (session: ReadSession, either: RemoteCommand, io: { stdin: string }) => {
    // @ts-expect-error a write
    await session.run(WRITE);
    // @ts-expect-error what may be a write
    await session.run(either);
    // @ts-expect-error a program on standard input
    await session.run(READ, { stdin: 'rm -rf /' });
    // @ts-expect-error the same, in a variable
    await session.run(READ, io);
    // @ts-expect-error a write
    await mustRun(session, WRITE, 'removing');
    // @ts-expect-error a program on standard input
    await mustRun(session, READ, 'reading', { stdin: 'rm -rf /' });
    // @ts-expect-error a stream that carries anything
    await session.connectUnix('/run/haproxy/admin.sock', 1000);
    await mustRun(session, READ, 'reading', { maxOutputBytes: 1 });
  };
  expect(_never).toBeTypeOf('function');
});

it('reads', async () => {
  const { fake, session } = await opened();
  await session.run(READ);
  expect(fake.calls.map(({ effect }) => effect)).toEqual(['read']);
});

it('what was cast reaches no host', async () => {
  const { fake, session } = await opened();
  const cast = session as Session;
  await expect(cast.run(WRITE)).rejects.toThrow('what is no read');
  await expect(cast.run(READ, { stdin: 'rm -rf /' })).rejects.toThrow('what is no read');
  expect(cast.connectUnix).toBeUndefined();
  expect(cast.connectTcp).toBeUndefined();
  expect(fake.calls).toEqual([]);
});

it('is one session for as long as the connection is one', async () => {
  const whole = await new FakeConnections().session(host);
  const connections = readOnly({
    session: async () => whole,
    hangUp: () => undefined,
    close: async () => undefined,
  });
  expect(await connections.session(host)).toBe(await connections.session(host));
});
