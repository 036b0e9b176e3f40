import { type GuardAnswer, parseGuardAnswer } from '../guard/answer.js';
import { type DeviceState, type Generation, generationText } from '../guard/generation.js';
import { claimCommand, closeCommand, type Guarded, readGuardCommand } from '../guard/guard.js';
import { howItEnded } from '../run/remote.js';
import type { StepFailure } from '../run/step-handler.js';
import type { CommandResult, ReadSession, Session } from '../ssh/transport.js';

/** How a layer says that one of its devices failed, or is another operation's. */
export interface DeviceWords {
  /** @param what follows the name of the device */
  fault(host: string, what: string): StepFailure;
  superseded(host: string, state: DeviceState): StepFailure;
}

/** Why a device changes nothing, after its name. */
export function claimedWords({ generation, phase, operation }: DeviceState): string {
  const who = operation === '-' ? 'nobody' : `operation ${operation}, which is ${PHASE_WORDS[phase]}`;
  return `changes nothing for this operation: it was claimed by ${who} (generation ${generationText(generation)})`;
}

const PHASE_WORDS = { forward: 'at work', back: 'on its way back', closed: 'over' };

/** Devices whose generation is kept by the guard of their host. */
export class GuardedDevices {
  readonly #words: DeviceWords;

  constructor(words: DeviceWords) {
    this.#words = words;
  }

  async read(session: ReadSession, device: string): Promise<DeviceState> {
    const { command, mark } = readGuardCommand(device);
    const result = await session.run(command);
    const answer = parseGuardAnswer(result.stderr, mark);
    if (answer.kind === 'state') return answer.state;
    throw this.#errorOf(session.host, answer, result);
  }

  async claim(session: Session, device: string, from: Generation | 'any', to: DeviceState): Promise<void> {
    await this.#mustAnswer(session, claimCommand(device, from, to), 'claimed');
  }

  async close(session: Session, device: string, { generation }: DeviceState): Promise<void> {
    await this.#mustAnswer(session, closeCommand(device, generation), 'closed');
  }

  /** Why a guarded command ended before it began; undefined: it began. */
  refusal(host: string, mark: string, result: CommandResult): StepFailure | undefined {
    const answer = parseGuardAnswer(result.stderr, mark);
    return answer.kind === 'passed' ? undefined : this.#errorOf(host, answer, result);
  }

  /** The same for a command that is known to have ended before it began. */
  error(host: string, mark: string): (result: CommandResult) => Error {
    return (result) => this.#errorOf(host, parseGuardAnswer(result.stderr, mark), result);
  }

  async #mustAnswer(session: Session, { command, mark }: Guarded, kind: GuardAnswer['kind']): Promise<void> {
    const result = await session.run(command);
    const answer = parseGuardAnswer(result.stderr, mark);
    if (answer.kind !== kind) throw this.#errorOf(session.host, answer, result);
  }

  #errorOf(host: string, answer: GuardAnswer, result: CommandResult): StepFailure {
    if (answer.kind === 'refused') return this.#words.superseded(host, answer.state);
    if (answer.kind === 'failed') return this.#words.fault(host, `was not touched: ${answer.why}`);
    return this.#words.fault(host, `was not touched: the command ${howItEnded(result)}`);
  }
}
