import { randomBytes } from 'node:crypto';
import { hostScript } from '../../host-script.js';
import type { ReadCommand, Word, WriteCommand } from '../shell/command.js';
import { scriptCommand } from '../shell/quote.js';
import { type DeviceState, deviceStateText, type Generation, generationText } from './generation.js';

/**
 * Commands that templates/guard/guard.sh lets through only for the generation that the device is at. The script comes with
 * each command: there is nothing to install, nothing to bring up to date, and nothing that stays on a host but the state.
 */
export interface Guarded<Command = WriteCommand> {
  readonly command: Command;
  /** Begins the line with the guard's answer: no output of the host can look like it. */
  readonly mark: string;
}

/** How long the guard may take for itself: it waits for the command before this one. */
const GUARD_MS = 45_000;

/** A device has a name of its own on its host: a host can be the gateway and an authority of two zones. */
const DEVICE = /^[a-z][a-z0-9._-]{0,253}$/;

/** The state of a device. */
export function readGuardCommand(device: string): Guarded<ReadCommand> {
  const mark = newMark();
  const command = scriptCommand(hostScript('guard/read'), wordsOf(mark, device), 'read', GUARD_MS);
  return { command, mark };
}

/**
 * Claims a device: from then on the older generations are refused, and no command of theirs is running. `from`: the
 * generation that it must be at; `any`: any older one, for a way back.
 */
export function claimCommand(device: string, from: Generation | 'any', to: DeviceState): Guarded {
  const place = from === 'any' ? from : generationText(from);
  return guardCommand('claim', device, [place, ...deviceStateText(to).split(' ')]);
}

/** Lets go of a device: another operation may claim it. */
export function closeCommand(device: string, { number, id }: Generation): Guarded {
  return guardCommand('close', device, [String(number), id]);
}

/**
 * A command that runs only while the device is at this generation, in a session of its own, so that a claim can end it with
 * its children. A child that leaves that session would outlive the claim.
 */
export function guardedCommand(
  device: string,
  { number, id }: Generation,
  { words, timeoutMs }: WriteCommand,
): Guarded {
  if (words.some((word) => typeof word !== 'string')) throw new Error('a guarded command has no operators');
  const mark = newMark();
  const guard = ['run', ...wordsOf(mark, device)];
  const command: WriteCommand = {
    words: [
      ...OWN_SESSION,
      'sh',
      '-c',
      hostScript('guard/guard'),
      'kuafu',
      ...guard,
      String(number),
      id,
      ...words,
    ],
    effect: 'write',
    timeoutMs: timeoutMs + GUARD_MS,
  };
  return { command, mark };
}

/** `exec`: then the limit on the host, timeout(1), still ends the leader of the session. */
const OWN_SESSION: readonly Word[] = ['exec', 'setsid', '-w'];

function guardCommand(verb: 'claim' | 'close', device: string, words: readonly string[]): Guarded {
  const mark = newMark();
  const args = [verb, ...wordsOf(mark, device), ...words];
  return { command: scriptCommand(hostScript('guard/guard'), args, 'write', GUARD_MS), mark };
}

function wordsOf(mark: string, device: string): string[] {
  if (!DEVICE.test(device)) throw new Error(`${JSON.stringify(device)} is no name of a device`);
  return [mark, device];
}

function newMark(): string {
  return randomBytes(8).toString('hex');
}
