import { describe, expect, it } from 'vitest';
import { parseGuardAnswer } from '../../../src/lib/guard/answer.js';
import { deviceStateText, parseDeviceState } from '../../../src/lib/guard/generation.js';
import { claimCommand, guardedCommand } from '../../../src/lib/guard/guard.js';

const MARK = '0123456789abcdef';
const state = { generation: { number: 7, id: 'k3f9' }, phase: 'forward', operation: '261130-abcd' } as const;

describe('the answer of a guard', () => {
  it.each([
    [`${MARK} passed\n${MARK} refused 7 k3f9 forward x\n`, { kind: 'passed' }],
    [`noise without an end${MARK} claimed\n`, { kind: 'claimed' }],
    [`${MARK} refused 7 k3f9 forward 261130-abcd\n`, { kind: 'refused', state }],
    [`${MARK} state 7 k3f9 forward 261130-abcd`, { kind: 'state', state }],
    [`${MARK} failed the disk is full\n`, { kind: 'failed', why: 'the disk is full' }],
    ['refused 8 x forward y\nfedcba9876543210 passed\n', { kind: 'none' }],
    [`kuafu run ${MARK} dns 7 k3f9\n`, { kind: 'none' }],
    [`${MARK} passed and more\n`, { kind: 'none' }],
    ['', { kind: 'none' }],
  ])('%j', (stderr, answer) => {
    expect(parseGuardAnswer(stderr, MARK)).toEqual(answer);
  });

  it.each([
    '7 k3f9 forward',
    '7 k3f9 forward x y',
    '07 k3f9 forward x',
    '1e3 k3f9 forward x',
    '9999999999999999 a forward x',
    '7 K forward x',
    '7 k3f9 sideways x',
    `7 k3f9 forward ${'x'.repeat(65)}`,
    '7 k3f9 forward \u001b[31m',
  ])('is damaged where the device is at %j', (text) => {
    expect(parseDeviceState(text)).toBeUndefined();
    expect(parseGuardAnswer(`${MARK} refused ${text}\n`, MARK)).toEqual({
      kind: 'failed',
      why: 'the record of its generation is damaged',
    });
  });

  it('is not cut before it is masked: whoever shows it does both', () => {
    const why = 'x'.repeat(2000);
    expect(parseGuardAnswer(`${MARK} failed ${why}`, MARK)).toEqual({ kind: 'failed', why });
  });
});

describe('what is sent', () => {
  it('is never a state or a name that could not be read again', () => {
    expect(parseDeviceState(deviceStateText(state))).toEqual(state);
    expect(() => deviceStateText({ ...state, operation: 'x y' })).toThrow('is no state of a device');
    for (const device of ['', '../x', 'a/b', 'A', 'a b', '-a'])
      expect(() => claimCommand(device, 'any', state)).toThrow('is no name of a device');
  });

  it('has a mark of its own each time, and no operators of a shell', () => {
    expect(claimCommand('acl', 'any', state).mark).not.toBe(claimCommand('acl', 'any', state).mark);
    const piped = { words: ['true', { raw: '|' }, 'sh'], effect: 'write', timeoutMs: 1 } as const;
    expect(() => guardedCommand('acl', state.generation, piped)).toThrow('no operators');
  });
});
