import type { Command } from 'commander';
import type { Action } from '../../lib/actions.js';
import {
  type EnvTarget,
  isConcerned,
  namesOf,
  planEnvPush,
  planEnvRollback,
} from '../../lib/env/env-plan.js';
import { FailedError, KuafuError } from '../../lib/errors.js';
import { ExitCode } from '../../lib/exit-codes.js';
import { jsonText } from '../../lib/json-text.js';
import { fold } from '../../lib/names/fold.js';
import type { Host } from '../../lib/names/host.js';
import { parseBounds } from '../../lib/plan/bounds.js';
import { planChecksum } from '../../lib/plan/checksum.js';
import type { Plan } from '../../lib/plan/plan.js';
import { quoteWord } from '../../lib/shell/quote.js';
import type { ReadConnections } from '../../lib/ssh/transport.js';
import { renderEnvDiff } from '../../lib/ui/env/env-view.js';
import { countHosts } from '../../lib/ui/exec/exec-view.js';
import { painter } from '../../lib/ui/frame/colour.js';
import { out, sayWhole, tell } from '../../lib/ui/frame/output.js';
import { stderrColumns, stdoutColumns } from '../../lib/ui/frame/screen-width.js';
import { planDocument } from '../../lib/ui/run/result-json.js';
import { openPlanConnections } from '../connections.js';
import { type Context, openContext } from '../context.js';
import { planHint, propose } from '../propose.js';
import { groupDifferences, groupRollbacks } from './env-diff-action.js';
import {
  type EnvApp,
  type EnvReading,
  parseEnvApp,
  readEnvFiles,
  requireOneReached,
  sayUnread,
  selectEnvHosts,
  unreadReason,
  withEnvApp,
} from './env-hosts.js';
import { type EnvRestartFlags, parseEnvRestart } from './env-restart.js';

export interface EnvPushFlags extends EnvRestartFlags {
  readonly checksum?: string;
}

type Change = 'push' | 'rollback';

/** `kuafu env push` */
export async function pushEnv(
  nodeSets: readonly string[],
  flags: EnvPushFlags,
  command: Command,
): Promise<void> {
  await change('push', nodeSets, flags, command);
}

/** `kuafu env rollback` */
export async function rollbackEnv(
  nodeSets: readonly string[],
  flags: EnvPushFlags,
  command: Command,
): Promise<void> {
  await change('rollback', nodeSets, flags, command);
}

/** request → facts → plan → confirm → run. */
async function change(
  what: Change,
  nodeSets: readonly string[],
  given: EnvPushFlags,
  command: Command,
): Promise<void> {
  const context = await openContext(command);
  try {
    const flags = await withEnvApp(nodeSets, given, context, command);
    const app = parseEnvApp(flags.app, context.config);
    // A wrong bound is refused here, before all hosts are read.
    boundsOf(flags, 1);
    const restart = parseEnvRestart(nodeSets, flags, context);
    const hosts = selectEnvHosts(nodeSets, flags, context);
    const connections = await openPlanConnections(context);
    try {
      const readings = await readForChange(what, hosts, app, context, connections);
      const targets = targetsOf(readings, app, context);
      const planning = what === 'push' ? planEnvPush : planEnvRollback;
      const bounds = (count: number) => boundsOf(flags, count);
      const files = planning({ app: app.app.name, env: app.env, bounds }, targets);
      const isDone = files.hosts.length === 0 && !(restart !== undefined && targets.some(isConcerned));
      if (isDone) return nothingToDo(files, readings, app, context);
      const plan = restart ? await restart(app.env, targets, connections) : files;
      showChange(what, readings, app, plan, context);
      const refusedHint = restart ? planHint(command, context.options, plan) : hintOf(what, targets, app);
      const taken = new Set(plan.hosts.map(({ name }) => name));
      const othersReached = readings.some(({ host, facts }) => facts !== undefined && !taken.has(host.name));
      const proposal = { plan, checksum: flags.checksum, refusedHint, othersReached };
      await propose(proposal, context, connections);
    } finally {
      await connections.close();
    }
  } finally {
    await context.ledger.close();
  }
}

function boundsOf({ batch, maxFailed, maxUnreachable }: EnvPushFlags, count: number) {
  return parseBounds({ batch, budgets: { failed: maxFailed, unreachable: maxUnreachable } }, count);
}

async function readForChange(
  what: Change,
  hosts: readonly Host[],
  app: EnvApp,
  context: Context,
  connections: ReadConnections,
): Promise<readonly EnvReading[]> {
  const which = what === 'push' ? 'current' : 'both';
  const { readings, interrupted } = await readEnvFiles(hosts, app, which, context, connections);
  if (interrupted) throw new KuafuError('interrupted; nothing was changed', ExitCode.interrupted);
  requireOneReached(readings);
  requireReadable(readings);
  return readings;
}

/** A host that answers but cannot read the file will not be able to write it. */
function requireReadable(readings: readonly EnvReading[]): void {
  const failed = readings.filter(({ facts, outcome }) => facts === undefined && outcome.status === 'exited');
  const [first] = failed;
  if (first === undefined) return;
  throw new FailedError(
    `the file cannot be read on ${fold(failed.map(({ host }) => host.name))}: ${unreadReason(first.outcome)}`,
    'nothing was changed; leave these hosts out, as in @app:shop!web-b-03, or put it right',
  );
}

function targetsOf(readings: readonly EnvReading[], app: EnvApp, context: Context): EnvTarget[] {
  const { config, inventory } = context;
  const right = new Set(
    groupDifferences(readings, app, config.secrets).flatMap(({ hosts, differences }) =>
      differences.length === 0 ? hosts : [],
    ),
  );
  const groups = [...app.app.groups.keys()];
  return readings.map(({ host, facts, outcome }) => ({
    host,
    groups: groups.filter((group) => inventory.members(app.app.name, group, host.room).includes(host)),
    facts,
    unread: facts === undefined ? unreadReason(outcome) : '',
    differs: !right.has(host.name),
  }));
}

function nothingToDo(plan: Plan, readings: readonly EnvReading[], app: EnvApp, { options }: Context): void {
  const hosts = readings.length;
  if (options.json) out(jsonText(planDocument(plan, planChecksum(plan))));
  else tell(`nothing to do: ${hosts} of ${hosts} hosts have the environment of the configuration`);
  sayUnread(readings, app);
}

/** Shows before the confirmation what changes on the hosts. */
function showChange(
  what: Change,
  readings: readonly EnvReading[],
  app: EnvApp,
  plan: Plan<Action>,
  { options, config }: Context,
): void {
  const refused = plan.risks.some(({ level }) => level === 'refuse');
  if (options.json || refused || (options.yes && !options.dryRun)) return;
  const taking = new Set(plan.stages.flatMap(({ lanes }) => lanes.map(({ host }) => host)));
  const those = readings.filter(({ host }) => taking.has(host.name));
  const groups = (what === 'push' ? groupDifferences : groupRollbacks)(those, app, config.secrets);
  const print = options.dryRun ? out : sayWhole;
  const stream = options.dryRun ? 'stdout' : 'stderr';
  const width = options.dryRun ? stdoutColumns() : stderrColumns();
  const view = { width, paint: painter(stream) };
  const same = what === 'rollback' ? { same: 'the previous file is the same' } : {};
  print(`${renderEnvDiff(groups, { ...view, ...same })}\n`);
}

function hintOf(what: Change, targets: readonly EnvTarget[], { app }: EnvApp): string {
  if (what === 'push')
    return `see what is there: kuafu env diff --app ${app.name} ${quoteWord(fold(namesOf(targets)))}`;
  const possible = targets.filter(({ facts }) => facts?.previous !== undefined);
  if (possible.length === 0) return 'only a push that changes a file keeps one';
  const names = namesOf(possible);
  return `for the ${countHosts(names)} that can: kuafu env rollback --app ${app.name} ${quoteWord(fold(names))}`;
}
