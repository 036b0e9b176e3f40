import { describe, expect, it } from 'vitest';
import { planChecksum } from '../../../../src/lib/plan/checksum.js';
import type { Plan } from '../../../../src/lib/plan/plan.js';
import { suggestWithConfig } from '../../../../src/lib/ui/frame/suggested.js';
import { renderPlan } from '../../../../src/lib/ui/run/plan-view.js';
import { hostNamed } from '../../../support/fake-room.js';
import { samplePlan } from '../sample-plan.js';

it('shows hosts folded, a line per step, the bytes, standby hosts, notes and refusals', () => {
  const plan = {
    ...samplePlan(20, 4),
    risks: [
      { level: 'note' as const, message: 'the template host is in room A' },
      { level: 'refuse' as const, message: 'the pool has 3 hosts\x1b[2J' },
    ],
  };
  expect(renderPlan(plan)).toBe(`scale shop/web in room B by 20 hosts

expand (20 hosts)
  on       new-b-[1-20]
  standby  new-b-[21-24]
   1. connect  check debian, x86_64, 4.0 MB of free disk
   2. copy     2.0 MB, 1.0 MB packed, /opt/shop, from web-b-1, from host to host
   3. start    shop.service started

Note: the template host is in room A
Refused: the pool has 3 hosts`);
});

it('names the configuration in the command lines of notes, and the plan stays the same for everybody', () => {
  const message = 'the old values hold until: kuafu restart --app shop';
  const plan: Plan = { ...samplePlan(2), risks: [{ level: 'note', message }] };
  const checksum = planChecksum(plan);
  suggestWithConfig('my.yaml');
  try {
    expect(renderPlan(plan)).toMatch(
      /^Note: the old values hold until: kuafu -c my\.yaml restart --app shop$/m,
    );
    expect(planChecksum(plan)).toBe(checksum);
  } finally {
    suggestWithConfig(undefined);
  }
});

it('tells batches and how many hosts may fail, next to the question', () => {
  const budgets = { failed: 0, unreachable: 5, unhealthy: 2 };
  const plan = { ...samplePlan(20), rollout: { batches: [1, 5, 4, 4, 4, 2], budgets } };
  expect(renderPlan(plan).split('\n').slice(-3)).toEqual([
    '',
    'batches  1, 5, 4 (3 times), 2: each comes through before the next begins',
    'stops    after the first failed host, or more than 5 unreachable or 2 unhealthy',
  ]);
});

it('says that all is taken back if a stage does not pass', () => {
  const plan = { ...samplePlan(1), wayBack: { when: 'on-failure', stages: [] } } as const;
  expect(renderPlan(plan)).toMatch(/\n\nback {5}all that was done is taken back if a stage does not pass$/);
  expect(renderPlan(samplePlan(1))).not.toContain('taken back');
});

describe('the plan of a restart', () => {
  const unit = 'shop.service';
  const steps = (...ids: readonly string[]) =>
    ids.map((id) => ({ id, title: id, action: { kind: 'unit.start', unit } }) as const);
  const restart = (hosts: Readonly<Record<string, 'A' | 'B'>>, over: Partial<Plan>): Plan => ({
    ...samplePlan(0),
    hosts: Object.entries(hosts).map(([name, room]) => ({ ...hostNamed(name), room })),
    stages: [
      {
        id: 'restart',
        title: 'restart',
        lanes: Object.keys(hosts).map((host, index) => ({
          name: host,
          host,
          steps:
            index === 0
              ? steps('start', 'health')
              : steps('leave', 'drain', 'stop', 'start', 'health', 'join'),
        })),
        standby: [],
        pass: 'each',
      },
    ],
    ...over,
  });
  const rooms = { a1: 'A', a2: 'A', b1: 'B', b2: 'B', b3: 'B' } as const;
  const tail = (plan: Plan, lines: number) => renderPlan(plan).split('\n').slice(-lines);

  it('has the steps in their order, also where the first host has fewer', () => {
    const lines = renderPlan(restart(rooms, {})).split('\n');
    const titles = lines.flatMap((line) => /^ +\d+\. (\w+)/.exec(line)?.[1] ?? []);
    expect(titles).toEqual(['leave', 'drain', 'stop', 'start', 'health', 'join']);
  });

  it('names the rooms that follow each other', () => {
    const plan = restart(rooms, { rollout: { batches: [2, 3], windows: [1, 1] } });
    expect(tail(plan, 2)).toEqual(['in turn  room A (2 hosts), then room B (3 hosts)', 'at once  1 host']);
    const batches = restart(rooms, { rollout: { batches: [1, 1, 1, 2], windows: [1, 1, 1, 2] } });
    expect(tail(batches, 2)).toEqual([
      'batches  room A: 1 (2 times); room B: 1, 2: each comes through before the next begins',
      'at once  each batch as a whole',
    ]);
    const wide = restart(rooms, { rollout: { batches: [2, 3], windows: [1, 2] } });
    expect(tail(wide, 1)).toEqual(['at once  room A: 1; room B: 2']);
  });

  it.each([
    [{ failed: 5, unreachable: 5, unhealthy: 5 }, 'never, however many fail: all 5 may be tried'],
    [{ failed: 0, unreachable: 0, unhealthy: 0 }, 'after the first failed, unreachable or unhealthy host'],
    [
      { failed: 1, unreachable: 5, unhealthy: 9 },
      'after more than 1 failed; any number may be unreachable or unhealthy',
    ],
  ])('says of budgets %j what so many hosts can exhaust', (budgets, words) => {
    expect(tail(restart(rooms, { rollout: { budgets } }), 1)).toEqual([`stops    ${words}`]);
  });

  it('says of spares that stand by that they may fail, too', () => {
    const budgets = { failed: 5, unreachable: 5, unhealthy: 5 };
    expect(tail({ ...samplePlan(2, 4), rollout: { budgets } }, 1)).toEqual([
      'stops    after more than 5 failed, 5 unreachable or 5 unhealthy; 6 hosts may be tried',
    ]);
  });
});

it.each([120, 80, 40])('stays within %i columns, loses nothing, and takes no name apart', (width) => {
  const message = `new-b-[01-20],web-b-[01-20] ${'because '.repeat(20)}`.trim();
  const plan = { ...samplePlan(40, 400), risks: [{ level: 'refuse' as const, message }] };
  const wide = renderPlan(plan);
  const lines = renderPlan(plan, { width }).split('\n');
  for (const line of lines) expect(line.length).toBeLessThanOrEqual(width);
  const words = (text: string) => text.split(/\s+/).filter((word) => word !== '');
  expect(words(lines.join('\n'))).toEqual(words(wide));
});
