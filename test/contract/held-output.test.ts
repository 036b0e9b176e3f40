import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Session } from '../../src/lib/ssh/transport.js';
import { SshFixture, script } from '../support/ssh-fixture.js';

// sshd closes the channel of a command only when nobody has its output any more.
const fixture = new SshFixture();
let host: Session;
beforeAll(async () => {
  const { port } = await fixture.sshd();
  host = await fixture.connections().session(fixture.host('web', port));
});
afterAll(() => fixture.close());

test('a command that leaves a process running ends soon, with all that it wrote itself', async () => {
  const startedAt = Date.now();
  const line = 'sleep 300 & echo $!; seq 1 30000; echo bad >&2; exit 3';
  const result = await host.run(script(line, 8000));
  expect(Date.now() - startedAt).toBeLessThan(7000);
  expect(result).toMatchObject({ exitCode: 3, stderr: 'bad\n', isHeld: true });
  const [pid = '', ...lines] = result.stdout.split('\n');
  expect(lines.slice(-3)).toEqual(['29999', '30000', '']);
  // Nobody ends what was left running on purpose.
  expect(await host.run(script('kill "$1"', 5000, pid))).toMatchObject({ exitCode: 0 });
});

test('a reader that is slow gets every byte of it', async () => {
  let text = '';
  const line = 'sleep 300 & echo $!; head -c 400000 /dev/zero';
  const { isHeld } = await host.run(script(line, 30_000), {
    onStdout: async (chunk) => {
      text += chunk.toString('latin1');
      await sleep(chunk.length / 100);
    },
  });
  const [pid = '', zeros] = text.split('\n');
  expect({ isHeld, bytes: zeros?.length }).toEqual({ isHeld: true, bytes: 400_000 });
  await host.run(script('kill "$1"', 5000, pid));
});

test('nothing is said of a process that has let go of it', async () => {
  const result = await host.run(script('sleep 3 >/dev/null 2>&1 & echo started'));
  expect(result).toMatchObject({ exitCode: 0, stdout: 'started\n' });
  expect(result.isHeld).toBeUndefined();
});
