import { expect, it } from 'vitest';
import type { Action } from '../../../../src/lib/actions.js';
import type { Plan, Step } from '../../../../src/lib/plan/plan.js';
import type { RunEvent, StepResult } from '../../../../src/lib/record/events.js';
import { adviceFor } from '../../../../src/lib/ui/run/advice.js';
import { hostNamed } from '../../../support/fake-room.js';

const at = '2026-11-29T10:00:00.000Z';
const HOSTS = ['b1', 'b2', 'b3'];
const unit = 'shop.service';
const STEPS: readonly Step<Action>[] = [
  { id: 'stop', title: 'stop', action: { kind: 'unit.stop', unit, invocation: '' } },
  { id: 'start', title: 'start', action: { kind: 'unit.start', unit } },
];
const plan = {
  kind: 'restart',
  hosts: HOSTS.map(hostNamed),
  stages: [
    {
      id: 'restart',
      lanes: HOSTS.map((host) => ({ name: host, host, steps: STEPS })),
      standby: [],
      pass: 'each',
    },
  ],
} as unknown as Plan;

function started(resumed = false): RunEvent {
  return { at, type: 'operation-started', operator: 'wang', resumed };
}

function failed(host: string, over: object = {}): RunEvent {
  const result = { status: 'failed', failure: 'failed', message: 'no', culprit: host, elapsedMs: 1, ...over };
  return {
    ...{ at, type: 'step-finished', stage: 'restart', lane: host, step: 'start', undo: false },
    result: result as StepResult,
  };
}

const ended = (state: 'failed' | 'interrupted'): RunEvent => ({
  ...{ at, type: 'operation-finished', message: '', state },
});

it('names what has to be repaired before a resume, and who is at fault', () => {
  const first = [started(), failed('b1'), failed('b3', { culprit: 'lb-b' }), ended('failed')];
  expect(adviceFor('261129-k3f9', plan, first)).toBe(`\
repair first:    b1 (start)
see why:         kuafu exec b1 -- systemctl status shop.service
repair first:    lb-b (start of b3)
then go on with: kuafu ops resume 261129-k3f9
or give it up:   kuafu ops close 261129-k3f9`);
});

function undone(host: string): RunEvent {
  const result = { status: 'done', changed: true, message: '', elapsedMs: 1 } as const;
  return {
    ...{ at, type: 'step-finished', stage: 'restart', lane: host, step: 'start', undo: true },
    result,
  };
}

function aside(host: string, replacedBy: string | null): RunEvent {
  const why = { stage: 'restart', reason: 'start: no', failure: 'failed' } as const;
  return { ...{ at, type: 'host-set-aside', host, replacedBy }, ...why };
}

it('names every spare that was set aside: who is repaired for a resume, and who is not needed for it', () => {
  const events = [
    started(),
    ...['b1', 'b2'].flatMap((host, index) => [failed(host), undone(host), aside(host, `b${index + 2}`)]),
    ...[failed('b3'), undone('b3'), aside('b3', null), ended('failed')],
  ];
  expect(adviceFor('k3f9', plan, events)).toBe(`\
repair first:    b3 (start)
see why:         kuafu exec b3 -- systemctl status shop.service
then go on with: kuafu ops resume k3f9
or give it up:   kuafu ops close k3f9
set aside, too:  b[1-2], which a resume leaves alone; afterwards: kuafu resource clean 'b[1-2]'`);
});

it('says another thing where to go on has come to the same end', () => {
  const first = [started(), failed('b1'), ended('failed')];
  const twice = [
    ...first,
    started(true),
    failed('b1'),
    failed('b2'),
    failed('b3', { culprit: 'b1' }),
    ended('failed'),
  ];
  expect(adviceFor('261129-k3f9', plan, twice)).toBe(`\
not repaired:    b1 (start failed as before)
see why:         kuafu exec b1 -- systemctl status shop.service
repair first:    b2 (start)
see why:         kuafu exec b2 -- systemctl status shop.service
then go on with: kuafu ops resume 261129-k3f9
or give it up:   kuafu ops close 261129-k3f9`);
});

it('of a service that never got healthy suggests its request and its journal', () => {
  const check = { http: 'http://{address}/', passes: 1, everyMs: 1, timeoutMs: 1500, withinMs: 1 };
  const action: Action = { kind: 'unit.health', check, url: 'http://198.18.2.101/', unit };
  const steps = [{ id: 'start', title: 'health', action }];
  const lanes = HOSTS.map((host) => ({ name: host, host, steps }));
  const asking = { ...plan, stages: [{ ...plan.stages[0], lanes }] } as unknown as Plan;
  const sick = { failure: 'unhealthy' };
  const twice = [started(), failed('b1', sick), failed('b2', sick), started(true)];
  const text = adviceFor('k3f9', asking, [...twice, failed('b1', sick), failed('b2', sick), ended('failed')]);
  expect(text).not.toContain('systemctl');
  expect(text).toContain(`\
see why:         kuafu exec b1 -- curl -sSi -m 2 http://198.18.2.101/
see why:         kuafu logs tail 'b[1-2]' --unit shop.service -n 50 --no-follow
`);
});

it('of a host out of reach does not say what to run there', () => {
  const lost = { failure: 'unreachable' };
  const twice = [started(), failed('b1', lost), started(true), failed('b1', lost), ended('failed')];
  expect(adviceFor('k3f9', plan, twice)).not.toContain('kuafu exec');
});

it('has nothing to repair after a Ctrl-C', () => {
  const cut = failed('b1', { status: 'unknown', message: 'interrupted' });
  expect(adviceFor('k3f9', plan, [started(), cut, ended('interrupted')])).toBe(`\
go on with:      kuafu ops resume k3f9
or give it up:   kuafu ops close k3f9`);
});

it('names no host for the wait of another one, if its own fault is named', () => {
  const waiting = failed('b2', { culprit: 'b1' });
  const first = [started(), failed('b1'), waiting, failed('b3', { culprit: 'b[1-2]' }), ended('failed')];
  expect(adviceFor('k3f9', plan, first)).toContain(`\
repair first:    b1 (start)
see why:         kuafu exec b1 -- systemctl status shop.service
repair first:    b[1-2] (start of b3)
then go on`);
});

it('of a push says how to go on with its values, and how to go back to the old file where it was written', () => {
  const write: Step<Action> = {
    ...{ id: 'write', title: 'write' },
    action: { kind: 'env.write', path: '/etc/shop/env', mode: '640', values: [], keepsPrevious: true },
  };
  const lanes = HOSTS.map((host) => ({ name: host, host, steps: [write, ...STEPS] }));
  const scope = { apps: ['shop'], groups: ['web'], rooms: ['B'] };
  const push = { ...plan, kind: 'env-push', scope, stages: [{ ...plan.stages[0], lanes }] } as Plan;
  const written = { ...undone('b1'), undo: false, step: 'write' } as RunEvent;
  expect(adviceFor('k3f9', push, [started(), written, failed('b1'), ended('failed')])).toContain(`\
repair first:    b1 (start)
see why:         kuafu exec b1 -- systemctl status shop.service
then go on with: kuafu ops resume k3f9
or the old file: kuafu env rollback --app shop b1
and then close:  kuafu ops close k3f9`);
  const unwritten = adviceFor('k3f9', push, [started(), failed('b2', { step: 'write' }), ended('failed')]);
  expect(unwritten).not.toContain('rollback');
  expect(unwritten).toContain('or give it up:   kuafu ops close k3f9');
});
