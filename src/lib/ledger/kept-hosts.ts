import { RefusedError } from '../errors.js';
import { fold } from '../names/nodeset.js';
import { isClaim } from '../plan/claim.js';
import type { Plan } from '../plan/plan.js';
import type { RunEvent } from '../record/events.js';
import { History } from '../record/history.js';
import { isHeldBy, reserveOne } from './pool.js';
import type { Tx } from './tables.js';

/**
 * Checks that the operation still has the spare hosts that its resume uses: the resume takes their finished steps as done. A host
 * that was released meanwhile is reserved again, if it is free.
 * @throws RefusedError naming the hosts that another operation or operator has
 */
export async function keepHosts(
  tx: Tx,
  { id, plan, events }: { readonly id: string; readonly plan: Plan; readonly events: readonly RunEvent[] },
  now: Date,
): Promise<void> {
  const lost: string[] = [];
  for (const { host, room } of claimed(plan, new History(events)))
    if (!(await isHeldBy(tx, host, id)) && !(await reserveOne(tx, host, room, id, now))) lost.push(host);
  if (lost.length === 0) return;
  throw new RefusedError(
    `${fold(lost)} ${lost.length === 1 ? 'was' : 'were'} released from operation ${id}, and somebody else has ${lost.length === 1 ? 'it' : 'them'} now`,
    `kuafu resource list shows who; give the operation up: kuafu ops close ${id}`,
  );
}

/** The hosts that were reserved, without the hosts that another host replaced. */
function claimed(plan: Plan, history: History): { readonly host: string; readonly room: string }[] {
  return plan.stages.flatMap((stage) =>
    [...stage.lanes, ...stage.standby].flatMap(({ name: host, steps }) =>
      steps.flatMap(({ id: step, action }) => {
        if (!isClaim(action) || history.setAside(host)?.replacedBy) return [];
        const isDone = history.state({ stage: stage.id, lane: host, step }).status === 'done';
        return isDone ? [{ host, room: action.room }] : [];
      }),
    ),
  );
}
