import stringWidth from 'string-width';
import { describe, expect, it } from 'vitest';
import type { TrafficReport, TrafficRow } from '../../../../src/lib/traffic/traffic-status.js';
import { renderTraffic, trafficDocument } from '../../../../src/lib/ui/inventory/traffic-view.js';

const STATES = [
  'in traffic',
  'missing',
  'unclear',
  'not started',
  'drained',
  'maintenance',
  'no weight',
  'down',
  'extra',
] as const;

function row(more: Partial<TrafficRow> = {}): TrafficRow {
  return {
    app: 'shop',
    room: 'B',
    balancer: 'lb-b',
    host: 'web-b-01',
    server: 'web-b-01',
    address: '198.18.2.101:8080',
    state: 'in traffic',
    weight: 100,
    sessions: 0,
    drained: null,
    ...more,
  };
}

function reportOf(...rows: TrafficRow[]): TrafficReport {
  return {
    answers: rows.map((each) => ({
      app: each.app,
      room: each.room,
      balancer: each.balancer,
      rows: [each],
      doubts: [],
    })),
    silent: [],
  };
}

/** What stands in the last column, its lines put together. */
function lastColumn(table: string): string {
  const [head = '', ...lines] = table.split('\n');
  return lines.map((line) => line.slice(head.indexOf('STATE')).trim()).join(' ');
}

describe('who is in traffic', () => {
  it('fits a terminal of 80 columns in every state, and breaks no word', () => {
    const table = renderTraffic(reportOf(...STATES.map((state) => row({ state }))), { width: 80 });
    expect(table.split('\n').filter((line) => stringWidth(line) > 80)).toEqual([]);
    expect(table.split('\n')).toHaveLength(STATES.length + 1);
    expect(lastColumn(table)).toBe(STATES.join(' '));
  });

  it.each([
    ['an application of a long name', row({ app: 'shop-checkout-service', state: 'maintenance' })],
    ['a server of another name', row({ server: 'be_shop_production_17', state: 'no weight' })],
    ['a server of nobody', row({ host: '', server: 'slot-1-of-the-shop', state: 'extra' })],
    ['an address of IPv6', row({ address: '[2001:db8:0:1:aaaa:bbbb:cccc:dddd]:8080' })],
  ])('takes no name apart: %s', (_what, long) => {
    const table = renderTraffic(reportOf(row(), long), { width: 80 });
    expect(table.split('\n').filter((line) => stringWidth(line) > 80)).toEqual([]);
    for (const name of [long.app, long.host, long.server, long.address, long.state])
      expect(table.replaceAll(/\s+/g, ' ')).toContain(name);
  });

  it.each([60, 40])('is a line a host at %i columns, under what they have in common', (width) => {
    const hosts = ['web-b-01', 'web-b-02', 'new-b-11'];
    const rows = hosts.map((host) => row({ host, server: host, state: 'maintenance' }));
    const answers = [{ app: 'shop', room: 'B', balancer: 'lb-b', rows, doubts: [] }];
    const lines = renderTraffic({ answers, silent: [] }, { width }).split('\n');
    expect(lines[0]).toBe('shop in room B, by lb-b:');
    expect(lines.slice(2).map((line) => line.split(' ')[0])).toEqual(hosts);
    expect(lines.filter((line) => stringWidth(line) > width)).toEqual([]);
  });

  it('has no line wider than 20 columns on a terminal of 20', () => {
    const lines = renderTraffic(reportOf(row()), { width: 20 }).split('\n');
    expect(lines.slice(0, 2)).toEqual(['shop in room B, by', 'lb-b:']);
    expect(lines.filter((line) => stringWidth(line) > 20)).toEqual([]);
  });

  it('says what the balancer calls a host only where that is something else', () => {
    const table = renderTraffic(
      reportOf(
        row(),
        row({ host: 'web-b-02', server: 's2' }),
        row({ host: '', server: 'old' }),
        row({ host: 'web-b-03', server: '', state: 'missing' }),
      ),
    );
    const names = table.split('\n').map((line) => line.split(/ {2,}/)[3]);
    expect(names).toEqual(['HOST', 'web-b-01', 'web-b-02 as s2', '- as old', 'web-b-03']);
  });
});

it('shows 50 servers of a host, or of nobody, and says how many more there are; JSON has all', () => {
  const rows = [
    ...Array.from({ length: 51 }, (_, n) => row({ server: `b${n}`, state: 'backup' })),
    ...Array.from({ length: 60_000 }, (_, n) => row({ host: '', server: `x${n}`, state: 'extra' })),
  ];
  const report = { answers: [{ app: 'shop', room: 'B', balancer: 'lb-b', rows, doubts: [] }], silent: [] };
  const lines = renderTraffic(report, { width: 120 }).split('\n');
  expect(lines).toHaveLength(1 + 50 + 50 + 2);
  expect(lines.slice(-2)).toEqual([
    'lb-b has 1 more for web-b-01 of shop; --json shows all',
    'lb-b has 59950 more extra servers of shop; --json shows all',
  ]);
  expect(trafficDocument(report, 0)).toMatchObject({ servers: rows });
});
