import type { Plan } from '../plan/plan.js';
import { type Database, inChunks, type Tx } from './tables.js';

/** The hosts that a plan works on whatever happens: all but the standbys. */
export function laneHosts(plan: Plan): readonly string[] {
  return [...new Set(plan.stages.flatMap((stage) => stage.lanes).flatMap(({ host }) => host ?? []))];
}

/** Enters who is in an operation; whoever is entered already stays so. */
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
