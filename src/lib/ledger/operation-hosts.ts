import type { Plan } from '../plan/plan.js';
import { type Database, inChunks, type Tx } from './tables.js';

/** The hosts that a plan always works on: all except the standby hosts. */
export function laneHosts(plan: Plan): readonly string[] {
  return [...new Set(plan.stages.flatMap((stage) => stage.lanes).flatMap(({ host }) => host ?? []))];
}

/** Enters the hosts of an operation; a host that is entered already stays. */
export async function enterOperationHosts(
  db: Database | Tx,
  operation: string,
  hosts: readonly string[],
): Promise<void> {
  const rows = hosts.map((host) => ({ operation, host }));
  for (const chunk of inChunks(rows))
    await db
      .insertInto('operation_hosts')
      .values(chunk)
      .onConflict((conflict) => conflict.doNothing())
      .execute();
}
