import { expect, it } from 'vitest';
import { buildInventory } from '../../../src/lib/inventory/inventory.js';
import {
  type CapacityVerdict,
  type GroupLoad,
  type HostLoad,
  NOT_STARTED,
} from '../../../src/lib/report/capacity.js';
import { remediesFor } from '../../../src/lib/report/remedy.js';
import { parsedConfig } from '../inventory/selection-config.js';

const parsed = await parsedConfig();
const assigned = ['new-b-1', 'new-b-2'].map((host) => ({ host, app: 'shop', group: 'web', room: 'B' }));
const inventory = buildInventory(parsed, assigned);

function verdict(more: Partial<CapacityVerdict>): CapacityVerdict {
  const about = { app: 'shop', group: 'web', lost: 'A', left: ['B'], basis: 'idle' as const };
  return { ...about, demand: 4, perHost: 1, needed: 4, there: 1, short: 3, ...more };
}

function group(serving: readonly (readonly [string, string])[]): GroupLoad {
  return { app: 'shop', group: 'web', hosts: serving.map(([host, room]) => hostOf(host, room)) };
}

function hostOf(host: string, room: string): HostLoad {
  return { host, room, serves: true, why: '', cpus: 2, cpusUsed: 0, requests: 0 };
}

const both = group([
  ['web-a-1', 'A'],
  ['web-b-1', 'B'],
]);

function remedies(verdicts: CapacityVerdict[], groups = [both], free = 8, config?: string) {
  const supply = { inventory, apps: parsed.apps, free: new Map([['B', free]]), configFile: config };
  return [...remediesFor(verdicts, groups, supply).values()];
}

it('is the expansion, from a host that serves in the same room', () => {
  expect(remedies([verdict({})])).toEqual([
    {
      room: 'B',
      count: 3,
      missing: 0,
      command: 'kuafu scale --app shop --group web --idc B --count 3 --template-ip 198.18.2.11 --start',
      note: '',
    },
  ]);
});

it('takes a host of the lost room where none serves, and the configuration that was named', () => {
  const [remedy] = remedies([verdict({})], [group([['web-a-1', 'A']])], 8, "my conf's.yaml");
  expect(remedy?.command).toContain("--template-ip 198.18.1.11 --start --config 'my conf'\\''s.yaml'");
});

it('takes a declared host before one that came by an expansion, and says where there is only such a one', () => {
  const expanded = group([
    ['new-b-1', 'B'],
    ['web-a-1', 'A'],
    ['web-b-1', 'B'],
  ]);
  expect(remedies([verdict({})], [expanded])[0]).toMatchObject({
    command: expect.stringContaining('--template-ip 198.18.2.11 '),
    note: '',
  });
  const alone = { ...expanded, hosts: expanded.hosts.slice(0, 2) };
  expect(remedies([verdict({})], [alone])[0]).toMatchObject({
    command: expect.stringContaining('--template-ip 198.18.2.101 '),
    note: 'the template host new-b-1 came by an expansion: no declared host of room B serves',
  });
});

it('says what the pool lacks, and promises no spare host twice', () => {
  const twice = remedies([verdict({}), verdict({ lost: 'C' })], [both], 4);
  expect(twice).toMatchObject([
    { count: 3, missing: 0 },
    { count: 1, missing: 2 },
  ]);
  expect(remedies([verdict({})], [both], 0)).toMatchObject([{ count: 0, missing: 3, command: '' }]);
});

it('starts what is installed before it expands, and promises it once', () => {
  const waiting = ['new-b-1', 'new-b-2'].map((host) => ({
    ...hostOf(host, 'B'),
    serves: false,
    why: NOT_STARTED,
  }));
  const installed = { ...both, hosts: [...both.hosts, ...waiting] };
  const [enough] = remedies([verdict({ short: 2 })], [installed]);
  expect(enough).toEqual({
    room: 'B',
    count: 2,
    missing: 0,
    command: "kuafu start --app shop 'new-b-[1-2]'",
    note: '',
  });
  const [first, second] = remedies([verdict({ short: 3 }), verdict({ lost: 'C', short: 1 })], [installed]);
  expect(first?.command).toMatch(/^kuafu start --app shop 'new-b-\[1-2\]' && kuafu scale .* --count 1 /);
  expect(second?.command).toMatch(/^kuafu scale /);
});

it('is nothing where nothing is short, and no command where nothing serves', () => {
  expect(remedies([verdict({ short: 0 })])).toEqual([]);
  expect(remedies([verdict({})], [group([])])).toMatchObject([{ count: 0, command: '' }]);
});
