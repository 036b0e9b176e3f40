import type { Command } from 'commander';
import type { ProposedSwitch } from '../../lib/database/switch-plan.js';
import { openPlanConnections } from '../connections.js';
import { type Context, openContext } from '../context.js';
import { whilePlanning } from '../planning.js';
import { proposeUnlessDone } from '../propose.js';
import { showGates } from './show-gates.js';

type Means = Context & { readonly connections: Awaited<ReturnType<typeof openPlanConnections>> };

/** A change of roles, from the words that were typed to its plan. */
export interface RoleCommand<Request, Facts> {
  /** As it is called while it is planned. */
  readonly name: string;
  readonly checksum: string | undefined;
  /** @throws UsageError */
  readonly parse: (config: Context['config']) => Request;
  readonly read: (request: Request, means: Means) => Promise<Facts>;
  /** `done`: what is said where nothing is to be done. */
  readonly plan: (request: Request, facts: Facts) => ProposedSwitch & { readonly done: string };
}

/** Request → facts → gates and plan → confirm → run. */
export async function proposeRoles<Request, Facts>(
  { name, checksum, parse, read, plan: planOf }: RoleCommand<Request, Facts>,
  command: Command,
): Promise<void> {
  const context = await openContext(command, 'unneeded');
  try {
    const request = parse(context.config);
    const connections = await openPlanConnections(context);
    try {
      const facts = await whilePlanning(name, () => read(request, { ...context, connections }));
      const { plan, gates, hint, done } = planOf(request, facts);
      showGates(gates, context);
      await proposeUnlessDone(
        { plan, checksum, evidence: gates, refusedHint: hint, done },
        context,
        connections,
      );
    } finally {
      await connections.close();
    }
  } finally {
    await context.ledger.close();
  }
}

export const alreadyThere = (database: string, host: string) =>
  `the primary of ${database} is ${host} already`;
