import { KINDS, OPERATIONS } from '../../actions.js';
import { fold } from '../../names/nodeset.js';
import { kindOf } from '../../plan/kinds.js';
import { traitsOf } from '../../plan/operation-kinds.js';
import type { Plan } from '../../plan/plan.js';
import type { RunEvent } from '../../record/events.js';
import { History } from '../../record/history.js';
import { quoteWord } from '../../shell/quote.js';
import { withCommand } from '../frame/command-line.js';
import { hang } from '../frame/wrap-words.js';

/** A step that prevents a resume, and the host at fault. */
interface Obstacle {
  readonly culprit: string;
  readonly step: string;
  readonly unit: string;
  /** A command that shows what it waited for; empty if there is none. */
  readonly request: readonly string[];
  readonly isReached: boolean;
  /** It failed at this step before the operation was resumed, too. */
  readonly again: boolean;
}

const NONE: Obstacle = { culprit: '', step: '', unit: '', request: [], isReached: false, again: false };

/**
 * What to do about an operation that has not reached its end, a line each: where its hosts are, what to repair first if that
 * is known, and then how to go on. If a resume has failed in the same way before, the advice says so.
 */
export function adviceFor(
  id: string,
  plan: Plan,
  events: readonly RunEvent[],
  width = Number.POSITIVE_INFINITY,
): string {
  const traits = traitsOf(OPERATIONS, plan);
  const left = traits.left(plan);
  const found = obstacles(plan, events);
  const then = found.length === 0 ? 'go on with:' : 'then go on with:';
  return [
    ...(left === '' ? [] : [hang('the rest:'.padEnd(HEAD.length), left, width)]),
    ...mendLines(found, width),
    ...(traits.resumes ? [adviceLine(then, `kuafu ops resume ${id}`, width)] : []),
    adviceLine('or give it up:', `kuafu ops close ${id}`, width),
    ...replacedLines(plan, events, width),
  ].join('\n');
}

function adviceLine(what: string, command: string, width: number): string {
  return withCommand(what.padEnd(HEAD.length - 1), command, width);
}

/** What shows the cause: of a request its answer and what the service wrote meanwhile, otherwise the state of the unit. */
function lookCommands({ culprit, unit, request }: Obstacle, hosts: string): string[] {
  if (request.length === 0) return [`kuafu exec ${hosts} -- systemctl status ${quoteWord(unit)}`];
  return [
    `kuafu exec ${quoteWord(culprit)} -- ${request.map(quoteWord).join(' ')}`,
    `kuafu logs tail ${hosts} --unit ${quoteWord(unit)} -n 50 --no-follow`,
  ];
}

/** Spares that another one replaced: a resume begins with the last of them, so that one alone is mended for it. */
function replacedLines({ stages }: Plan, events: readonly RunEvent[], width: number): string[] {
  const history = new History(events);
  const lanes = stages.flatMap((stage) => [...stage.lanes, ...stage.standby]).map(({ name }) => name);
  const replaced = [...new Set(lanes)].filter((name) => history.setAside(name)?.replacedBy);
  if (replaced.length === 0) return [];
  const hosts = fold(replaced);
  const what = `${'set aside, too:'.padEnd(HEAD.length)}${hosts}, which a resume leaves alone; afterwards:`;
  return [withCommand(what, `kuafu resource clean ${quoteWord(hosts)}`, width)];
}

/** As wide as the text before a command or a host. */
const HEAD = 'not mended yet:  ';

function mendLines(found: readonly Obstacle[], width: number): string[] {
  const groups = new Set(found.map(groupOf));
  const isKnown = ({ culprit }: Obstacle) => found.some((each) => each.again && each.culprit === culprit);
  return [...groups].flatMap((group) => {
    const those = found.filter((each) => groupOf(each) === group && (each.again || !isKnown(each)));
    if (those.length === 0) return [];
    const hosts = fold([...new Set(those.map(({ culprit }) => culprit))]);
    const [first = NONE] = those;
    const { step, again, unit } = first;
    const isSeen = unit !== '' && those.every(({ isReached }) => isReached);
    const look = isSeen
      ? lookCommands(first, quoteWord(hosts)).map((command) => adviceLine('see why:', command, width))
      : [];
    const what = again
      ? hang(HEAD, `${hosts} (${step} failed as before)`, width)
      : hang('mend first:'.padEnd(HEAD.length), `${hosts} (${step})`, width);
    return [what, ...look];
  });
}

function isTakingBack(event: RunEvent): boolean {
  return event.type === 'step-finished' && event.undo;
}

function groupOf({ step, again }: Obstacle): string {
  return `${again} ${step}`;
}

/** Steps that failed on hosts that no spare host replaced. A step that Ctrl-C cut off needs no repair. */
function obstacles({ stages }: Plan, events: readonly RunEvent[]): Obstacle[] {
  const end = events.findLast((event) => event.type === 'operation-finished');
  const isBad = (status: string) =>
    status === 'failed' || (status === 'unknown' && end?.state !== 'interrupted');
  const resumed = events.findLastIndex((event) => event.type === 'operation-started');
  // A step that failed and was taken back has no state any more, and is a fault all the same.
  const forward = (some: readonly RunEvent[]) => new History(some.filter((event) => !isTakingBack(event)));
  const now = forward(events);
  const before = forward(events.slice(0, Math.max(resumed, 0)));
  return stages.flatMap(({ id: stage, lanes, standby }) =>
    [...lanes, ...standby].flatMap(({ name: host, steps }) =>
      steps.flatMap(({ id: step, title, action }): Obstacle[] => {
        const { status, result } = now.state({ stage, lane: host, step });
        if (!isBad(status) || result === null || !('culprit' in result)) return [];
        if (now.setAside(host)?.replacedBy) return [];
        const culprit = result.culprit.replace(/^\((.*)\)$/, '$1');
        const isReached = culprit === host && 'failure' in result && result.failure !== 'unreachable';
        const again = isBad(before.state({ stage, lane: host, step }).status);
        const kind = kindOf(KINDS, action);
        const unit = kind?.unit?.(action) ?? '';
        const request = kind?.request?.(action) ?? [];
        return [{ culprit, step: title, unit, request, isReached, again }];
      }),
    ),
  );
}
