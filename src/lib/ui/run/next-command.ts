import { OPERATIONS } from '../../actions.js';
import { fold } from '../../names/fold.js';
import { type NextCommand, traitsOf } from '../../plan/operation-kinds.js';
import type { Plan } from '../../plan/plan.js';
import type { OperationResult } from '../../record/result.js';
import { quoteWord } from '../../shell/quote.js';

/** The next command for the hosts that succeeded; undefined if there is nothing to do. */
export function nextCommand(
  { id, plan }: { readonly id: string; readonly plan: Plan },
  result: Pick<OperationResult, 'hosts'>,
): NextCommand | undefined {
  const through = result.hosts.filter(({ state }) => state === 'done').map(({ host }) => host);
  if (through.length === 0) return undefined;
  return traitsOf(OPERATIONS, plan).next?.(plan, { id, hosts: quoteWord(fold(through)) });
}
