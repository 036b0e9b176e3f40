import type { Action } from '../../lib/actions.js';
import type { EnvConfig } from '../../lib/config/config-types.js';
import { type EnvTarget, isConcerned, namesOf, planEnvRestart } from '../../lib/env/env-plan.js';
import { UsageError } from '../../lib/errors.js';
import { type SelectionWords, selectionWords } from '../../lib/inventory/selection.js';
import { fold } from '../../lib/names/fold.js';
import type { Plan } from '../../lib/plan/plan.js';
import { readRestartFacts } from '../../lib/restart/restart-facts.js';
import { parseRestartRequest } from '../../lib/restart/restart-request.js';
import type { ReadConnections } from '../../lib/ssh/transport.js';
import type { Context } from '../context.js';
import { whilePlanning } from '../planning.js';

/** The hosts to restart, and how to restart them. */
export interface EnvRestartFlags extends SelectionWords {
  readonly batch?: string;
  readonly maxFailed?: string;
  readonly maxUnreachable?: string;
  readonly restart?: boolean;
  readonly window?: string;
  readonly keep?: string;
  readonly drain?: string;
  readonly maxUnhealthy?: string;
}

/** Plans to write the files of the targets that differ and to restart those hosts: facts → plan. */
type EnvRestart = (
  env: EnvConfig,
  targets: readonly EnvTarget[],
  connections: ReadConnections,
) => Promise<Plan<Action>>;

/**
 * The restart that `kuafu env push --restart` asks for; undefined without that flag.
 * @throws UsageError for a restart option without --restart, and the errors of parseRestartRequest
 */
export function parseEnvRestart(
  nodeSets: readonly string[],
  flags: EnvRestartFlags,
  { config, inventory, ledger }: Context,
): EnvRestart | undefined {
  const { restart, batch, window, keep, drain } = flags;
  if (!restart) {
    requireNone({ window, keep, drain, 'max-unhealthy': flags.maxUnhealthy });
    return undefined;
  }
  const budgets = {
    failed: flags.maxFailed,
    unreachable: flags.maxUnreachable,
    unhealthy: flags.maxUnhealthy,
  };
  const words = { ...selectionWords(nodeSets, flags), batch, window, keep, drain, budgets };
  // Wrong words are reported before any host is asked.
  parseRestartRequest(words, config, inventory);
  return async (env, targets, connections) => {
    const nodeSets = [fold(namesOf(targets.filter(isConcerned)))];
    const request = parseRestartRequest({ ...words, nodeSets }, config, inventory);
    const facts = await whilePlanning('kuafu env push', () =>
      readRestartFacts(request, inventory, connections, ledger),
    );
    return planEnvRestart(env, targets, request, facts);
  };
}

function requireNone(flags: Readonly<Record<string, string | undefined>>): void {
  const [name] = Object.keys(flags).filter((flag) => flags[flag] !== undefined);
  if (name === undefined) return;
  throw new UsageError(`--${name} says how to restart, and nothing is restarted`, 'add --restart');
}
