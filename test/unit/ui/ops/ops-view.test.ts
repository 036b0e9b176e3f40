import stringWidth from 'string-width';
import { describe, expect, it } from 'vitest';
import type { RunEvent } from '../../../../src/lib/record/events.js';
import { renderOperation, renderOperationList } from '../../../../src/lib/ui/ops/ops-view.js';
import { planOf, stageOf } from '../../ledger/fixture.js';
import { done, failed, hostNames, recordOf, Story, troubledRecord } from '../sample-record.js';

const now = new Date('2026-11-23T12:00:00.000Z');

/** The lines of the table of hosts by steps. */
function tableOf(text: string): string[] {
  const lines = text.split('\n');
  const head = lines.findIndex((line) => line.startsWith('HOST'));
  return lines.slice(head, lines.indexOf('', head));
}

describe('renderOperation', () => {
  it('shows every state of a step, hosts in natural order, idle standby hosts not at all', () => {
    expect(tableOf(renderOperation(troubledRecord(), { now }))).toEqual([
      'HOST  connect  copy     start',
      'h-1   = 1.2s   ✓ 1m13s  ✓ 2.1s',
      'h-2   ✓ 0.9s   ✗ 3.0s',
      'h-10  -        ↩        ✗ 3.0s',
      'h-11  ? 30.0s  ?',
      '✓ done  = unchanged  ✗ failed  ? unknown  - skipped  ↩ undone',
    ]);
  });

  it('tells an open step that runs from one that nobody saw the end of', () => {
    const running = { state: 'running', resumable: false, finishedAt: null } as const;
    const live = renderOperation(troubledRecord(running), { now });
    expect(tableOf(live)).toContain('h-11  ? 30.0s  …');
    expect(live).not.toContain('ops resume');
    const crashed = renderOperation(troubledRecord({ ...running, crashed: true, resumable: true }), {
      now,
    });
    expect(tableOf(crashed)).toContain('h-11  ? 30.0s  ?');
    expect(crashed).toContain('state     crashed');
  });

  it('says that hosts are at work while somebody works on them', () => {
    const story = new Story()
      .step('h-1', 'connect', done(1))
      .step('h-1', 'copy')
      .step('h-2', 'connect', done(1));
    const stage = stageOf('expand', ['h-1', 'h-2', 'h-3'], ['connect', 'copy']);
    const running = { state: 'running', resumable: false, finishedAt: null, workedMs: 2000 } as const;
    const text = renderOperation(recordOf(planOf([], { stages: [stage] }), story.events, running), { now });
    expect(text).toContain('0 of 3 hosts done, 2 running (h-[1-2]), 1 not begun (h-3), 2.0s');
  });

  it('says no more that a host was set aside once it is worked on again', () => {
    const story = new Story().step('h-1', 'copy', failed('full', 'h-1')).setAside('h-1', 'full', null);
    const { plan } = recordOf(planOf([], { stages: [stageOf('expand', ['h-1'], ['copy'])] }), []);
    expect(renderOperation(recordOf(plan, story.events), { now })).toContain('h-1 set aside');
    const again = renderOperation(recordOf(plan, story.step('h-1', 'copy', done(1)).events), { now });
    expect(again).not.toContain('set aside');
  });

  it('says equal failures once, who stood in for whom, and what to type', () => {
    const record = troubledRecord();
    const text = renderOperation(record, { now });
    expect(text).toContain('h-2: copy failed: no space left on device');
    expect(text).toContain('h-10: start failed: no space left on device (at fault: web-a-1)');
    expect(text).toContain('h-11: connect unknown: the connection was lost');
    expect(text).toContain('h-2 set aside: no space left on device; h-11 took its place');
    expect(text).toContain('kuafu ops resume 261123-k3f9');
    expect(text).toContain('kuafu ops close 261123-k3f9');
    expect(text).toContain(record.checksum);
    expect(text).toMatch(/wang on far-wang, from a terminal, pid 4711/);
    expect(text).not.toContain('\u001b');
    const story = new Story();
    for (const host of hostNames(3)) {
      story.step(host, 'copy', failed(`${host}: full`, host));
    }
    const stages = [stageOf('expand', hostNames(3), ['copy'])];
    const folded = renderOperation(recordOf(planOf([], { stages }), story.events), { now });
    expect(folded).toContain('new-b-[01-03]: copy failed: full');
  });

  it('says a state once when the message is no other', () => {
    const at = '2026-11-23T10:01:23.000Z';
    const told = { state: 'interrupted', message: 'interrupted' } as const;
    const { plan, events } = troubledRecord();
    const end = { at, type: 'operation-finished', ...told } as const;
    const text = renderOperation(recordOf(plan, [...events, end], told), { now, events: true });
    expect(text).toMatch(/^state {5}interrupted$/m);
    expect(text).toMatch(/\d {2}interrupted$/m);
    expect(text).not.toContain('interrupted: interrupted');
  });

  it('calls an operation closed that was given up, and points to nothing more', () => {
    const record = troubledRecord({
      state: 'closed',
      message: 'closed by li on ops-2 (pid 7); before: interrupted',
      resumable: false,
    });
    const text = renderOperation(record, { now });
    expect(text).toMatch(/^state {5}closed by li on ops-2 \(pid 7\); before: interrupted$/m);
    expect(text).not.toContain('kuafu ops');
    expect(renderOperationList([record], { now })).toMatch(/ closed .* hosts by li on ops-2 \(pid 7\)/);
  });

  it('says the budgets in force, and who gave them when', () => {
    const { plan, events } = troubledRecord();
    const stages = plan.stages;
    const bound = planOf([], { stages, rollout: { budgets: { failed: 0, unreachable: 0, unhealthy: 0 } } });
    const resumed: RunEvent = {
      at: '2026-11-23T11:00:00.000Z',
      type: 'operation-started',
      operator: 'li',
      resumed: true,
      budgets: { failed: 2, unreachable: 0, unhealthy: 0 },
    };
    expect(renderOperation(recordOf(bound, events), { now })).toContain('after the first failed, ');
    const text = renderOperation(recordOf(bound, [...events, resumed]), { now, events: true });
    expect(text).toMatch(
      /^stops {5}after the first unreachable or unhealthy host, or more than 2 failed; 5 hosts may be tried$/m,
    );
    expect(text).toMatch(
      / resumed by li, stops after the first unreachable or unhealthy host, or more than 2 failed; 5 hosts may be tried$/m,
    );
  });

  it('shows the events when asked to', () => {
    const record = troubledRecord();
    expect(renderOperation(record, { now })).not.toContain('expand/copy');
    const text = renderOperation(record, { now, events: true });
    expect(text).toContain('started by wang');
    expect(text).toContain('h-1 expand/copy done 1m13s');
    expect(text).toContain('h-1 expand/connect unchanged 1.2s');
    expect(text).toContain('h-10 undo expand/copy done 0.5s');
    expect(text.match(/^\d\d:\d\d:\d\d\.\d{3} {2}/gm)).toHaveLength(record.events.length);
  });

  it.each([120, 80, 60, 50])('keeps every host on one line of %i columns', (width) => {
    const hosts = hostNames(150);
    const steps = ['reserve', 'connect', 'init', 'copy', 'configure', 'start', 'health', 'join', 'assign'];
    const story = new Story();
    for (const host of hosts) for (const step of steps) story.step(host, step, done(65_000));
    const record = recordOf(planOf([], { stages: [stageOf('expand', hosts, steps)] }), story.events);
    const lines = renderOperation(record, { now, width }).split('\n');
    for (const line of lines) expect(stringWidth(line)).toBeLessThanOrEqual(width);
    expect(lines.filter((line) => line.startsWith('new-b-')).map((line) => line.split(' ')[0])).toEqual(
      hosts,
    );
    const times = lines.filter((line) => line.includes('1m05s')).length;
    expect(times).toBe(width >= 80 ? hosts.length : 0);
  });

  it.each([120, 80, 60, 40])('names every step whole in %i columns', (width) => {
    const steps = ['reserve', 'connect', 'init', 'copy', 'configure', 'start', 'health', 'join', 'assign'];
    const story = new Story();
    for (const step of steps) story.step('h-1', step, done(65_000));
    const record = recordOf(planOf([], { stages: [stageOf('expand', ['h-1'], steps)] }), story.events);
    const text = renderOperation(record, { now, width });
    for (const step of steps) expect(text).toMatch(new RegExp(`\\b${step}\\b`));
    if (width === 40)
      expect(tableOf(text).slice(0, 5)).toEqual([
        'HOST 1 2 3 4 5 6 7 8 9',
        'h-1  ✓ ✓ ✓ ✓ ✓ ✓ ✓ ✓ ✓',
        '1 reserve  2 connect  3 init  4 copy',
        '5 configure  6 start  7 health  8 join',
        '9 assign',
      ]);
  });
});

it('an operation that was resumed has one time in the list, above and below: that of the work', () => {
  const record = troubledRecord({ resumed: true });
  expect(renderOperation(record, { now })).toMatch(/^time .* \(1m21s of work\)$/m);
  expect(renderOperation(record, { now })).toMatch(/^1 of 3 hosts .*, 1m21s$/m);
  expect(renderOperationList([record], { now })).toContain(' 1m21s ');
});

describe('renderOperationList', () => {
  it('is a line an operation; a failure says why, a success does not', () => {
    const record = troubledRecord();
    const list = renderOperationList(
      [record, { ...record, id: '261122-aaaa', state: 'done', message: '3 of 3 hosts done' }],
      { now },
    );
    const [head, first, second, ...rest] = list.split('\n');
    expect(head).toMatch(/^ID +STATE +STARTED [+-]\d\d:\d\d +TIME +BY +WHAT$/);
    expect(first).toMatch(/^261123-k3f9 {2}failed .* 1m21s {2}wang {2}scale .*: 1 of 3 hosts done$/);
    expect(second).toMatch(/^261122-aaaa {2}done .* 3 hosts$/);
    expect(rest).toEqual([]);
  });

  it('calls an operation crashed whose process is gone, and gives it no time', () => {
    const record = troubledRecord({
      state: 'running',
      crashed: true,
      finishedAt: null,
      workedMs: null,
      message: '',
    });
    expect(renderOperationList([record], { now })).toMatch(/crashed .* - {2,}wang/);
  });
});
