import { fold } from '../../names/nodeset.js';
import type { Lane, Plan } from '../../plan/plan.js';
import { restartsHosts } from '../../plan/restarts-hosts.js';
import type { RunEvent } from '../../record/events.js';
import { History } from '../../record/history.js';
import { hang } from '../frame/wrap-words.js';

const WORDS = {
  back: 'restarted',
  alone: 'in traffic, sidecars down',
  out: 'out of traffic',
  doubt: 'perhaps out of traffic',
  halfway: 'not restarted to the end',
  kept: 'in traffic as before',
  untouched: 'not begun',
} as const;

/** Which hosts of a restart that has stopped are where, a line each; empty for operations that restart nothing. */
export function renderWhereabouts(
  plan: Plan,
  events: readonly RunEvent[],
  width = Number.POSITIVE_INFINITY,
): string {
  if (!restartsHosts(plan)) return '';
  const history = new History(events);
  const lanes = plan.stages[0]?.lanes ?? [];
  const columns = Math.max(...Object.values(WORDS).map((words) => words.length));
  return Object.entries(WORDS)
    .flatMap(([where, words]) => {
      const there = lanes.filter((lane) => whereIs(lane, plan, history) === where).map(({ host }) => host);
      return there.length === 0 ? [] : [hang(`${words.padEnd(columns)}  `, fold(there), width)];
    })
    .join('\n');
}

function whereIs({ host, steps }: Lane, { stages }: Plan, history: History): keyof typeof WORDS {
  const stage = stages[0]?.id ?? '';
  const statusOf = (step: string) => history.state({ stage, host, step }).status;
  if (steps.every((step) => statusOf(step.id) === 'done')) return 'back';
  if (!history.wasBegun(host)) return 'untouched';
  if (!steps.some((step) => step.id === 'leave')) return 'halfway';
  if (statusOf('join') === 'done') return 'alone';
  const left = statusOf('leave');
  if (left === 'done') return 'out';
  return left === 'failed' || left === 'not-started' ? 'kept' : 'doubt';
}
