import { FailedError } from '../errors.js';
import type { Signal } from '../ledger/ledger.js';
import type { Plan } from '../plan/plan.js';
import { budgetsInForce } from '../record/budgets-in-force.js';
import { canTurn } from '../record/can-turn.js';
import { History } from '../record/history.js';
import { FailureCount } from './failure-count.js';
import { Journal } from './journal.js';
import { Keepers } from './keepers.js';
import { LaneRunner } from './lane.js';
import { Questions } from './questions.js';
import { type End, INTERRUPTED, type RunOptions } from './run-options.js';
import { Signals } from './signals.js';
import type { StageTools } from './stage.js';
import { StepContexts } from './step-contexts.js';
import { Turn } from './turn.js';
import { runBack, runForth } from './ways.js';

/**
 * Executes a plan: stage by stage, the lanes of a stage in parallel. Every event is on disk before the next step of its lane
 * starts. Then runs the way back, if the operation ends with it or has to turn. Goes on from `past` if there are events. Closes
 * the operation in the ledger and returns how it ended.
 *
 * @throws what the ledger throws: without a record nothing may go on
 */
export async function runPlan(plan: Plan, options: RunOptions): Promise<End> {
  const history = new History(options.past);
  const journal = new Journal(options.operation, options.ledger, history, options.listeners);
  const startedAt = await journal.record({
    type: 'operation-started',
    operator: options.operator,
    resumed: options.past.length > 0,
    ...(options.budgets && { budgets: options.budgets }),
  });
  const turn = new Turn(journal, options.past);
  const questions = new Questions(journal, options);
  const told = new AbortController();
  const stop = AbortSignal.any([options.stop, told.signal]);
  const tools = toolsFor(plan, { history, journal, questions, turn }, { ...options, stop });
  const signals = new Signals(options, journal, (signal) =>
    follow(signal, canTurn(plan, history), { questions, turn, told }),
  );
  try {
    await signals.begin();
    await tools.keepers.resume(options.past, Date.parse(startedAt));
    const end = await runWays(plan, turn, tools, { ...options, stop });
    await journal.record({ type: 'operation-finished', ...end });
    await options.ledger.finish(options.operation, end.state, end.message);
    return end;
  } finally {
    signals.end();
    tools.keepers.stop();
  }
}

/** Carries out a signal from the ledger. A word that means nothing here has no effect; the record shows that it was heard. */
async function follow(
  { word, about, operator }: Signal,
  canTurn: boolean,
  { questions, turn, told }: { questions: Questions; turn: Turn; told: AbortController },
): Promise<void> {
  if (about !== '') await questions.answer(about, word, operator);
  else if (word === 'heal' && canTurn) await turn.take('signal', 'it was told to go back', operator);
  else if (word === 'stop' && canTurn) await turn.take('stopped', 'it was told to stop', operator);
  else if (word === 'stop') told.abort(new FailedError(`told to stop by ${operator}`));
}

/** Runs the way forward, unless the operation turned in an earlier run; then the way back, if the plan has one and it is due. */
async function runWays(plan: Plan, turn: Turn, tools: StageTools, options: RunOptions): Promise<End> {
  const { wayBack } = plan;
  const forth = turn.turned === undefined ? await runForth(plan, tools) : INTERRUPTED;
  if (wayBack === undefined || options.cut.aborted) return forth;
  if (forth.state === 'done' && wayBack.when === 'on-failure') return forth;
  if (turn.turned === undefined && forth.state !== 'done' && !canTurn(plan, tools.history)) return forth;
  if (forth.state === 'done') await turn.take('passed', 'every stage passed');
  else if (options.stop.aborted) await turn.take('stopped', 'it was told to stop', options.operator);
  else await turn.take('failed', forth.message);
  return await runBack(wayBack, turn, tools);
}

function toolsFor(
  plan: Plan,
  {
    history,
    journal,
    questions,
    turn,
  }: { history: History; journal: Journal; questions: Questions; turn: Turn },
  options: RunOptions,
): StageTools {
  const contexts = new StepContexts(plan, history, journal, questions, options);
  const { budgets = budgetsInForce(plan, options.past) } = options;
  const pooled = plan.claims.length > 0 || plan.takesOver !== undefined;
  const stop = AbortSignal.any([options.stop, turn.signal]);
  const forth = { ...options, stop };
  return {
    lanes: new LaneRunner(plan, history, journal, contexts, forth),
    keepers: new Keepers(plan, { journal, history, contexts, options, turn }),
    history,
    journal,
    options: forth,
    failures: new FailureCount(budgets, options.past, pooled ? 'spares' : 'in use'),
    out: new Set<string>(),
    idle: new Set<string>(),
    pooled,
    window: Number.POSITIVE_INFINITY,
  };
}
