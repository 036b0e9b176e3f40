import type { Health } from '../host/health-check.js';
import { costs, counts, type Seen } from '../host/serving.js';
import { fold } from '../names/fold.js';
import type { Host } from '../names/host.js';
import type { Amount } from '../plan/amount.js';
import type { RestartFacts } from './restart-facts.js';
import type { Place, RestartRequest } from './restart-request.js';

/** How many hosts of a place serve, and how many must. */
export interface Capacity {
  readonly size: number;
  /** Node set of the members, without hosts that were never started. */
  readonly members: string;
  /** How many must serve when a host is out. */
  readonly least: number;
  /** Members that do not serve now, or may not. */
  readonly missing: readonly string[];
  /** The most hosts that can serve when the last host is out: those that serve now, and those that a restart may repair. */
  readonly attainable: number;
}

/** A place with what the plan adds to it. */
export interface PlannedPlace extends Place {
  readonly capacity: Capacity;
  readonly batches: readonly number[];
  readonly windows: readonly number[];
}

export function capacityOf(place: Place, keep: Amount, facts: RestartFacts): Capacity {
  const members = countedOn(place, facts);
  const size = members.length;
  const missing = members.filter((host) => !isCounted(host, place, facts));
  const mendable = place.chosen.filter(
    (host) =>
      missing.includes(host) &&
      joins(host, place, facts) &&
      hasWeight(host, place, facts) &&
      isReached(host, facts) &&
      !isStopped(host, facts),
  );
  return {
    size,
    members: fold(members.map(({ name }) => name)),
    least: leastOf(keep, size),
    missing: missing.map(({ name }) => name),
    attainable: size - missing.length + mendable.length - 1,
  };
}

/**
 * The members that count: size and floor leave out hosts that wait for their first start, and backup servers, which serve only
 * when no other host does.
 */
export function countedOn(place: Pick<Place, 'members' | 'room'>, facts: RestartFacts): readonly Host[] {
  return place.members.filter(
    (host) => !facts.notStarted.has(host.name) && seenOf(host, place, facts) !== 'backup',
  );
}

/** `70%` of 8 hosts is 6: the number is rounded up to whole hosts. */
export function leastOf({ value, percent }: Amount, size: number): number {
  return percent ? Math.ceil((value * size) / 100) : value;
}

/** How many hosts of a batch are out at once: the requested number, but no more than the floor can ever allow. */
export function windowOf(hosts: number, { window, batchSizes }: RestartRequest, capacity: Capacity): number {
  const asked = window ?? (batchSizes.length > 0 ? hosts : 1);
  return Math.max(1, Math.min(asked, hosts, capacity.size - capacity.least));
}

/** Whether capacity is lost when this host is out. */
export function isServing(host: Host, place: Place, facts: RestartFacts): boolean {
  return costs(seenOf(host, place, facts), healthOf(host, facts));
}

/** Whether this host counts when another is out. */
export function isCounted(host: Host, place: Place, facts: RestartFacts): boolean {
  return counts(seenOf(host, place, facts), healthOf(host, facts));
}

/** A host that was not reached has unknown health. */
function healthOf(host: Host, { looks }: RestartFacts): Health['state'] {
  const look = looks.get(host.name);
  return look?.reached === true ? look.health.state : 'unknown';
}

function seenOf(host: Host, { room }: Pick<Place, 'room'>, { balancers }: RestartFacts): Seen {
  const balancer = balancers.get(room);
  return balancer === undefined ? 'none' : (balancer.members.get(host.name)?.seen ?? 'down');
}

export function isWanted(host: Host, { room }: Place, { balancers }: RestartFacts): boolean {
  const balancer = balancers.get(room);
  return balancer === undefined || (balancer.members.get(host.name)?.wanted.length ?? 0) > 0;
}

/** Whether a balancer gives it requests once it is up there; true if no balancer knows the host. */
export function hasWeight({ name }: Host, { room }: Place, { balancers }: RestartFacts): boolean {
  return balancers.get(room)?.members.get(name)?.hasWeight ?? true;
}

/**
 * Whether a restart ends in traffic: for hosts that are in traffic now, and hosts that an earlier operation left out. Never
 * for hosts that an operator keeps out, even if a reload of the balancer has put them back.
 */
export function joins(host: Host, place: Place, facts: RestartFacts): boolean {
  if (facts.keptOut.has(host.name)) return false;
  return isWanted(host, place, facts) || leftBy(host, place, facts) !== undefined;
}

/** The operation that left a host out of traffic, unless an operator keeps it out since. */
export function leftBy(
  host: Host,
  { room }: Place,
  { balancers, keptOut }: RestartFacts,
): string | undefined {
  if (keptOut.has(host.name)) return undefined;
  return balancers.get(room)?.left.get(host.name);
}

function isReached(host: Host, { looks }: RestartFacts): boolean {
  return looks.get(host.name)?.reached === true;
}

/** Whether an operator stopped it before: a restart is only for services that run. */
export function isStopped({ name }: Host, { looks }: RestartFacts): boolean {
  const look = looks.get(name);
  return look?.reached === true && look.isStopped === true;
}
