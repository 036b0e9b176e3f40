import { fold } from '../../names/fold.js';
import { leavesStopped } from '../../plan/leaves-stopped.js';
import type { Plan } from '../../plan/plan.js';
import { restartsHosts } from '../../plan/restarts-hosts.js';
import { scopeWords } from '../../plan/scope.js';
import type { OperationResult } from '../../record/result.js';
import { quoteWord } from '../../shell/quote.js';

/** A command that is to be typed next, and what for. */
export interface NextCommand {
  readonly why: string;
  readonly command: string;
}

/** What an operation leaves to do on the hosts that came through, and how; undefined where that is nothing. */
export function nextCommand(plan: Plan, result: Pick<OperationResult, 'hosts'>): NextCommand | undefined {
  const through = result.hosts.filter(({ state }) => state === 'done').map(({ host }) => host);
  const words = WORDS.find(({ isMeant }) => isMeant(plan));
  if (words === undefined || through.length === 0) return undefined;
  const { why, verb } = words;
  return { why, command: `kuafu ${verb} --app ${scopeWords(plan.scope).app} ${quoteWord(fold(through))}` };
}

const isWritten = (plan: Plan) =>
  plan.kind === 'env-rollback' || (plan.kind === 'env-push' && !restartsHosts(plan));

const WORDS = [
  { isMeant: leavesStopped, why: 'installed and stopped; start them and join traffic', verb: 'start' },
  { isMeant: isWritten, why: 'a service reads it when it starts', verb: 'restart' },
];
