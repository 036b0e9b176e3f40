import { expect, it } from 'vitest';
import { type CleanHost, planClean } from '../../../src/lib/clean/clean-plan.js';
import type { TakenSpare } from '../../../src/lib/ledger/ledger.js';
import { said, stepsIn } from '../../support/app-world.js';
import { hostNamed } from '../../support/fake-room.js';
import { planOf } from '../ledger/fixture.js';

const host = hostNamed('new-b-01');
const server = {
  balancer: 'lb-b',
  control: 'haproxy:/s',
  backend: 'shop',
  name: host.name,
  address: '',
  port: 8080,
};
const HELD: TakenSpare = {
  host: host.name,
  room: 'B',
  state: 'unfit',
  app: 'shop',
  group: 'web',
  operation: 'op-1',
  reason: 'disk full',
  since: '',
};
const HOLDER = { id: 'op-1', title: 'scale', state: 'done', crashed: false, resumable: false } as const;

function remains(app: string, address = host.ssh.address) {
  const then = { ...host, ssh: { ...host.ssh, address } };
  const trace = {
    host: host.name,
    servers: app === 'shop' ? [server] : [],
    unit: `${app}.service`,
    paths: [`/opt/${app}`],
    exclude: [],
    files: [],
  };
  return { record: { id: `of-${app}`, app, group: 'web', plan: planOf([], { hosts: [then] }) }, trace };
}

function clean(over: Partial<CleanHost> = {}) {
  const of = { host, row: HELD, holder: HOLDER, remains: [remains('shop')], inTraffic: [], ...over };
  return planClean([of as CleanHost], [hostNamed('lb-b')]);
}

it('leaves, stops, takes away and gives back, and has the host while it does', () => {
  const plan = clean();
  expect(stepsIn(plan)).toEqual({ 'new-b-01': ['leave', 'stop', 'remove', 'return'] });
  expect(plan.stages[0]?.lanes[0]?.steps[2]?.action).toMatchObject({ paths: ['/opt/shop'], tells: true });
  expect(plan).toMatchObject({
    claims: [],
    takesOver: [{ operation: 'op-1', hosts: ['new-b-01'], unfit: true }],
  });
  expect(clean({ row: undefined, holder: undefined })).toMatchObject({ claims: ['new-b-01'], takesOver: [] });
  expect(said(plan, 'refuse')).toEqual([]);
});

it('cleans of two applications, and gives back a host on which there is nothing', () => {
  expect(stepsIn(clean({ remains: [remains('shop'), remains('api')] }))['new-b-01']).toEqual([
    ...['leave', 'stop', 'remove'],
    ...['stop-api', 'remove-api', 'return'],
  ]);
  expect(stepsIn(clean({ remains: [] }))).toEqual({ 'new-b-01': ['return'] });
  expect(said(clean({ remains: [] }), 'note')).toContain(
    'nothing was brought to new-b-01, so nothing is removed there; put this right first: disk full',
  );
  const idle = clean({ row: undefined, remains: [] });
  expect(idle.stages[0]?.lanes).toEqual([]);
  expect(said(idle, 'note')).toEqual(['no operation has put anything on new-b-01: nothing to do there']);
});

it.each<[Partial<CleanHost>, string]>([
  [{ row: { ...HELD, state: 'assigned' } }, 'new-b-01 serves shop/web: kuafu scale --undo op-1'],
  [
    { row: { ...HELD, state: 'reserved', byHand: { operator: 'wang', until: 'noon' } } },
    'reserved by wang until noon',
  ],
  [{ holder: { ...HOLDER, state: 'running' } }, 'operation op-1 (scale), which is running'],
  [{ holder: { ...HOLDER, state: 'failed', resumable: true } }, 'kuafu ops close op-1'],
  [{ inTraffic: ['lb-b'] }, 'new-b-01 gets requests from lb-b'],
  [
    { remains: [remains('shop', '198.18.2.250')] },
    'the configuration no longer has new-b-01 at 198.18.2.250',
  ],
])('is refused: %#', (over, words) => {
  expect(said(clean(over), 'refuse')).toEqual([expect.stringContaining(words)]);
});
