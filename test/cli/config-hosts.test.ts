import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { kuafu } from '../support/kuafu.js';
import { scratchFolder } from '../unit/ledger/fixture.js';

let folder: Awaited<ReturnType<typeof scratchFolder>>;
let env: Record<string, string>;

beforeAll(async () => {
  folder = await scratchFolder();
  const config = join(folder.path, 'kuafu.config.yaml');
  mkdirSync(join(folder.path, '.ssh'));
  writeFileSync(
    join(folder.path, '.ssh', 'config'),
    'Host db-a\n  BindInterface lo\nHost *\n  Port 1\n  ConnectTimeout 2\n',
  );
  writeFileSync(
    config,
    `rooms:
  A: {network: 127.0.0.0/8, hosts: {db-a: 127.0.0.1, web-a: 127.0.0.2}, spare: {new-a: 127.0.0.3}}
`,
  );
  env = { KUAFU_CONFIG: config, HOME: folder.path, XDG_STATE_HOME: folder.path };
});
afterAll(() => folder.remove());

describe('kuafu config hosts', () => {
  it('shows all hosts, or those that are named, with the line of each setting', async () => {
    const all = await kuafu(['config', 'hosts'], env);
    expect(all).toMatchObject({ code: 0, stderr: '' });
    expect(all.stdout).toMatch(/^new-a,web-a +address +kuafu.config.yaml:2 +127.0.0.\[2-3\]$/m);
    expect(all.stdout).toMatch(/^ +port +.ssh\/config:4 +1$/m);
    const one = await kuafu(['config', 'hosts', 'db-a', '--json'], env);
    const { hosts } = JSON.parse(one.stdout);
    expect(hosts).toHaveLength(1);
    expect(hosts[0]).toMatchObject({
      host: 'db-a',
      port: 1,
      from: { port: { from: 'ssh_config', file: join(folder.path, '.ssh/config'), line: 4 } },
      notes: [{ line: 2, sentence: 'BindInterface lo: kuafu does not follow it' }],
    });
  });

  it('an unknown host is an error, and no table', async () => {
    const ended = await kuafu(['config', 'hosts', 'db-b'], env);
    expect(ended).toMatchObject({ code: 2, stdout: '' });
    expect(ended.stderr).toContain('db-a');
  });
});

it('what ssh would do otherwise is said before the first connection, once a line', async () => {
  const { stderr } = await kuafu(['exec', '@all', '--', 'true'], env);
  const said = stderr.split('\n').filter((line) => line.includes('does not follow it'));
  expect(said).toEqual([
    `db-a: ${join(folder.path, '.ssh/config')}:2: BindInterface lo: kuafu does not follow it`,
  ]);
});
