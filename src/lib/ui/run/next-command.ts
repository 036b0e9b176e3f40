import { OPERATIONS } from '../../actions.js';
import { fold } from '../../names/fold.js';
import { traitsOf } from '../../plan/operation-kinds.js';
import type { Plan } from '../../plan/plan.js';
import { scopeWords } from '../../plan/scope.js';
import type { OperationResult } from '../../record/result.js';
import { quoteWord } from '../../shell/quote.js';

/** A command to type next, and its purpose. */
export interface NextCommand {
  readonly why: string;
  readonly command: string;
}

/** The next command for the hosts that succeeded; undefined if there is nothing to do. */
export function nextCommand(plan: Plan, result: Pick<OperationResult, 'hosts'>): NextCommand | undefined {
  const through = result.hosts.filter(({ state }) => state === 'done').map(({ host }) => host);
  const words = traitsOf(OPERATIONS, plan).next?.(plan);
  if (words === undefined || through.length === 0) return undefined;
  const { why, verb } = words;
  return { why, command: `kuafu ${verb} --app ${scopeWords(plan.scope).app} ${quoteWord(fold(through))}` };
}
