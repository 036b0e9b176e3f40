import type { Command } from 'commander';
import { KINDS, OPERATIONS } from '../../lib/actions.js';
import { RefusedError, UsageError } from '../../lib/errors.js';
import { ExitCode } from '../../lib/exit-codes.js';
import { jsonText } from '../../lib/json-text.js';
import type { OperationRecord } from '../../lib/ledger/ledger.js';
import { currentOwner } from '../../lib/ledger/owner.js';
import { isSameAddress } from '../../lib/names/addresses.js';
import { fold } from '../../lib/names/nodeset.js';
import { type Budgets, changeBudgets } from '../../lib/plan/budget.js';
import { requireAsMade } from '../../lib/plan/checksum.js';
import { requireKnownKinds } from '../../lib/plan/known-kinds.js';
import { requireResumes } from '../../lib/plan/operation-kinds.js';
import { placesOf } from '../../lib/plan/places.js';
import type { Plan } from '../../lib/plan/plan.js';
import { budgetsInForce } from '../../lib/record/budgets-in-force.js';
import { summarize } from '../../lib/record/result.js';
import { out, say } from '../../lib/ui/frame/output.js';
import { shownText } from '../../lib/ui/frame/shown.js';
import { resultDocument } from '../../lib/ui/run/result-json.js';
import { openWriteConnections } from '../connections.js';
import { type Context, openContext } from '../context.js';
import { globalOptions } from '../global-options.js';
import { announce, runOperation } from '../operation.js';
import { sayChangedConfig } from './changed-config.js';
import { showOperation } from './ops-action.js';

/** New budgets, if they replace those in force. */
export interface ResumeFlags {
  readonly maxFailed?: string;
  readonly maxUnreachable?: string;
  readonly maxUnhealthy?: string;
}

/**
 * `kuafu ops resume ID`: the plan and its events are in the ledger, so no other input is needed. It asks no confirmation:
 * the plan was confirmed when it began.
 */
export async function resume(id: string, flags: ResumeFlags, command: Command): Promise<void> {
  const { dryRun } = globalOptions(command);
  const context = await openContext(command, 'required', dryRun ? 'rehearse' : 'write');
  try {
    const record = await context.ledger.show(id);
    if (record.state === 'done') return sayDone(record, context);
    requireAsMade(record);
    requireResumes(record, OPERATIONS);
    requireKnownKinds(record, KINDS);
    requireStillConfigured(record, context);
    const budgets = budgetsOf(flags, record);
    sayChangedConfig(record, context);
    if (record.resumable) await requireLatestEnv(record, context);
    if (dryRun) {
      await context.ledger.takeOver(record.id, currentOwner(), true);
      await showOperation(id, false, command);
      return say('a resume would go on with what is not done; nothing was changed');
    }
    await goOn(record, budgets, context);
  } finally {
    await context.ledger.close();
  }
}

/** Nothing to do, and not an error, so a job can resume any operation; the document is that of the operation's end. */
function sayDone({ id, plan, events }: OperationRecord, { options }: Context): void {
  if (options.json) out(jsonText(resultDocument(id, plan, ExitCode.done, summarize(plan, events, KINDS))));
  say(`operation ${id} (${shownText(plan.title)}) is done: nothing to go on with`);
}

async function goOn(shown: OperationRecord, budgets: Budgets | undefined, context: Context): Promise<void> {
  const owner = currentOwner();
  const plan = await planOfToday(shown.plan, context);
  const record = await context.ledger.takeOver(shown.id, owner);
  announce(record.id, `going on with ${shownText(record.plan.title)}`);
  const connections = await openWriteConnections(context);
  try {
    await runOperation(context, connections, {
      id: record.id,
      plan,
      owner,
      past: record.events,
      budgets,
    });
  } finally {
    await connections.close();
  }
}

/** An undo planned by the previous release has paths, but not which files were brought to them. */
async function planOfToday(plan: Plan, { ledger }: Context): Promise<Plan> {
  const { kind, takesOver } = plan;
  if (kind !== 'undo' || takesOver === undefined || !('operation' in takesOver)) return plan;
  const { withTraces } = await import('../../lib/scale/undo-of-before.js');
  return withTraces(plan, await ledger.show(takesOver.operation));
}

/** @throws UsageError for an invalid budget, and for an operation without budgets */
function budgetsOf(flags: ResumeFlags, { id, plan, events }: OperationRecord): Budgets | undefined {
  const { maxFailed: failed, maxUnreachable: unreachable, maxUnhealthy: unhealthy } = flags;
  const now = budgetsInForce(plan, events);
  if (now !== undefined)
    return changeBudgets(now, { failed, unreachable, unhealthy }, placesOf(plan)?.lanes.length ?? 0);
  if (failed === undefined && unreachable === undefined && unhealthy === undefined) return undefined;
  throw new UsageError(`operation ${id} has no budgets: it tries every host`, 'leave --max-… out');
}

/** After a rollback or a push of other values, the old values must not come back. */
async function requireLatestEnv(record: OperationRecord, { ledger }: Context): Promise<void> {
  const { envChangedSince } = await import('../../lib/env/env-since.js');
  const change = await envChangedSince(record, ledger);
  if (change === undefined) return;
  throw new RefusedError(
    `operation ${change.by.id} (${change.by.title}) changed the environment of ${fold(change.hosts)} after it; to go on would take that back`,
    `give it up: kuafu ops close ${record.id}; what is missing then: kuafu env diff --app ${record.app}`,
  );
}

/** A resumed plan is not made again; the hosts and groups that it names must still exist, at the same address. */
function requireStillConfigured({ id, plan }: OperationRecord, { config, inventory }: Context): void {
  const { scope, stages, hosts } = plan;
  const gone: string[] = [];
  const apps = scope.apps.map((name) => config.apps.get(name));
  for (const each of scope.groups)
    if (!apps.every(Boolean) || !apps.some((known) => known?.groups.has(each)))
      gone.push(`application ${scope.apps.join(',')} with group ${each}`);
  const taking = new Set(stages.flatMap((stage) => stage.lanes).map((lane) => lane.name));
  for (const host of hosts.filter(({ name }) => taking.has(name))) {
    const now = inventory.hosts.get(host.name);
    if (now === undefined || !isSameAddress(now.ssh.address, host.ssh.address))
      gone.push(`host ${host.name} at ${host.ssh.address}`);
  }
  if (gone.length === 0) return;
  throw new RefusedError(
    `the configuration has changed since the plan was made; it no longer knows ${gone.join(', ')}`,
    `put it back, or give the operation up: kuafu ops close ${id}`,
  );
}
