import { setTimeout as sleep } from 'node:timers/promises';
import {
  type DeviceState,
  deviceStateText,
  type Generation,
  generationText,
} from '../../../guard/generation.js';
import { howItEnded } from '../../../run/remote.js';
import type { CommandResult, ReadSession, Session } from '../../../ssh/transport.js';
import type { Authority, Capability, ReadAuthority } from '../authority.js';
import { fault, superseded } from '../fault.js';
import { openChanges, requirePlain } from '../open-changes.js';
import type { SetChange } from '../records.js';
import { askNames, type Listening } from '../server-answers.js';
import { readSets, readState, readZone } from './read.js';
import { changeLines, claimLines, type UpdateKey, updateText } from './update.js';

const CAN: ReadonlySet<Capability> = new Set<Capability>(['generation', 'atomic', 'answers']);

/**
 * Any server that takes dynamic updates (RFC 2136), by the nsupdate of its own host. Prerequisites compare the generation and
 * the old records in the same message that changes them, so nothing needs to be locked.
 */
export interface Rfc2136Reached<S extends ReadSession = Session> extends Listening {
  readonly session: S;
  readonly key: UpdateKey;
}

const UNCLAIMED: DeviceState = { generation: { number: 0, id: '-' }, phase: 'closed', operation: '-' };

export function lookRfc2136(reached: Rfc2136Reached<ReadSession>): ReadAuthority {
  return {
    zone: reached.zone,
    name: reached.session.host,
    can: CAN,
    read: (names) => readSets(reached, names),
    list: () => readZone(reached, reached.key),
    ask: (names) => askNames(reached, names),
    state: async () => (await readState(reached)) ?? UNCLAIMED,
  };
}

export function openRfc2136(reached: Rfc2136Reached): Authority {
  return {
    ...lookRfc2136(reached),
    claim: (from, to) => claim(reached, from, to),
    close: (state) => close(reached, state),
    apply: (changes, as) => apply(reached, changes, as),
  };
}

/** A way back wins over everybody who is older, and may meet several of them. */
const CLAIM_ATTEMPTS = 10;
const AGAIN_MS = 50;

async function claim(reached: Rfc2136Reached, from: Generation | 'any', to: DeviceState): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    const state = await readState(reached);
    const { generation } = state ?? UNCLAIMED;
    if (state !== null && isSameState(state, to)) return;
    const isWanted = from === 'any' || generationText(from) === generationText(generation);
    if (!isWanted || generation.number >= to.generation.number)
      throw superseded(reached.session.host, state ?? UNCLAIMED);
    const result = await update(reached, claimLines(reached.zone, state, to));
    if (result.exitCode === 0) return;
    const now = await readState(reached);
    if (now !== null && isSameState(now, to)) return;
    const isUnchanged = isSameState(now ?? UNCLAIMED, state ?? UNCLAIMED);
    if (isUnchanged || attempt === CLAIM_ATTEMPTS) throw refusedUpdate(reached, result);
    await sleep(AGAIN_MS * Math.random(), undefined, { signal: reached.signal });
  }
}

async function close(reached: Rfc2136Reached, state: DeviceState): Promise<void> {
  const closed: DeviceState = { ...state, phase: 'closed' };
  const now = (await readState(reached)) ?? UNCLAIMED;
  if (isSameState(now, closed)) return;
  if (!isSameState(now, state)) throw superseded(reached.session.host, now);
  const result = await update(reached, claimLines(reached.zone, state, closed));
  if (result.exitCode === 0) return;
  const after = (await readState(reached)) ?? UNCLAIMED;
  if (isSameState(after, closed)) return;
  throw isSameState(after, state) ? refusedUpdate(reached, result) : superseded(reached.session.host, after);
}

async function apply(reached: Rfc2136Reached, changes: readonly SetChange[], as: DeviceState): Promise<void> {
  requirePlain(reached.session.host, changes);
  await requireState(reached, as);
  // The prerequisites do not see a TTL, so it is compared here.
  const open = await leftOf(reached, changes);
  if (open.length === 0) return;
  const result = await update(reached, changeLines(reached.zone, open, as));
  if (result.exitCode === 0 && (await leftOf(reached, changes)).length === 0) return;
  await requireState(reached, as);
  if ((await leftOf(reached, changes)).length === 0) return;
  if (result.exitCode !== 0) throw refusedUpdate(reached, result);
  throw fault(reached.session.host, 'took the change, and answers otherwise');
}

async function leftOf(reached: Rfc2136Reached, changes: readonly SetChange[]): Promise<SetChange[]> {
  const sets = await readSets(reached, [...new Set(changes.map(({ name }) => name))]);
  return openChanges(reached.session.host, changes, sets);
}

async function requireState(reached: Rfc2136Reached, as: DeviceState): Promise<void> {
  const state = (await readState(reached)) ?? UNCLAIMED;
  if (!isSameState(state, as)) throw superseded(reached.session.host, state);
}

function isSameState(one: DeviceState, other: DeviceState): boolean {
  return deviceStateText(one) === deviceStateText(other);
}

const UPDATE_MS = 30_000;

/** By TCP: after UDP an answer that was lost would make nsupdate send the same message again, which then fails. */
async function update(reached: Rfc2136Reached, lines: readonly string[]): Promise<CommandResult> {
  const { session, listen, zone, key, signal } = reached;
  const command = { words: ['nsupdate', '-v', '-t', '20'], effect: 'write', timeoutMs: UPDATE_MS } as const;
  const stdin = updateText({ ...listen, zone, key }, lines);
  return await session.run(command, { stdin, ...(signal ? { signal } : {}) });
}

const NO_PROGRAM = 127;

/** nsupdate ends with status 2 whatever the reason is; its words say it to people. */
function refusedUpdate({ session: { host } }: Rfc2136Reached, result: CommandResult): Error {
  return result.exitCode === NO_PROGRAM
    ? fault(host, 'has no nsupdate: install bind9-dnsutils there')
    : fault(host, `did not take the change: nsupdate ${howItEnded(result)}`);
}
