import { type GuardAnswer, parseGuardAnswer } from '../../../guard/answer.js';
import type { DeviceState, Generation } from '../../../guard/generation.js';
import { claimCommand, closeCommand, type Guarded, readGuardCommand } from '../../../guard/guard.js';
import { howItEnded } from '../../../run/remote.js';
import type { CommandResult, ReadSession, Session } from '../../../ssh/transport.js';
import { fault, superseded } from '../fault.js';

/** The API of PowerDNS compares nothing, so the generation of a zone is kept by the guard of its host. */
export async function readGuard(session: ReadSession, device: string): Promise<DeviceState> {
  const { command, mark } = readGuardCommand(device);
  const result = await session.run(command);
  const answer = parseGuardAnswer(result.stderr, mark);
  if (answer.kind === 'state') return answer.state;
  throw errorOf(session.host, answer, result);
}

export async function claimGuard(
  session: Session,
  device: string,
  from: Generation | 'any',
  to: DeviceState,
): Promise<void> {
  await mustAnswer(session, claimCommand(device, from, to), 'claimed');
}

export async function closeGuard(
  session: Session,
  device: string,
  { generation }: DeviceState,
): Promise<void> {
  await mustAnswer(session, closeCommand(device, generation), 'closed');
}

/** Why a guarded command ended before it began. */
export function guardError(host: string, mark: string): (result: CommandResult) => Error {
  return (result) => errorOf(host, parseGuardAnswer(result.stderr, mark), result);
}

async function mustAnswer(
  session: Session,
  { command, mark }: Guarded,
  kind: GuardAnswer['kind'],
): Promise<void> {
  const result = await session.run(command);
  const answer = parseGuardAnswer(result.stderr, mark);
  if (answer.kind !== kind) throw errorOf(session.host, answer, result);
}

function errorOf(host: string, answer: GuardAnswer, result: CommandResult): Error {
  if (answer.kind === 'refused') return superseded(host, answer.state);
  if (answer.kind === 'failed') return fault(host, `was not touched: ${answer.why}`);
  return fault(host, `was not touched: the command ${howItEnded(result)}`);
}
