import type { KeptOut } from '../../ledger/ledger.js';
import { fold } from '../../names/fold.js';
import type { NextCommand } from '../../plan/operation-kinds.js';
import type { Plan } from '../../plan/plan.js';
import type { OperationResult } from '../../record/result.js';
import { quoteWord } from '../../shell/quote.js';
import { keptOutWords } from '../../traffic/kept-out-words.js';
import { sanitizeLine } from '../frame/sanitize.js';

/**
 * Hosts that an operation has brought to its end and that serve nobody, as an operator keeps them out; undefined if there are
 * none. Those that the operation itself took out are no surprise.
 */
export function stillOut(
  keptOut: readonly KeptOut[],
  { id, plan }: { readonly id: string; readonly plan: Pick<Plan, 'scope'> },
  { hosts }: Pick<OperationResult, 'hosts'>,
): NextCommand | undefined {
  const through = new Set(hosts.filter(({ state }) => state === 'done').map(({ host }) => host));
  const rows = keptOut.filter(
    ({ app, host, operation }) => operation !== id && through.has(host) && plan.scope.apps.includes(app),
  );
  if (rows.length === 0) return undefined;
  const names = fold([...new Set(rows.map(({ host }) => host))]);
  return {
    why: `still out of traffic: ${sanitizeLine(keptOutWords(rows).join('; '))}; back in`,
    command: `kuafu traffic ready ${quoteWord(names)}`,
  };
}
