import { writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { SpyHost } from '../../support/spy-host.js';

let host: SpyHost;
beforeEach(() => {
  host = new SpyHost();
});
afterEach(() => host.close());

const OPEN = 'kuafu-channel-open\n';

describe('channel/pipe to an address', () => {
  it.each([
    [['tcp', '198.18.1.11', '80'], 'socat -t 30 - TCP:198.18.1.11:80'],
    [['tcp', '2001:db8::1', '80'], 'socat -t 30 - TCP6:[2001:db8::1]:80'],
  ])('%j is %s', (words, call) => {
    host.program('socat', 'cat');
    expect(host.run('channel/pipe', words, 'GET /\n')).toEqual({
      status: 0,
      stdout: `${OPEN}GET /\n`,
      stderr: '',
      calls: [call],
    });
  });

  it.each(['--evil', 'a b', '$(touch pwned)'])('calls no tool for %s', (address) => {
    host.program('socat');
    const run = host.run('channel/pipe', ['tcp', address, '80']);
    expect(run).toMatchObject({ status: 65, stdout: '', calls: [] });
  });
});

describe('channel/pipe to a socket', () => {
  it('is that of a socket which is there', async () => {
    host.program('socat', 'cat');
    const path = join(host.folder, 'admin.sock');
    const server = createServer().listen(path);
    await new Promise((resolve) => server.once('listening', resolve));
    const run = host.run('channel/pipe', ['unix', path], 'show info\n');
    server.close();
    expect(run).toMatchObject({ status: 0, stdout: `${OPEN}show info\n` });
    expect(run.calls).toEqual([`socat -t 30 - UNIX-CONNECT:${path}`]);
  });

  it('takes no file for one', () => {
    host.program('socat');
    const path = join(host.folder, 'file');
    writeFileSync(path, '');
    expect(host.run('channel/pipe', ['unix', path])).toMatchObject({ status: 65, calls: [] });
  });
});
