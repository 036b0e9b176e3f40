import type { Command } from 'commander';
import type { Action } from '../lib/actions.js';
import { RefusedError } from '../lib/errors.js';
import { jsonText } from '../lib/json-text.js';
import { currentOwner } from '../lib/ledger/owner.js';
import { fold } from '../lib/names/fold.js';
import { planChecksum } from '../lib/plan/checksum.js';
import type { Plan } from '../lib/plan/plan.js';
import { workingKeep } from '../lib/plan/risk.js';
import { plural } from '../lib/plural.js';
import type { Evidence } from '../lib/record/findings.js';
import type { SpareNotes } from '../lib/scale/spare-check.js';
import { painter } from '../lib/ui/frame/colour.js';
import { foldMessages, withoutHost } from '../lib/ui/frame/fold-messages.js';
import { out, say, tell } from '../lib/ui/frame/output.js';
import { sanitizeLine } from '../lib/ui/frame/sanitize.js';
import { stderrColumns, stdoutColumns } from '../lib/ui/frame/screen-width.js';
import { suggestedIn } from '../lib/ui/frame/suggested.js';
import { renderPlan } from '../lib/ui/run/plan-view.js';
import { planDocument } from '../lib/ui/run/result-json.js';
import { askConfirm, canAsk } from './confirm.js';
import type { PlanConnections } from './connections.js';
import type { Context } from './context.js';
import type { GlobalOptions } from './global-options.js';
import { announce, runOperation } from './operation.js';
import { retyped } from './typed-line.js';

export interface Proposal {
  readonly plan: Plan<Action>;
  /** `--checksum`: run only if the plan has this sum; it also confirms. */
  readonly checksum: string | undefined;
  /**
   * What is known of the chosen hosts before the run: shown in a dry run, and before the confirmation if files are deleted.
   */
  readonly look?: () => Promise<SpareNotes>;
  readonly deletes?: boolean;
  /** What the plan was judged by, for the document of a dry run. */
  readonly evidence?: readonly Evidence[];
  /** Called right before the run: checks that the counted facts have not changed. */
  readonly recheck?: () => Promise<void>;
  /** What to type when the plan is refused. */
  readonly refusedHint: string;
  /** Hosts answered that the plan leaves alone, as they need nothing. */
  readonly othersReached?: boolean;
}

/**
 * plan → show → confirm → run, as in every command that changes something. A dry run ends after showing.
 * @throws RefusedError for a risk that refuses, another checksum, or no confirmation
 */
export async function propose(
  proposal: Proposal,
  context: Context,
  connections: PlanConnections,
): Promise<void> {
  const { plan, checksum } = proposal;
  await showPlan(proposal, context);
  requireNoRefusal(proposal);
  requireChecksum(plan, checksum);
  if (context.options.dryRun || !(await confirmed(proposal, context))) return;
  await proposal.recheck?.();
  await execute(proposal, context, connections);
}

/** The same for a plan that may have nothing to do: then it says so, with the risks, and ends. */
export async function proposeUnlessDone(
  proposal: Proposal & { readonly done: string },
  context: Context,
  connections: PlanConnections,
): Promise<void> {
  const { plan, done } = proposal;
  if (plan.stages.some(({ lanes }) => lanes.length > 0)) return await propose(proposal, context, connections);
  requireNoRefusal(proposal);
  if (context.options.json)
    return out(jsonText(planDocument(plan, planChecksum(plan), undefined, proposal.evidence)));
  tell(`nothing to do: ${done}`);
  for (const { message } of plan.risks) say(suggestedIn(sanitizeLine(message)));
}

/**
 * What to type if a plan is refused: the command line that shows it, as a dry run has just done, and the one that is not
 * refused. The checksum is that of another plan.
 */
export function planHint(command: Command, { dryRun }: Pick<GlobalOptions, 'dryRun'>, plan: Plan): string {
  const shows = dryRun ? '' : `see the plan: ${retyped(command, { checksum: false, 'dry-run': true })}`;
  return withKeep(shows, command, plan);
}

/**
 * A hint, and the command line with the `--keep` that would be kept, if nothing else stands in the way. It asks again, as
 * another plan is confirmed by it.
 */
export function withKeep(hint: string, command: Command, { risks }: Pick<Plan, 'risks'>): string {
  const keep = workingKeep(risks);
  const line =
    keep === undefined ? '' : `all the same: ${retyped(command, { checksum: false, yes: false, keep })}`;
  return [hint, line].filter((each) => each !== '').join('\n');
}

/**
 * Shows the plan before the confirmation, and with --dry-run. A plan that is refused is not shown, only the refusal in one
 * line.
 */
async function showPlan(proposal: Proposal, { options }: Context): Promise<void> {
  if (options.dryRun) return await showDryRun(proposal, options.json);
  const { plan } = proposal;
  const refused = plan.risks.some((risk) => risk.level === 'refuse');
  if (options.yes || options.json || refused) return;
  const notes = proposal.deletes === true ? await proposal.look?.() : undefined;
  const text = renderPlan(plan, { paint: painter('stderr'), width: stderrColumns() });
  say([text, ...noteLines(notes), '', `checksum ${planChecksum(plan)}`].join('\n'));
}

async function showDryRun({ plan, look, evidence }: Proposal, json: boolean): Promise<void> {
  const notes = await look?.();
  const checksum = planChecksum(plan);
  if (json) return out(jsonText(planDocument(plan, checksum, notes, evidence)));
  out(renderPlan(plan, { paint: painter('stdout'), width: stdoutColumns() }));
  for (const line of noteLines(notes)) tell(line);
  out(`\nchecksum ${checksum}\nnothing was changed`);
}

function noteLines(notes: SpareNotes | undefined): string[] {
  if (notes === undefined) return [];
  const { unfit, faults, replaced, standIns, open } = notes;
  const messages = unfit.map(({ host, reason }) => ({ host, message: withoutHost(reason, host) }));
  return [
    ...faults.map(({ host, reason }) => `would fail at ${host}: ${reason}`),
    ...foldMessages(messages).map((line) => `would be set aside: ${line}`),
    ...(standIns.length > 0 ? [`would be taken from the standby: ${fold(standIns)}`] : []),
    ...(open > 0 ? [`no fit spare is left for ${plural(open, 'place')}`] : []),
    ...replaced.map(({ host, reason }) => `would be replaced on ${host}: ${reason}`),
  ];
}

function requireNoRefusal({ plan, refusedHint }: Proposal): void {
  const refused = plan.risks.filter((risk) => risk.level === 'refuse').map((risk) => risk.message);
  if (refused.length === 0) return;
  throw new RefusedError(`refused, nothing was changed: ${suggestedIn(refused.join('; '))}`, refusedHint);
}

/** A given checksum is always compared; no setting turns the comparison off. */
function requireChecksum(plan: Plan, wanted: string | undefined): void {
  const checksum = planChecksum(plan);
  if (wanted === undefined || wanted === checksum) return;
  throw new RefusedError(
    `the plan is not the one of checksum ${wanted}: hosts, files or configuration changed since then`,
    'look at the new plan with --dry-run',
  );
}

async function confirmed({ plan, checksum }: Proposal, { options }: Context): Promise<boolean> {
  if (options.yes || checksum !== undefined) return true;
  if (!canAsk())
    throw new RefusedError(
      'no confirmation: nobody is there to ask',
      'add --yes, or --checksum with the sum that --dry-run printed',
    );
  const go = await askConfirm(`${plan.title}?`);
  if (!go) throw new RefusedError('not confirmed, nothing was changed');
  return go;
}

async function execute(
  { plan, othersReached = false }: Proposal,
  context: Context,
  connections: PlanConnections,
): Promise<void> {
  const owner = currentOwner();
  const id = await context.ledger.open(plan, owner);
  announce(id, plan.title);
  await runOperation(context, connections.confirmed(), { id, plan, owner, past: [], othersReached });
}
