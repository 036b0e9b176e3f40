import { expect, it } from 'vitest';
import type { Action } from '../../../src/lib/actions.js';
import { Secrets } from '../../../src/lib/masking/secret.js';
import type { Plan } from '../../../src/lib/plan/plan.js';
import { checkSpares } from '../../../src/lib/scale/spare-check.js';
import { ConnectError } from '../../../src/lib/ssh/connect-error.js';
import { FakeConnections } from '../../support/fake-connections.js';
import { hostNamed } from '../../support/fake-room.js';

const noSecrets = new Secrets();
const need = { arch: 'x86_64', osId: 'debian', diskFree: [], tools: [], idleUnit: '' };

function lane(name: string) {
  const connect: Action = { kind: 'host.connect', need };
  return { name, host: name, steps: [{ id: 'connect', title: 'connect', action: connect }] };
}

function planOf(chosen: readonly string[], standby: readonly string[]): Plan {
  const hosts = [...chosen, ...standby].map(hostNamed);
  const stage = { id: 'expand', lanes: chosen.map(lane), standby: standby.map(lane), pass: 'each' };
  return { kind: 'scale', hosts, stages: [stage] } as unknown as Plan;
}

/** Hosts that are well, except those that do not answer. */
function room(
  plan: Plan,
  dead: readonly string[],
): { readonly connections: FakeConnections; asked(): string[] } {
  const connections = new FakeConnections();
  for (const { name } of plan.hosts) {
    connections.always(name, /./, { stdout: 'arch=x86_64\nos=debian\n' });
    if (dead.includes(name)) connections.unreachable(name, new ConnectError(name, 'unreachable', 'no route'));
  }
  return { connections, asked: () => [...new Set(connections.calls.map(({ host }) => host))] };
}

const unfit = (...hosts: string[]) => hosts.map((host) => ({ host, reason: 'no route' }));

it('leaves the standby alone where every chosen spare is fit', async () => {
  const plan = planOf(['n1', 'n2'], ['n3', 'n4']);
  const { connections, asked } = room(plan, []);
  expect(await checkSpares(plan, connections, noSecrets)).toMatchObject({ unfit: [], standIns: [], open: 0 });
  expect(asked()).toEqual(['n1', 'n2']);
});

it('looks for who would take a place, and asks no more of the standby than that takes', async () => {
  const plan = planOf(['n1', 'n2'], ['n3', 'n4', 'n5', 'n6', 'n7', 'n8']);
  const { connections, asked } = room(plan, ['n1', 'n3']);
  const found = await checkSpares(plan, connections, noSecrets);
  expect(found).toMatchObject({ unfit: unfit('n1', 'n3'), standIns: ['n4'], open: 0 });
  expect(asked()).not.toContain('n6');
});

it('tells all of a standby that is as unfit, and how many places stay open', async () => {
  const plan = planOf(['n1', 'n2'], ['n3', 'n4', 'n5']);
  const { connections } = room(plan, ['n1', 'n2', 'n3', 'n5']);
  const found = await checkSpares(plan, connections, noSecrets);
  expect(found).toMatchObject({ unfit: unfit('n1', 'n2', 'n3', 'n5'), standIns: ['n4'], open: 1 });
});
