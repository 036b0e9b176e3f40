import { expect, it } from 'vitest';
import { operationExitCode } from '../../../src/commands/operation-exit-code.js';
import type { RunEvent } from '../../../src/lib/record/events.js';
import type { HostState } from '../../../src/lib/record/result.js';

const failed = (failure: string) =>
  ({ type: 'step-finished', result: { status: 'failed', failure } }) as unknown as RunEvent;
const OFF = failed('unreachable');
const SICK = failed('unhealthy');
const codeOf = (
  state: string,
  hosts: readonly HostState[],
  events: readonly RunEvent[],
  othersReached = false,
) => {
  const done = hosts.filter((each) => each === 'done').length;
  return operationExitCode(
    { state, done, hosts: hosts.map((each) => ({ state: each })) as never },
    events,
    othersReached,
  );
};

it('is 5 only if no host could be reached', () => {
  expect(codeOf('failed', ['failed', 'failed'], [OFF, OFF])).toBe(5);
  expect(codeOf('failed', ['set-aside'], [OFF])).toBe(5);
});

it.each([
  ['some hosts were done', ['done', 'failed'], [OFF], false],
  ['the first was off and the others were not begun', ['failed', 'not-started'], [OFF], false],
  ['all others answered and needed nothing', ['failed'], [OFF], true],
  ['one was reached and failed', ['failed', 'failed'], [OFF, SICK], false],
  ['it failed on no host', ['unfinished'], [], false],
] as const)('is 4 if %s', (_, hosts, events, othersReached) => {
  expect(codeOf('failed', hosts, events, othersReached)).toBe(4);
});

it('is that of the end where it came to one, or was interrupted', () => {
  expect(codeOf('done', ['done'], [])).toBe(0);
  expect(codeOf('interrupted', ['failed'], [OFF])).toBe(130);
});
