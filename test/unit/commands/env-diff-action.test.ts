import { expect, it } from 'vitest';
import { diffExitCode } from '../../../src/commands/env/env-diff-action.js';

const reading = (status: string, isUnread?: boolean) =>
  ({ outcome: { status }, facts: isUnread === undefined ? undefined : { isUnread } }) as never;
const RIGHT = { hosts: ['a'], differences: [] };
const WRONG = { hosts: ['b'], differences: [{ what: 'missing', name: '', is: null, wanted: null }] } as const;
const READ = reading('exited', false);
const NOT_RESTARTED = reading('exited', true);
const OFF = reading('unreachable');

it.each([
  ['all files right and read by their services', 0, [READ, READ], [RIGHT]],
  ['a file that differs', 1, [READ, READ], [RIGHT, WRONG]],
  ['a service that has not read its file, though that is right', 1, [READ, NOT_RESTARTED], [RIGHT]],
  ['one host that is off', 4, [READ, OFF], [RIGHT]],
  ['all hosts off', 5, [OFF, OFF], []],
] as const)('%s: exit code %i', (_, code, readings, groups) => {
  expect(diffExitCode(readings, groups)).toBe(code);
});
