import { expect, it } from 'vitest';
import type { TrafficRow } from '../../../src/lib/traffic/traffic-status.js';
import { readDead } from '../../../src/lib/unit/dead-services.js';
import { hostNamed } from '../../support/fake-room.js';
import { ToldHost } from '../../support/told-host.js';

const asked: string[] = [];
const says: Record<string, string> = {
  failed: 'ActiveState=failed\nType=simple\n',
  stopped: 'ActiveState=inactive\nType=simple\n',
  'has-run': 'ActiveState=inactive\nType=oneshot\n',
  runs: 'ActiveState=active\nType=simple\n',
  starting: 'ActiveState=activating\nType=simple\n',
  silent: '',
};
const connections = {
  session: async ({ name }: { readonly name: string }) => {
    asked.push(name);
    const host = new ToldHost();
    host.says['systemctl show'] = { stdout: says[name] ?? '' };
    return host.session;
  },
};
const row = (host: string, state: TrafficRow['state'], drained: TrafficRow['drained'] = null) =>
  ({ app: 'shop', host, state, drained }) as TrafficRow;

it('asks only the hosts that a repair would bring back, and believes no silence', async () => {
  const kept = { operator: 'wang', since: '', operation: '' };
  const rows = [
    ...Object.keys(says).map((host) => row(host, host === 'failed' ? 'missing' : 'drained')),
    row('serves', 'in traffic'),
    row('kept', 'drained', kept),
    row('', 'drained'),
  ];
  const answers = [{ app: 'shop', room: 'B', balancer: 'lb-b', rows, doubts: [] }];
  const dead = await readDead(answers, { service: 'shop.service' }, { host: hostNamed }, connections);
  expect(dead).toEqual(['failed', 'stopped']);
  expect(asked).toEqual(Object.keys(says));
});
