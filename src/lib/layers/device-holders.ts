import { UsageError } from '../errors.js';
import type { DeviceState } from '../guard/generation.js';
import type { Ledger } from '../ledger/ledger.js';
import type { Guard } from '../plan/risk.js';

/** An operation that has claimed a device. `over`: it is done, or was given up or taken back, and could not tell the device. */
export type Holder = 'at work' | 'over';

/** Whether an operation has claimed a device and not let go of it. */
function isHeld(state: DeviceState | null): state is DeviceState {
  return state !== null && state.phase !== 'closed' && state.operation !== '-';
}

/** Operations that have not let go of one of these devices; without those that this ledger does not know. */
export async function readHolders(
  states: readonly (DeviceState | null)[],
  ledger: Pick<Ledger, 'show'>,
): Promise<ReadonlyMap<string, Holder>> {
  const holding = new Set(states.filter(isHeld).map(({ operation }) => operation));
  const holders = await Promise.all(
    [...holding].map(async (id) => [id, await holderOf(id, ledger)] as const),
  );
  return new Map(holders.flatMap(([id, holder]) => (holder === undefined ? [] : [[id, holder]])));
}

async function holderOf(id: string, ledger: Pick<Ledger, 'show'>): Promise<Holder | undefined> {
  try {
    const { id: found, state, resumable } = await ledger.show(id);
    if (found !== id) return undefined;
    return state === 'running' || resumable ? 'at work' : 'over';
  } catch (error) {
    if (error instanceof UsageError) return undefined;
    throw error;
  }
}

/** What stands in the way where a device is another operation's. @param device such as `shop.test at dns-a` */
export function heldGuards(
  device: string,
  state: DeviceState | null,
  holders: ReadonlyMap<string, Holder>,
): Guard[] {
  if (!isHeld(state) || holders.get(state.operation) === 'over') return [];
  const { operation } = state;
  const message = `${device} is claimed by operation ${operation}`;
  return [
    holders.has(operation)
      ? {
          message,
          hint: `how far it is: kuafu ops show ${operation}; give it up: kuafu ops close ${operation}`,
        }
      : {
          message: `${message}, which is not in this ledger`,
          hint: 'finish it, or make another change, where its ledger is',
        },
  ];
}

/** The same where that operation is over: the device is claimed over it. */
export function overWords(
  device: string,
  state: DeviceState | null,
  holders: ReadonlyMap<string, Holder>,
): string[] {
  if (!isHeld(state) || holders.get(state.operation) !== 'over') return [];
  return [`${device} is still claimed by operation ${state.operation}, which is over`];
}
