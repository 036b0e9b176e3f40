import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, describe, expect, it } from 'vitest';
import { HostileHost, type Phase } from '../support/hostile-host.js';
import { Kuafu } from '../support/kuafu.js';
import { scratchFolder } from '../unit/ledger/fixture.js';

const { path, remove } = await scratchFolder();
afterAll(remove);

/** A configuration whose first host is this one; time limits are long, so that only Ctrl-C can end a wait. */
async function configOf(host: HostileHost): Promise<string> {
  const file = join(path, `${host.port}.yaml`);
  const [identity] = host.target().ssh.identityFiles;
  await writeFile(
    file,
    `ssh: {port: ${host.port}, connectTimeout: 5m, configFile: none, identityFile: ${identity}, knownHosts: ${host.knownHosts}}
ledger: 'sqlite:${join(path, `${host.port}.db`)}'
rooms:
  A: {network: 127.0.0.0/24, hosts: {web-a-01: 127.0.0.1}}
  B: {network: 127.0.2.0/24, hosts: {web-b-01: 127.0.2.11}}
apps:
  shop: {service: shop.service, files: [/opt/shop], env: {file: /etc/shop/env, common: {A: 1}}, logs: {files: [/var/log/shop/*.log]}, groups: {web: {A: web-a-01, B: web-b-01}}}
`,
  );
  return file;
}

const COMMANDS: readonly (readonly string[])[] = [
  ['exec', 'web-a-01', '--timeout=5m', '--', 'uptime'],
  ['agents', 'web-a-01'],
  ['logs', 'tail', 'web-a-01'],
  ['logs', 'grep', 'x', 'web-a-01'],
  ['logs', 'fetch', 'web-a-01', `--to=${join(path, 'fetched')}`],
  ['env', 'diff', 'web-a-01', '--app=shop'],
];
const MOMENTS: readonly Phase[] = ['authentication', 'start', 'mid-data'];

async function isAsked(host: HostileHost, run: Kuafu): Promise<void> {
  while (host.sockets.size === 0) {
    const early = await Promise.race([run.ended, sleep(50)]);
    if (early) throw new Error(`it ended by itself: ${early.stderr}`);
  }
}

describe('a plan that is made, while a host is silent,', () => {
  const scale = ['scale', '--app=shop', '--group=web', '--idc=A', '--count=1', '--template-ip=127.0.0.1'];
  it.concurrent.each([
    ['kuafu restart', ['restart', '--app=shop', 'web-a-01', '--yes']],
    ['kuafu scale', [...scale, '--yes']],
    ['kuafu env push', ['env', 'push', '--app=shop', 'web-a-01', '--restart', '--yes']],
  ] as const)('is left by one Ctrl-C, and %s says that nothing was changed', async (command, words) => {
    const host = await HostileHost.listen({ silentAt: 'start' });
    const run = new Kuafu(words, { KUAFU_CONFIG: await configOf(host) });
    try {
      await isAsked(host, run);
      run.process.kill('SIGINT');
      const end = await Promise.race([run.ended, sleep(20_000, undefined, { ref: false })]);
      expect(end?.code).toBe(130);
      expect(end?.stderr).toContain('nothing was changed');
      if (words[0] !== 'env') expect(end?.stderr).toContain(`${command} was interrupted`);
    } finally {
      run.process.kill('SIGKILL');
      await host.close();
    }
  });
});

describe.each(COMMANDS.map((words) => [words.slice(0, 2).join(' '), words] as const))(
  'kuafu %s',
  (_name, words) => {
    it.concurrent.each(MOMENTS)(
      'is left by the second Ctrl-C while its host is silent at %s',
      async (phase) => {
        const host = await HostileHost.listen({ silentAt: phase });
        const run = new Kuafu(words, { KUAFU_CONFIG: await configOf(host) });
        try {
          await isAsked(host, run);
          await sleep(500);
          run.process.kill('SIGINT');
          await sleep(200);
          run.process.kill('SIGINT');
          expect(await Promise.race([run.ended, sleep(20_000, 'late', { ref: false })])).not.toBe('late');
        } finally {
          run.process.kill('SIGKILL');
          await host.close();
        }
      },
    );
  },
);
