import { describe, expect, it } from 'vitest';
import { poolOf } from '../../../../src/lib/inventory/pool.js';
import type { TakenSpare } from '../../../../src/lib/ledger/ledger.js';
import { localMinute } from '../../../../src/lib/ui/frame/local-time.js';
import {
  renderPool,
  renderPoolCsv,
  renderPoolHosts,
  renderPoolSummary,
} from '../../../../src/lib/ui/inventory/pool-view.js';
import { host } from '../../ledger/fixture.js';
import { hostNames } from '../sample-record.js';

const now = new Date('2026-11-23T12:00:00.000Z');

function row(name: string, over: Partial<TakenSpare> = {}): TakenSpare {
  return {
    host: name,
    room: 'B',
    state: 'assigned',
    app: 'shop',
    group: 'web',
    operation: '261123-k3f9',
    reason: '',
    since: '2026-11-23T10:00:00.000Z',
    ...over,
  };
}

const configured = [
  ...hostNames(10).map((name) => host(name)),
  host('web-b-01', 'B', 'member'),
  host('new-a-1', 'A'),
];
const rows = [
  ...hostNames(6).map((name) => row(name)),
  row('new-b-07', { state: 'unfit', reason: 'disk full' }),
  row('new-b-08', { state: 'reserved', operation: '261123-zzzz' }),
  row('old-b-1'),
];
const pool = poolOf(configured, rows);

describe('poolOf', () => {
  it('has every spare once, members not at all, and what only the ledger knows', () => {
    expect(pool.map(({ host: name, state, room }) => `${room}/${name} ${state}`)).toEqual([
      'A/new-a-1 free',
      ...hostNames(6).map((name) => `B/${name} assigned`),
      'B/new-b-07 unfit',
      'B/new-b-08 reserved',
      'B/new-b-09 free',
      'B/new-b-10 free',
      'B/old-b-1 assigned',
    ]);
    expect(pool.at(-1)?.address).toBe('');
  });
});

describe('the pool on screen', () => {
  it('is summed up by room', () => {
    expect(renderPoolSummary(['A', 'B'], pool)).toBe(
      'room A: 1 free, 0 assigned, 0 reserved, 0 unfit\nroom B: 2 free, 7 assigned, 1 reserved, 1 unfit',
    );
  });

  it('folds hosts that have everything in common', () => {
    const lines = renderPool(pool, { now }).split('\n');
    expect(lines).toHaveLength(6);
    expect(lines[2]).toMatch(
      /^B +assigned +7 +shop\/web +261123-k3f9 +11-23 \d\d:\d\d +new-b-\[01-06\],old-b-1$/,
    );
    expect(lines[3]).toMatch(/^B +unfit +1 .* new-b-07 +disk full$/);
    expect(lines[5]).toMatch(/^B +free +2 +new-b-\[09-10\]$/);
  });

  it('has one row a host when asked to', () => {
    const lines = renderPoolHosts(pool, { now }).split('\n');
    expect(lines).toHaveLength(pool.length + 1);
    expect(lines.find((line) => line.startsWith('new-b-07'))).toMatch(
      /198\.18\.2\.101 +B +unfit .* disk full$/,
    );
  });

  it('at 80 columns has a long reason in lines of its own below the hosts', () => {
    const reason =
      'copy: /opt/shop holds what was not brought by kuafu, 1 name: mine.txt; it belongs under exclude of the application';
    const odd = poolOf(configured, [...rows.slice(0, 6), row('new-b-07', { state: 'unfit', reason })]);
    const since = row('').since;
    const [day, time] = localMinute(since, now).split(' ');
    const told = [
      '  copy: /opt/shop holds what was not brought by kuafu, 1 name: mine.txt; it',
      '  belongs under exclude of the application',
    ];
    const lines = renderPool(odd, { now, width: 80 }).split('\n');
    expect(lines[3]).toBe(`B     unfit     1      shop/web  261123-k3f9  ${day} ${time}   new-b-07`);
    expect(lines.slice(4, 6)).toEqual(told);
    expect(lines.every((line) => line.length <= 80)).toBe(true);
    const hosts = renderPoolHosts(odd, { now, width: 80 }).split('\n');
    expect(hosts[hosts.findIndex((line) => line.startsWith('new-b-07')) + 1]).toBe(told[0]);
    // A set of names that is broken keeps its reason below all of its lines.
    const many = ['new-b-01', 'new-b-03', 'new-b-05', 'new-b-07', 'new-b-09', 'old-b-1', 'elder-b-1'];
    const broken = renderPool(
      poolOf(
        [],
        many.map((name) => row(name, { state: 'unfit', reason })),
      ),
      {
        now,
        width: 80,
      },
    ).split('\n');
    expect(broken.slice(-2)).toEqual(told);
    expect(broken.length).toBeGreaterThan(4);
  });

  it('has no column for reasons when there is none, and so fits 80 columns', () => {
    const fit = renderPoolHosts(
      poolOf(
        configured,
        rows.filter(({ reason }) => reason === ''),
      ),
      { now, width: 80 },
    );
    expect(fit).not.toContain('REASON');
    for (const line of fit.split('\n')) expect(line.length).toBeLessThanOrEqual(80);
    expect(renderPoolHosts(pool, { now })).toMatch(/ REASON\n/);
  });
});

it('CSV has a row for each host, and runs no formula', () => {
  const byHand = { operator: 'wang', until: '2026-11-23T18:00:00.000Z' };
  const rows = [
    row('new-b-01', { state: 'unfit', reason: '=cmd("x"), full' }),
    row('new-b-02', { state: 'reserved', app: '', group: '', operation: '', byHand }),
  ];
  expect(renderPoolCsv(poolOf([host('new-b-01')], rows))).toBe(
    [
      'host,address,room,state,app,group,operation,since,reserved_by,until,reason',
      `new-b-01,${host('new-b-01').ssh.address},B,unfit,shop,web,261123-k3f9,2026-11-23T10:00:00.000Z,,,"'=cmd(""x""), full"`,
      'new-b-02,,B,reserved,,,,2026-11-23T10:00:00.000Z,wang,2026-11-23T18:00:00.000Z,',
    ].join('\n'),
  );
});
