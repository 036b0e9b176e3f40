import { setTimeout as sleep } from 'node:timers/promises';
import type { DatabaseLook } from '../layers/database/database-look.js';
import { gtidsBeyond } from '../layers/database/gtid.js';
import type { MemberState } from '../layers/database/member.js';

/** A database at one moment, and how far a replica has come since. */
export interface MovedLook {
  readonly look: DatabaseLook;
  /** What it has not applied of the transactions that the primary had at that moment. */
  readonly lacks: readonly string[];
}

const WITHIN_MS = 3000;
const PAUSE_MS = 50;

/**
 * Clients go on writing, so two servers that are asked at once are never at the same transaction: the replica is asked again
 * until it has what the primary had when it was asked first.
 */
export async function lookUntilApplied(
  lookAt: (what: 'members' | 'all') => Promise<DatabaseLook>,
  { from, to }: { readonly from: string | undefined; readonly to: string },
): Promise<MovedLook> {
  const look = await lookAt('all');
  const had = stateOf(look, from ?? onlyWriter(look) ?? '');
  const deadline = performance.now() + WITHIN_MS;
  let now: DatabaseLook = look;
  for (;;) {
    const lacks = had === undefined ? [] : lackedBy(stateOf(now, to), had);
    if (lacks.length === 0 || performance.now() > deadline) return { look, lacks };
    await sleep(PAUSE_MS);
    now = await lookAt('members');
  }
}

/** The host of the one server that takes writes; undefined: none does, or several do. */
export function onlyWriter({ members }: DatabaseLook): string | undefined {
  const [writer, ...others] = members.filter(({ state }) => state?.takesWrites === true);
  return others.length === 0 ? writer?.host : undefined;
}

export function stateOf({ members }: DatabaseLook, host: string): MemberState | undefined {
  return members.find((member) => member.host === host)?.state;
}

function lackedBy(state: MemberState | undefined, had: MemberState): string[] {
  return state === undefined ? [] : gtidsBeyond(had.position, state.gtids);
}
