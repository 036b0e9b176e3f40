import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';

const run = promisify(execFile);

// These tests run in the lab's own `kuafu lab run`, as its users do.
it.each(['web-b-01', 'gw-a', 'lb-b', 'new-b-01', 'root@198.18.1.11'])(
  'plain ssh reaches %s',
  async (host) => {
    const { stdout, stderr } = await run('ssh', ['-o', 'BatchMode=yes', host, 'hostname']);
    const name = host === 'root@198.18.1.11' ? 'web-a-01' : host;
    expect(stdout).toBe(`${name}\n`);
    expect(stderr.replace(/^Warning: Permanently added .*\r?\n/, '')).toBe('');
  },
);

it('scp copies from a host by its name', async () => {
  const { stdout } = await run('sh', [
    '-c',
    'd=$(mktemp -d); scp -Bq web-b-01:/etc/hostname $d/h && cat $d/h; rm -r $d',
  ]);
  expect(stdout).toBe('web-b-01\n');
});
