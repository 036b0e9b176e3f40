import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { HostileHost, type Phase } from '../support/hostile-host.js';
import { Kuafu } from '../support/kuafu.js';
import { scratchFolder } from '../unit/ledger/fixture.js';

// A host that takes the login, or the command, and says nothing more: whoever runs kuafu from cron waits for its end.
const { path, remove } = await scratchFolder();
afterAll(remove);

async function configOf(host: HostileHost): Promise<string> {
  const file = join(path, `${host.port}.yaml`);
  const [identity] = host.target().ssh.identityFiles;
  await writeFile(
    file,
    `ssh: {port: ${host.port}, connectTimeout: 5s, configFile: none, identityFile: ${identity}, knownHosts: ${host.knownHosts}}
ledger: 'sqlite:${join(path, `${host.port}.db`)}'
rooms:
  A: {network: 127.0.0.0/24, hosts: {web-a-01: 127.0.0.1}}
  B: {network: 127.0.2.0/24, hosts: {web-b-01: 127.0.2.11}}
apps: {}
`,
  );
  return file;
}

const TAIL = ['logs', 'tail', 'web-a-01', '--file', '/var/log/a.log'];
const CASES: readonly { readonly words: readonly string[]; readonly phase: Phase }[] = [
  { words: TAIL, phase: 'authentication' },
  { words: TAIL, phase: 'start' },
  { words: [...TAIL, '--since', '1h'], phase: 'mid-data' },
  { words: [...TAIL, '--no-follow'], phase: 'mid-data' },
  { words: ['logs', 'grep', 'x', 'web-a-01', '--file', '/var/log/a.log'], phase: 'mid-data' },
];

it.concurrent.each(CASES)(
  'kuafu $words of a host that is silent at $phase ends by itself, and names it',
  async ({ words, phase }) => {
    const host = await HostileHost.listen({ silentAt: phase });
    const run = new Kuafu(words, { KUAFU_CONFIG: await configOf(host) });
    const late = setTimeout(() => run.process.kill('SIGKILL'), 100_000);
    try {
      const { code, stderr } = await run.ended;
      expect(stderr).toMatch(/web-a-01/);
      expect([4, 5]).toContain(code);
    } finally {
      clearTimeout(late);
      await host.close();
    }
  },
  110_000,
);
