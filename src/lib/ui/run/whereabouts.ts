import { fold } from '../../names/nodeset.js';
import { placesOf } from '../../plan/places.js';
import type { Lane, Plan } from '../../plan/plan.js';
import { restartsHosts } from '../../plan/restarts-hosts.js';
import type { RunEvent } from '../../record/events.js';
import { History } from '../../record/history.js';
import { statusOf } from '../../record/status-of.js';
import { bringsIn, isLeave } from '../../traffic/actions.js';
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

/** Where the hosts of a stopped restart are, a line each; empty for operations that restart nothing. */
export function renderWhereabouts(
  plan: Plan,
  events: readonly RunEvent[],
  width = Number.POSITIVE_INFINITY,
): string {
  if (!restartsHosts(plan)) return '';
  const history = new History(events);
  const lanes = placesOf(plan)?.lanes ?? [];
  const columns = Math.max(...Object.values(WORDS).map((words) => words.length));
  return Object.entries(WORDS)
    .flatMap(([where, words]) => {
      const there = lanes.filter((lane) => whereIs(lane, plan, history) === where).map(({ name }) => name);
      return there.length === 0 ? [] : [hang(`${words.padEnd(columns)}  `, fold(there), width)];
    })
    .join('\n');
}

function whereIs({ name: host, steps }: Lane, plan: Plan, history: History): keyof typeof WORDS {
  const stage = placesOf(plan)?.id ?? '';
  if (steps.every(({ id }) => history.state({ stage, lane: host, step: id }).status === 'done'))
    return 'back';
  if (!history.wasBegun(host)) return 'untouched';
  if (!steps.some(({ action }) => isLeave(action))) return 'halfway';
  const joined = statusOf(plan, host, history, bringsIn);
  if (joined === 'done') return 'alone';
  if (joined === 'open' || joined === 'unknown') return 'doubt';
  const left = statusOf(plan, host, history, isLeave);
  if (left === 'done') return 'out';
  return left === 'failed' || left === 'not-started' ? 'kept' : 'doubt';
}
