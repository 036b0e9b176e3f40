import { join } from 'node:path';
import { KINDS, loadHandlers, OPERATIONS } from '../lib/actions.js';
import { stateFolder } from '../lib/config/folders.js';
import { jsonText } from '../lib/json-text.js';
import type { Owner } from '../lib/ledger/ledger.js';
import type { Budgets } from '../lib/plan/budget.js';
import { traitsOf } from '../lib/plan/operation-kinds.js';
import type { Plan } from '../lib/plan/plan.js';
import type { Listener, RunEvent } from '../lib/record/events.js';
import { openQuestion } from '../lib/record/questions.js';
import { type OperationResult, summarize } from '../lib/record/result.js';
import { fenced } from '../lib/run/fence.js';
import { Lease } from '../lib/run/lease.js';
import { tidyUp } from '../lib/ssh/abort.js';
import type { Connections } from '../lib/ssh/transport.js';
import { painter } from '../lib/ui/frame/colour.js';
import { withCommand } from '../lib/ui/frame/command-line.js';
import { onQuestion } from '../lib/ui/frame/keys.js';
import { localSecond } from '../lib/ui/frame/local-time.js';
import { out, say, stampTalk } from '../lib/ui/frame/output.js';
import { sanitizeLine } from '../lib/ui/frame/sanitize.js';
import { canRedraw, stderrColumns, stdoutColumns } from '../lib/ui/frame/screen-width.js';
import { suggestedIn } from '../lib/ui/frame/suggested.js';
import { talkWords } from '../lib/ui/run/event-log-view.js';
import { renderPending } from '../lib/ui/run/pending.js';
import { resultDocument } from '../lib/ui/run/result-json.js';
import { askWord, canAsk } from './confirm.js';
import type { Context } from './context.js';
import { type Interruption, listenForInterruption } from './interruption.js';
import { operationExitCode } from './operation-exit-code.js';

/**
 * Enough for all hosts of most operations: a chain of copies takes the time of one copy only for hosts that are in it
 * together. Whatever the value, connections are made a few at a time.
 */
const DEFAULT_FORKS = 1000;
/** How long the cleanup after a copy may take. */
const TIDYING = { ms: 15_000, cutMs: 2000 };

export interface OpenOperation {
  readonly id: string;
  readonly plan: Plan;
  readonly owner: Owner;
  readonly past: readonly RunEvent[];
  /** Replaces the budgets that were in force until now. */
  readonly budgets?: Budgets | undefined;
  /** Hosts answered that the plan leaves alone, as they need nothing. */
  readonly othersReached?: boolean;
}

/** The first line of an operation. If the screen shows only lines, they carry the time from here on. */
export function announce(id: string, what: string): void {
  if (!canRedraw()) stampTalk(() => localSecond(new Date()));
  say(`operation ${id}: ${what}`);
}

/** The code that runs a plan. A command may load it while it waits for the hosts' answers for the plan. */
export function loadEngine() {
  return Promise.all([
    loadHandlers(),
    import('../lib/copy/chain-copy.js'),
    import('../lib/ui/run/create-run-view.js'),
    import('../lib/run/runner.js'),
    canRedraw() ? import('../lib/ui/run/run-screen.js') : undefined,
  ]);
}

/**
 * Runs an operation that is open in the ledger, shows it, prints its result and sets the exit code. The first Ctrl-C lets
 * running steps end; the second cuts them off.
 */
export async function runOperation(
  context: Context,
  connections: Connections,
  operation: OpenOperation,
): Promise<void> {
  const [handlers, { ChainCopy }, { createRunView }, { runPlan }] = await loadEngine();
  const events: RunEvent[] = [...operation.past];
  const view = await createRunView(operation.plan, operation.past, { terminal: canRedraw(), colour: true });
  const copy = new ChainCopy(join(stateFolder(process.env), 'spool'));
  const interruption = listenForInterruption(meaningOfStop(operation.plan));
  const forget = onQuestion(() => say(renderPending(view.pending(), 0, performance.now())), canAsk());
  const lease = leaseOf(context, operation, interruption);
  const letGo = lease.keep();
  sayWaiting(operation);
  try {
    await runPlan(operation.plan, {
      operation: operation.id,
      operator: operation.owner.operator,
      past: operation.past,
      budgets: operation.budgets,
      ledger: context.ledger,
      connections: fenced(connections, () => lease.require()),
      kinds: KINDS,
      handlers: handlers(copy),
      askHere: ({ question, words }, over) => askWord(sanitizeLine(question), words, over),
      secrets: context.config.secrets,
      listeners: [
        (event) => event.type !== 'progress' && events.push(event),
        view.listener,
        sayTalk(operation.id),
      ],
      forks: context.options.forks ?? DEFAULT_FORKS,
      stop: interruption.stop,
      cut: interruption.cut,
    });
    // A lost lease is not a success, whatever the record says of the end.
    lease.require();
  } catch (error) {
    const was = `operation ${operation.id} was stopped; repair that, then go on with:`;
    say(withCommand(was, `kuafu ops resume ${operation.id}`, stderrColumns()));
    throw error;
  } finally {
    letGo();
    forget();
    await view.done();
    await tidyUp(copy.close(), interruption.cut, TIDYING);
    interruption.ignore();
  }
  await report(context, operation, summarize(operation.plan, events, KINDS), events);
}

/**
 * Prints questions and answers; without a live screen the view prints them. Also says how to answer from another terminal.
 */
function sayTalk(id: string): Listener {
  return (event) => {
    if (event.type !== 'asked' && event.type !== 'answered' && event.type !== 'heard') return;
    if (canRedraw()) say(sanitizeLine(talkWords(event)));
    if (event.type === 'asked')
      say(suggestedIn(`answer it from anywhere: kuafu ops answer ${id} ${event.words.join('|')}`));
  };
}

/** A resumed operation does not ask an open question again, so the operator is told about it here. */
function sayWaiting({ id, past }: OpenOperation): void {
  const open = openQuestion(past);
  if (open === undefined) return;
  say(sanitizeLine(`${open.at.lane} still asks: ${open.question} (${open.words.join(', ')})`));
  say(suggestedIn(`answer it from anywhere: kuafu ops answer ${id} ${open.words.join('|')}`));
}

async function report(
  context: Context,
  { id, plan, othersReached = false }: OpenOperation,
  result: OperationResult,
  events: readonly RunEvent[],
): Promise<void> {
  const { renderResult } = await import('../lib/ui/run/result-view.js');
  const { renderWhereabouts } = await import('../lib/ui/run/whereabouts.js');
  const { adviceFor } = await import('../lib/ui/run/advice.js');
  const { nextCommand } = await import('../lib/ui/run/next-command.js');
  const { stillOut } = await import('../lib/ui/run/still-out.js');
  process.exitCode = operationExitCode(result, events, othersReached);
  if (context.options.json) {
    out(jsonText(resultDocument(id, plan, process.exitCode, result)));
  } else {
    const width = stdoutColumns();
    out(
      renderResult(result, {
        width,
        paint: painter('stdout'),
        outcome: traitsOf(OPERATIONS, plan).outcome(plan),
      }),
    );
    const whereabouts = result.state === 'done' ? '' : renderWhereabouts(plan, events, width);
    if (whereabouts !== '') out(whereabouts);
  }
  if (result.state === 'done' || result.state === 'undone')
    say(withCommand('see each step:', `kuafu ops show ${id}`, stderrColumns()));
  else {
    const why = result.message === result.state ? '' : `: ${result.message}`;
    say(`operation ${id} is ${result.state}${why}`);
    say(adviceFor(id, plan, events, stderrColumns()));
  }
  const next = result.state === 'undone' ? undefined : nextCommand({ id, plan }, result);
  const idle = stillOut(await context.ledger.keptOut(), { id, plan }, result);
  for (const each of [next, idle])
    if (each !== undefined) say(withCommand(`${each.why}:`, each.command, stderrColumns()));
}

function meaningOfStop({ stages, wayBack }: Plan): string {
  if (wayBack !== undefined) {
    const until = wayBack.until === undefined ? '' : `, unless \`${wayBack.until.step}\` was begun`;
    return `running steps end, and then what was done is taken back${until}`;
  }
  return stages.some((stage) => stage.mustFinish)
    ? 'hosts that were begun are finished, no other is begun'
    : 'running steps end, no new one starts';
}

function leaseOf(
  { ledger }: Context,
  { id, owner }: OpenOperation,
  { stopNow, cutNow }: Pick<Interruption, 'stopNow' | 'cutNow'>,
): Lease {
  return new Lease({
    operation: id,
    renew: () => ledger.heartbeat(id, owner),
    onStale: (reason) => {
      say(reason.message);
      stopNow(reason);
    },
    onLost: cutNow,
  });
}
