import { expect, it } from 'vitest';
import type { AppConfig } from '../../../src/lib/config/config-types.js';
import type { Inventory } from '../../../src/lib/inventory/inventory.js';
import type { OperationRecord } from '../../../src/lib/ledger/ledger.js';
import type { Host } from '../../../src/lib/names/host.js';
import { laneOn } from '../../../src/lib/plan/lane.js';
import { capacityOf } from '../../../src/lib/restart/capacity.js';
import { readPlaces } from '../../../src/lib/restart/restart-facts.js';
import { ToldHost } from '../../support/told-host.js';
import { finished, planOf, started } from '../ledger/fixture.js';

const unit = 'shop.service';
const NEVER = 'LoadState=loaded\nActiveState=inactive\nInvocationID=\nActiveEnterTimestampMonotonic=0\n';
const RUNS = NEVER.replace('inactive', 'active');
const hosts = ['web-1', 'web-2', 'new-1', 'new-2'].map((name): Host => ({ name }) as Host);

/** An expansion has installed new-1 and new-2. */
const steps = [{ id: 'install', title: 'install', action: { kind: 'unit.state', unit, wanted: 'stopped' } }];
const lanes = ['new-1', 'new-2'].map((name) => laneOn(name, steps));
const expansion = {
  id: 'op',
  plan: planOf([], {
    kind: 'scale',
    stages: [{ id: 'expand', title: 'expand', pass: 'each', lanes, standby: [] }],
  }),
  events: ['new-1', 'new-2'].flatMap((name) => [
    started(name, 'install'),
    finished(name, 'install', { status: 'done', changed: true, message: '', elapsedMs: 1 }),
  ]),
} as unknown as OperationRecord;
const records = { list: async () => [expansion], show: async () => expansion, keptOut: async () => [] };

it.each<readonly [string, string, number]>([
  ['was never started is no member that counts', NEVER, 1],
  ['was started by hand and died counts', NEVER.replace('inactive', 'failed'), 2],
  ['was started by hand and stopped counts', NEVER.replace('Monotonic=0', 'Monotonic=4711'), 2],
])('an installed host that %s', async (_, stdout, least) => {
  const says: Readonly<Record<string, string>> = {
    'web-1': RUNS,
    'web-2': RUNS,
    'new-1': stdout,
    'new-2': stdout,
  };
  const session = async ({ name }: Host) => {
    const told = new ToldHost();
    told.says['systemctl show'] = { stdout: says[name] ?? '' };
    return told.session;
  };
  const place = { group: 'web', room: 'B', members: hosts, chosen: hosts.slice(0, 1) };
  const app = { name: 'shop', service: unit, groups: new Map() } as unknown as AppConfig;
  const facts = await readPlaces(
    { app, places: [place] },
    {} as Inventory,
    { session } as never,
    records as never,
  );
  expect(capacityOf(place, { value: 50, percent: true }, facts).least).toBe(least);
});
