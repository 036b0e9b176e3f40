import { expect, it } from 'vitest';
import type { TrafficRow, TrafficState } from '../../../../src/lib/traffic/traffic-status.js';
import { trafficAdvice } from '../../../../src/lib/ui/inventory/traffic-advice.js';

function row(host: string, state: TrafficState, more: Partial<TrafficRow> = {}): TrafficRow {
  const place = { app: 'shop', room: 'B', balancer: 'lb-b', server: host, address: '198.18.2.11:8080' };
  return { ...place, host, state, weight: 100, sessions: 0, drained: null, ...more };
}

function advice(...rows: readonly TrafficRow[]): string[] {
  return adviceWith([], ...rows);
}

function adviceWith(dead: readonly string[], ...rows: readonly TrafficRow[]): string[] {
  const answers = [{ app: 'shop', room: 'B', balancer: 'lb-b', rows, doubts: [] }];
  return trafficAdvice({ answers, silent: [] }, new Map([['shop', dead]]), (app) => `${app}.service`).map(
    ([what, command]) => `${what} ${command}`,
  );
}

it('names what repairs each state, for the hosts that are in it', () => {
  const kept = { operator: 'wang', since: '2026-11-29T21:40:05.000Z', operation: '261129-k3f9' };
  expect(
    advice(
      row('web-b-01', 'in traffic'),
      row('web-b-02', 'drained', { drained: kept }),
      row('web-b-03', 'drained', { drained: kept }),
      row('web-b-04', 'drained'),
      row('web-b-05', 'maintenance'),
      row('web-b-06', 'down'),
      row('web-b-06', 'down', { balancer: 'lb-b2' }),
      row('', 'drained', { server: 'of-nobody' }),
    ),
  ).toEqual([
    "bring back those that are drained: kuafu traffic ready 'web-b-[02-03]'",
    'bring back whom an operation left drained: kuafu traffic repair --app shop --idc B',
    'take over whom somebody else took out: kuafu traffic drain web-b-05',
    'see why they are down: kuafu exec web-b-06 -- systemctl status shop.service',
  ]);
});

it('repairs nobody while a server may be that host, and looks again', () => {
  expect(advice(row('web-b-01', 'unclear'), row('web-b-02', 'unclear'))).toEqual([
    'give each server the address of its host at the balancer, and look again: kuafu traffic status --app shop --idc B',
  ]);
});

it('is nothing where all serve', () => {
  expect(advice(row('web-b-01', 'in traffic'))).toEqual([]);
});

it('starts a dead service before a repair, which would wait for its health in vain', () => {
  expect(
    adviceWith(['web-b-01', 'web-b-02'], row('web-b-01', 'drained'), row('web-b-02', 'missing')),
  ).toEqual([
    "first start the service where it does not run: kuafu start --app shop 'web-b-[01-02]'",
    'then bring back whom an operation left drained: kuafu traffic repair --app shop --idc B',
  ]);
  expect(adviceWith(['web-b-02'], row('web-b-02', 'missing'), row('web-b-03', 'missing'))).toEqual([
    'start the service where it does not run: kuafu start --app shop web-b-02',
    'bring back those that are missing: kuafu traffic repair --app shop --idc B',
  ]);
});

it('repairs each application in each room once', () => {
  expect(
    advice(
      row('mail-a-01', 'missing', { app: 'mail', room: 'A' }),
      row('web-b-02', 'missing'),
      row('web-b-02', 'missing', { balancer: 'lb-b2' }),
    ),
  ).toEqual([
    'bring back those that are missing: kuafu traffic repair --app mail --idc A',
    'bring back those that are missing: kuafu traffic repair --app shop --idc B',
  ]);
});
