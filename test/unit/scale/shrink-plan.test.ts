import { describe, expect, it } from 'vitest';
import type { OperationRecord } from '../../../src/lib/ledger/ledger.js';
import { planShrink, type ShrinkFacts } from '../../../src/lib/scale/shrink-plan.js';
import { type AppWorld, appOf, said, stepsIn } from '../../support/app-world.js';
import { planOf } from '../ledger/fixture.js';
import { recordOf } from '../ui/sample-record.js';

const HALF = { value: 50, percent: true };
/** Of six hosts four were brought by two operations, B6 last; B1 and B2 stand in the configuration. */
const AGES = { B3: '2026-11-01', B4: '2026-11-02', B5: '2026-11-02', B6: '2026-11-03' };

function operation(id: string, over: Partial<OperationRecord> = {}): OperationRecord {
  const hosts = appOf({ chosen: [], size: 6 }).places[0]?.members ?? [];
  return { ...recordOf(planOf([], { hosts }), []), id, ...over };
}

function shrink(
  to: number,
  world: Partial<AppWorld> = {},
  over: Partial<ShrinkFacts> = {},
  keep: typeof HALF = HALF,
) {
  const { app, places, facts } = appOf({ size: 6, chosen: [], ...world });
  const rows = Object.entries(AGES).map(([host, since]) => ({
    host,
    room: 'B',
    state: 'assigned' as const,
    app: 'shop',
    group: 'web',
    operation: host === 'B6' ? 'later' : 'early',
    reason: '',
    since,
  }));
  return planShrink(
    { app, group: 'web', room: 'B', to, keep },
    {
      ...facts,
      members: places[0]?.members ?? [],
      rows,
      configured: new Set(['B1', 'B2']),
      records: new Map(['early', 'later'].map((id) => [id, operation(id)])),
      ...over,
    },
  );
}

describe('a group that is made smaller', () => {
  it('loses the youngest first, of equal age the last by name, all out of traffic before one is cleared', () => {
    const plan = shrink(3);
    expect(Object.keys(stepsIn(plan))).toEqual(['B6', 'B5', 'B4']);
    expect(stepsIn(plan)).toMatchObject({ B6: ['leave', 'drain', 'out'] });
    expect(stepsIn(plan, 1)).toMatchObject({ B6: ['return'] });
    expect(plan.takesOver).toEqual([
      { operation: 'later', hosts: ['B6'] },
      { operation: 'early', hosts: ['B5', 'B4'] },
    ]);
    expect(plan.stages[0]?.lanes[0]?.steps[0]?.action).toMatchObject({
      floor: { least: 3, members: 'B[1-6]' },
    });
    expect(said(plan, 'refuse')).toEqual([]);
  });

  it('has nothing to do where it is that small', () => {
    for (const to of [6, 7]) expect(shrink(to).stages.flatMap(({ lanes }) => lanes)).toEqual([]);
  });

  it('takes a host that is in no traffic out of the balancers all the same', () => {
    expect(stepsIn(shrink(5, { where: { B6: 'shut' } }))).toEqual({ B6: ['out'] });
    expect(shrink(5, { balancer: false }).stages.map(({ id }) => id)).toEqual(['clear']);
  });

  it('never loses what the configuration declares, be it in the ledger as well', () => {
    const [refusal] = said(shrink(1, {}, {}, { value: 0, percent: true }), 'refuse');
    expect(refusal).toContain('B[1-2] stand in the configuration and are never removed: --to 2 is the least');
    const configured = new Set(['B1', 'B2', 'B6']);
    expect(Object.keys(stepsIn(shrink(5, {}, { configured })))).toEqual(['B5']);
    const one = said(shrink(2, {}, { configured }, { value: 0, percent: true }), 'refuse');
    expect(one[0]).toContain(
      'B[1-2,6] stand in the configuration and are never removed: --to 3 is the least',
    );
  });

  it('stays above the floor, counted by who serves', () => {
    expect(said(shrink(2), 'refuse')[0]).toContain(
      '2 would serve, and --keep 50% is 3; --keep 33% takes them out',
    );
    expect(said(shrink(3, { sick: ['B1'] }), 'refuse')[0]).toContain('of which B1 does not serve');
    expect(said(shrink(2, {}, {}, { value: 33, percent: true }), 'refuse')).toEqual([]);
  });

  it('is refused while the operation that brought a host runs, and where a host is another machine now', () => {
    const records = (over: Partial<OperationRecord>) => ({
      records: new Map([['later', operation('later', over)]]),
    });
    const rows = [
      {
        ...AGES,
        host: 'B6',
        room: 'B',
        state: 'assigned',
        app: 'shop',
        group: 'web',
        operation: 'later',
        reason: '',
        since: '',
      },
    ] as const;
    const run = (over: Partial<OperationRecord>) => said(shrink(5, {}, { rows, ...records(over) }), 'refuse');
    expect(run({ state: 'running', crashed: false })).toEqual(['operation later is running']);
    expect(run({ plan: planOf([], { hosts: [] }) })).toEqual(['the configuration no longer has B6 at ']);
    expect(said(shrink(5, {}, { rows, ...records({ resumable: true }) }), 'note')).toContain(
      'operation later is closed by this and cannot be resumed any more',
    );
  });
});
