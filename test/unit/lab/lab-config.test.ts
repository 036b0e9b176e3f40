import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { Config } from '../../../src/lib/config/config-types.js';
import { loadConfig } from '../../../src/lib/config/load.js';
import { envOfRoom, renderEnvFile } from '../../../src/lib/env/env-file.js';
import { renderLabConfig } from '../../../src/lib/lab/config-file.js';
import { labPaths } from '../../../src/lib/lab/paths.js';
import { ROLE_NAMES, type RoleName } from '../../../src/lib/lab/roles/role-names.js';
import { renderShopEnv } from '../../../src/lib/lab/service-configs.js';
import { DEFAULT_SIZES, type LabSizes } from '../../../src/lib/lab/sizes.js';
import { buildTopology, hostsOf } from '../../../src/lib/lab/topology.js';

async function loaded(sizes: LabSizes, roles: readonly RoleName[] = []): Promise<Config> {
  const folder = await mkdtemp(join(tmpdir(), 'kuafu-lab-'));
  try {
    const file = join(folder, 'kuafu.config.yaml');
    await writeFile(file, await renderLabConfig(buildTopology('t', sizes, roles), labPaths('t')));
    return await loadConfig({ file, secrets: 'unneeded' });
  } finally {
    await rm(folder, { recursive: true });
  }
}

test.each([DEFAULT_SIZES, { hosts: 1, spare: { A: 0, B: 0 } }, { hosts: 80, spare: { A: 99, B: 154 } }])(
  'the configuration of a lab of %j is one that kuafu loads, with every host in its place',
  async (sizes) => {
    const topology = buildTopology('t', sizes);
    const config = await loaded(sizes);
    for (const room of ['A', 'B'] as const) {
      const expected = (kinds: readonly ('web' | 'balancer' | 'spare')[]) =>
        kinds.flatMap((kind) =>
          hostsOf(topology, kind, room).map(({ name, address }) => [name, address] as const),
        );
      expect(new Map(config.rooms.get(room)?.hosts)).toEqual(new Map(expected(['balancer', 'web'])));
      expect(new Map(config.rooms.get(room)?.spare)).toEqual(new Map(expected(['spare'])));
      expect(config.apps.get('shop')?.groups.get('web')?.get(room)).toEqual(
        hostsOf(topology, 'web', room).map(({ name }) => name),
      );
    }
  },
);

test('the hosts of roles are hosts of their rooms, and of no application', async () => {
  const { hosts } = buildTopology('t', DEFAULT_SIZES, ROLE_NAMES);
  const config = await loaded(DEFAULT_SIZES, ROLE_NAMES);
  const plain = await loaded(DEFAULT_SIZES);
  for (const room of ['A', 'B'] as const) {
    const services = hosts.filter((host) => host.kind === 'service' && host.room === room);
    expect(new Map(config.rooms.get(room)?.hosts)).toEqual(
      new Map([
        ...(plain.rooms.get(room)?.hosts ?? []),
        ...services.map(({ name, address }) => [name, address] as const),
      ]),
    );
  }
  expect(config.apps).toEqual(plain.apps);
});

test('the zones of all DNS roles are there at once, each with a name that leads to both rooms', async () => {
  const { dns } = await loaded(DEFAULT_SIZES, ROLE_NAMES);
  const rooms = [
    ['A', ['203.0.113.101']],
    ['B', ['203.0.113.102']],
  ];
  const led = [...dns].map(([name, { names }]) => [name, [...(names.get('www')?.rooms ?? [])]]);
  expect(led.sort()).toEqual([
    ['biz.test', rooms],
    ['shop.test', rooms],
  ]);
  expect([...(await loaded(DEFAULT_SIZES, ['bind'])).dns.keys()]).toEqual(['biz.test']);
});

test('the operator of a lab is reached by nothing of his own machine', async () => {
  const { ssh, ledger } = await loaded(DEFAULT_SIZES);
  expect(ssh.clientConfig).toBeUndefined();
  expect(ssh.knownHosts).toEqual(['/var/lib/kuafu/lab/t/known_hosts']);
  expect(ssh.identityFiles).toEqual(['/var/lib/kuafu/lab/t/id_ed25519']);
  expect(ledger.file).toBe('/var/lib/kuafu/lab/t/ledger.db');
});

test('the environment on the hosts is what a push would write there', async () => {
  const { apps, secrets } = await loaded(DEFAULT_SIZES);
  const env = apps.get('shop')?.env;
  for (const room of ['A', 'B'] as const) {
    const values = env === undefined ? [] : envOfRoom(env, room);
    expect(renderShopEnv(room)).toBe(renderEnvFile(values, (value) => secrets.resolve(value)));
  }
  expect(renderShopEnv('B')).not.toContain(renderShopEnv('A').match(/ROOM_ENTRY=(.*)/)?.[1]);
});
