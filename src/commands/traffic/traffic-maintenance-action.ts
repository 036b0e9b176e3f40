import type { Command } from 'commander';
import type { Action } from '../../lib/actions.js';
import { type SelectionWords, selectionWords } from '../../lib/inventory/selection.js';
import { planDrain } from '../../lib/maintenance/drain-plan.js';
import { type AppFacts, readMaintenanceFacts } from '../../lib/maintenance/maintenance-facts.js';
import { type MaintenanceRequest, parseMaintenance } from '../../lib/maintenance/maintenance-request.js';
import { planReady } from '../../lib/maintenance/ready-plan.js';
import type { Plan } from '../../lib/plan/plan.js';
import { openPlanConnections } from '../connections.js';
import { openContext } from '../context.js';
import { whilePlanning } from '../planning.js';
import { proposeUnlessDone, withKeep } from '../propose.js';

export interface MaintenanceFlags extends SelectionWords {
  readonly keep?: string;
  readonly drain?: string;
  readonly checksum?: string;
}

type MakePlan = (request: MaintenanceRequest, apps: readonly AppFacts[]) => Plan<Action>;

/** `kuafu traffic drain HOSTS` */
export async function drainHosts(
  nodeSets: readonly string[],
  flags: MaintenanceFlags,
  command: Command,
): Promise<void> {
  await maintain(nodeSets, flags, planDrain, 'kuafu traffic drain web-b-01', command);
}

/** `kuafu traffic ready HOSTS` */
export async function readyHosts(
  nodeSets: readonly string[],
  flags: MaintenanceFlags,
  command: Command,
): Promise<void> {
  await maintain(nodeSets, flags, planReady, 'kuafu traffic ready web-b-01', command);
}

/** request → facts → plan → confirm → run. */
async function maintain(
  nodeSets: readonly string[],
  flags: MaintenanceFlags,
  makePlan: MakePlan,
  example: string,
  command: Command,
): Promise<void> {
  const { keep, drain, checksum } = flags;
  const words = { ...selectionWords(nodeSets, flags), keep, drain };
  const context = await openContext(command, 'unneeded');
  const { config, inventory, ledger } = context;
  try {
    const request = parseMaintenance(words, example, config, inventory);
    const connections = await openPlanConnections(context);
    try {
      const facts = await whilePlanning(`kuafu traffic ${command.name()}`, () =>
        readMaintenanceFacts(request, inventory, connections, ledger),
      );
      const plan = makePlan(request, facts);
      const refusedHint = withKeep('see who is in traffic: kuafu traffic status', command, plan);
      const done = `${makePlan === planDrain ? 'kept out' : 'in traffic'} as asked for`;
      await proposeUnlessDone({ plan, checksum, refusedHint, done }, context, connections);
    } finally {
      await connections.close();
    }
  } finally {
    await ledger.close();
  }
}
