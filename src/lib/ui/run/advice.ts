import { KINDS, OPERATIONS } from '../../actions.js';
import { fold } from '../../names/nodeset.js';
import { kindOf } from '../../plan/kinds.js';
import { traitsOf } from '../../plan/operation-kinds.js';
import { placesOf } from '../../plan/places.js';
import type { Plan } from '../../plan/plan.js';
import type { RunEvent } from '../../record/events.js';
import { History } from '../../record/history.js';
import { statusOf } from '../../record/status-of.js';
import { quoteWord } from '../../shell/quote.js';
import { withCommand } from '../frame/command-line.js';
import { hang } from '../frame/wrap-words.js';

/** A step that prevents a resume, and the host at fault. */
interface Obstacle {
  readonly culprit: string;
  /** The host whose step it is: it may wait for another one. */
  readonly host: string;
  readonly step: string;
  readonly unit: string;
  /** A command that shows what it waited for; empty if there is none. */
  readonly request: readonly string[];
  readonly isReached: boolean;
  /** It failed at this step before the operation was resumed, too. */
  readonly again: boolean;
}

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
    ...repairLines(found, width),
    ...(traits.resumes ? [adviceLine(then, `kuafu ops resume ${id}`, width)] : []),
    ...endLines(id, plan, events, width),
    ...replacedLines(plan, events, width),
  ].join('\n');
}

function adviceLine(what: string, command: string, width: number): string {
  return withCommand(what.padEnd(HEAD.length - 1), command, width);
}

/** How to end it without a resume: by the way back of its kind, where hosts have something to get back. */
function endLines(id: string, plan: Plan, events: readonly RunEvent[], width: number): string[] {
  const close = `kuafu ops close ${id}`;
  const { back } = traitsOf(OPERATIONS, plan);
  const history = new History(events);
  const hosts = (placesOf(plan)?.lanes ?? [])
    .map(({ name }) => name)
    .filter((name) => back !== undefined && mayBeDone(statusOf(plan, name, history, back.of)));
  if (back === undefined || hosts.length === 0) return [adviceLine('or give it up:', close, width)];
  return [
    adviceLine(`or ${back.what}:`, back.command(plan, quoteWord(fold(hosts))), width),
    adviceLine('and then close:', close, width),
  ];
}

function mayBeDone(status: string): boolean {
  return ['done', 'unknown', 'open'].includes(status);
}

/** What shows the cause: of a request its answer and what the service wrote meanwhile, otherwise the state of the unit. */
function lookCommands({ culprit, unit, request }: Obstacle, hosts: string): string[] {
  if (request.length === 0) return [`kuafu exec ${hosts} -- systemctl status ${quoteWord(unit)}`];
  return [
    `kuafu exec ${quoteWord(culprit)} -- ${request.map(quoteWord).join(' ')}`,
    `kuafu logs tail ${hosts} --unit ${quoteWord(unit)} -n 50 --no-follow`,
  ];
}

/** Spares that another one replaced: a resume begins with the last of them, so that one alone is repaired for it. */
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
const HEAD = 'not repaired:    ';

function repairLines(all: readonly Obstacle[], width: number): string[] {
  const own = new Set(all.filter(isOwn).map(({ culprit }) => culprit));
  const found = all.filter((each) => isOwn(each) || !own.has(each.culprit));
  const groups = new Set(found.map(groupOf));
  const isKnown = ({ culprit }: Obstacle) => found.some((each) => each.again && each.culprit === culprit);
  return [...groups].flatMap((group) => {
    const those = found.filter((each) => groupOf(each) === group && (each.again || !isKnown(each)));
    const [first] = those;
    if (first === undefined) return [];
    const hosts = foldUnique(those.map(({ culprit }) => culprit));
    const step = isOwn(first) ? first.step : `${first.step} of ${foldUnique(those.map(({ host }) => host))}`;
    const isSeen = first.unit !== '' && those.every(({ isReached }) => isReached);
    const look = isSeen
      ? lookCommands(first, quoteWord(hosts)).map((command) => adviceLine('see why:', command, width))
      : [];
    const what = first.again
      ? hang(HEAD, `${hosts} (${step} failed as before)`, width)
      : hang('repair first:'.padEnd(HEAD.length), `${hosts} (${step})`, width);
    return [what, ...look];
  });
}

function foldUnique(names: readonly string[]): string {
  return fold([...new Set(names)]);
}

/** The host is at fault itself, and does not wait for another one. */
function isOwn({ culprit, host }: Obstacle): boolean {
  return culprit === host;
}

function isTakingBack(event: RunEvent): boolean {
  return event.type === 'step-finished' && event.undo;
}

function groupOf(obstacle: Obstacle): string {
  return `${obstacle.again} ${isOwn(obstacle)} ${obstacle.step}`;
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
        return [{ culprit, host, step: title, unit, request, isReached, again }];
      }),
    ),
  );
}
