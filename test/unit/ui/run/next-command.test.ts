import { expect, it } from 'vitest';
import type { OperationKind, Plan } from '../../../../src/lib/plan/plan.js';
import type { HostState } from '../../../../src/lib/record/result.js';
import { nextCommand } from '../../../../src/lib/ui/run/next-command.js';

function plan(kind: OperationKind, step: string, mustFinish = false): Plan {
  const wanted = step === 'install' ? 'stopped' : 'started';
  const lanes = [
    { host: 'new-b-01', steps: [{ id: 'last', action: { kind: 'unit.state', unit: 'x', wanted } }] },
  ];
  return {
    kind,
    scope: { apps: ['shop'], groups: [], rooms: [] },
    stages: [{ id: 'one', lanes, standby: [], mustFinish }],
  } as unknown as Plan;
}

function result(...states: readonly HostState[]) {
  const hosts = states.map((state, index) => ({ host: `new-b-0${index + 1}`, state }));
  return { hosts } as unknown as Parameters<typeof nextCommand>[1];
}

it.each([
  ['scale', 'install', 'kuafu start'],
  ['env-push', 'write', 'kuafu restart'],
  ['env-rollback', 'swap', 'kuafu restart'],
] as const)('after %s with %s: %s, for the hosts that came through', (operation, step, command) => {
  expect(
    nextCommand({ id: '1-op', plan: plan(operation, step) }, result('done', 'failed', 'done'))?.command,
  ).toBe(`${command} --app shop 'new-b-[01,03]'`);
});

it('tells how to take a drain and a change of names back', () => {
  const typed = (kind: OperationKind) =>
    nextCommand({ id: '1-op', plan: plan(kind, 'x') }, result('done'))?.command;
  expect(typed('traffic-drain')).toBe('kuafu traffic ready new-b-01');
  expect(typed('dns-set')).toBe('kuafu dns undo 1-op');
  expect(typed('dns-undo')).toBeUndefined();
});

it.each([
  ['nothing came through', plan('scale', 'install'), result('failed')],
  ['it was started', plan('scale', 'start'), result('done')],
  ['it was restarted with the push', plan('env-push', 'write', true), result('done')],
])('leaves nothing to type where %s', (_, plan, result) => {
  expect(nextCommand({ id: '1-op', plan }, result)).toBeUndefined();
});
