import type { Command } from 'commander';
import { KINDS } from '../../lib/actions.js';
import { readCleanHost } from '../../lib/clean/clean-facts.js';
import { planClean } from '../../lib/clean/clean-plan.js';
import { requireKnownKinds } from '../../lib/plan/known-kinds.js';
import type { ReadConnections } from '../../lib/ssh/transport.js';
import { openPlanConnections } from '../connections.js';
import { type Context, openContext } from '../context.js';
import { whilePlanning } from '../planning.js';
import { proposeUnlessDone } from '../propose.js';
import { namedHosts, refuseOthers } from './resource-action.js';

export interface CleanFlags {
  readonly checksum?: string;
}

/** `kuafu resource clean HOST...`: facts → plan → confirm → run. */
export async function cleanSpares(
  words: readonly string[],
  { checksum }: CleanFlags,
  command: Command,
): Promise<void> {
  const context = await openContext(command, 'unneeded');
  try {
    const connections = await openPlanConnections(context);
    try {
      const plan = await whilePlanning('kuafu resource clean', () => makePlan(words, context, connections));
      const refusedHint = 'see who has it: kuafu resource list --hosts';
      const done = 'there is nothing of kuafu to take away';
      await proposeUnlessDone({ plan, checksum, refusedHint, done }, context, connections);
    } finally {
      await connections.close();
    }
  } finally {
    await context.ledger.close();
  }
}

/** Reads ledger and balancers; changes nothing. */
async function makePlan(words: readonly string[], context: Context, connections: ReadConnections) {
  const { config, inventory, ledger } = context;
  const names = namedHosts(words, inventory);
  const rows = await ledger.takenSpares();
  refuseOthers(names, inventory, rows);
  const hosts = names.map((name) => inventory.host(name));
  const found = await Promise.all(
    hosts.map((host) => readCleanHost(host, rows, config.apps, inventory, connections, ledger)),
  );
  for (const { record } of found.flatMap(({ remains }) => remains)) requireKnownKinds(record, KINDS);
  const servers = found.flatMap(({ remains }) => remains.flatMap(({ trace }) => trace.servers));
  const balancers = [...new Set(servers.map(({ balancer }) => balancer))].map((name) => inventory.host(name));
  return planClean(found, balancers);
}
