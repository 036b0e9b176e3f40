import { hostScript } from '../../host-script.js';
import { mustRun } from '../run/remote.js';
import { scriptCommand } from '../shell/quote.js';
import type { ReadSession } from '../ssh/transport.js';
import { type UnitTimes, unitTimesOf } from './unit-times.js';

/** A unit on a host, and the units that are stopped or started with it. */
export interface UnitLook {
  readonly self: UnitTimes;
  /** Before a stop: the units that are up and will be stopped with it. */
  readonly up: readonly UnitTimes[];
  /** Before a start: the units that it starts, because it needs or wants them. */
  readonly required: readonly UnitTimes[];
  /** Units that were stopped with it, and are not known to be up again. */
  readonly remembered: readonly UnitTimes[];
}

const LOOK_TIMEOUT_MS = 30_000;

/** @throws {StepFailure} if systemd does not answer, or more units depend on it than can be looked at */
export async function lookAtUnit(
  session: ReadSession,
  unit: string,
  before: 'stop' | 'start',
  signal?: AbortSignal,
): Promise<UnitLook> {
  const command = scriptCommand(hostScript('unit/look'), [before, unit], 'read', LOOK_TIMEOUT_MS);
  const io = signal ? { signal } : {};
  return parseUnitLook((await mustRun(session, command, `looking at ${unit}`, io)).stdout, unit);
}

export function parseUnitLook(stdout: string, unit: string): UnitLook {
  const parts = new Map<string, UnitTimes[]>();
  const [, ...found] = stdout.split(/^= /m);
  for (const part of found) {
    const [role = '', ...lines] = part.split('\n');
    const blocks = lines.join('\n').split(/\n{2,}/);
    parts.set(
      role,
      blocks
        .map((block) => unitTimesOf(block.split('\n')))
        .filter(({ name }) => name !== '' && (role === 'self' || name !== unit)),
    );
  }
  const of = (role: string) => parts.get(role) ?? [];
  const [self = unitTimesOf([`Id=${unit}`, 'Type=notify'])] = of('self');
  return { self, up: of('up'), required: of('required'), remembered: of('remembered') };
}

/** The units' names, only the first few. */
export function namesOfUnits(units: readonly Pick<UnitTimes, 'name'>[]): string {
  const names = [...new Set(units.map(({ name }) => name))].sort();
  return names.length > 5 ? `${names.slice(0, 5).join(', ')} and ${names.length - 5} more` : names.join(', ');
}
