import { readUnit } from '../host/unit.js';
import { endWords, lastWords } from '../host/unit-end.js';
import { namesOfUnits } from '../host/unit-look.js';
import { deadlineOf, longOnes, type UnitTimes } from '../host/unit-times.js';
import { howItEnded } from '../run/remote.js';
import { type StepContext, StepFailure } from '../run/step-handler.js';
import { scriptCommand } from '../shell/quote.js';
import { CommandTimeoutError, NoAnswerError } from '../ssh/connect-error.js';
import type { Session } from '../ssh/transport.js';

interface UnitScript {
  readonly script: string;
  readonly words: readonly [unit: string, ...rest: string[]];
}

/** The units to stop and the units to start. */
type Work = Partial<Readonly<Record<'stop' | 'start', readonly UnitTimes[]>>>;

/**
 * Runs a script that stops or starts units, for as long as their settings allow.
 * @returns what it printed, without blanks around
 * @throws {StepFailure} if it fails, or takes longer and the host can still be asked
 */
export async function runUnitScript(
  { script, words }: UnitScript,
  { stop, start }: Work,
  context: StepContext,
): Promise<string> {
  const [unit] = words;
  const doing = start ? 'starting' : 'stopping';
  const timeoutMs = (stop ? deadlineOf(stop, 'stopMs') : 0) + (start ? deadlineOf(start, 'startMs') : 0);
  const long = [...longOnes(stop ?? [], 'stopMs'), ...longOnes(start ?? [], 'startMs')];
  if (long.length > 0) context.waitsFor(`${namesOfUnits(long)} may take up to ${minutes(timeoutMs)}`);
  const session = await context.session();
  const command = scriptCommand(script, words, 'write', timeoutMs);
  try {
    const result = await session.run(command, { signal: context.signal });
    if (result.exitCode === 0) return result.stdout.trim();
    throw await unitFailure(unit, `${doing} ${unit} ${howItEnded(result)}`, context);
  } catch (error) {
    if (!(error instanceof CommandTimeoutError)) throw error;
    throw await unitFailure(unit, `${doing} ${unit} came to no end within ${minutes(timeoutMs)}`, context);
  }
}

async function unitFailure(unit: string, what: string, context: StepContext): Promise<StepFailure> {
  const session = await context.session();
  const [still, last] = await Promise.all([
    stillWords(session, unit, context.signal),
    lastWords(session, unit, context.signal),
  ]);
  return new StepFailure('failed', `${what}${still}${last}`);
}

/** What the unit is, where its name does not say it, and how it ended: that it failed is known. */
async function stillWords(session: Session, unit: string, signal: AbortSignal): Promise<string> {
  try {
    const state = await readUnit(session, unit, signal);
    const isStill = ['activating', 'deactivating'].includes(state.activeState);
    const still = isStill ? `; it is ${state.activeState}` : '';
    return `${still}${endWords(state)}`;
  } catch (error) {
    if (!(error instanceof NoAnswerError)) throw error;
    return `; ${error.message}`;
  }
}

function minutes(ms: number): string {
  return `${Math.ceil(ms / 60_000)} min`;
}
