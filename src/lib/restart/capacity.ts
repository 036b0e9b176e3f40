import type { Health } from '../host/health-check.js';
import { costs, counts, type Seen } from '../host/serving.js';
import { fold } from '../names/fold.js';
import type { Host } from '../names/host.js';
import type { Amount } from '../plan/amount.js';
import type { RestartFacts } from './restart-facts.js';
import type { Place, RestartRequest } from './restart-request.js';

/** How much of a place serves, and how much must. */
export interface Capacity {
  readonly size: number;
  /** Node set of the members, without those that were never started. */
  readonly members: string;
  /** So many must serve when a host is out. */
  readonly least: number;
  /** Members that do not serve now, or of which nobody knows. */
  readonly missing: readonly string[];
  /** The most that can serve at the moment when the last host is out: those that do, and those a restart may mend. */
  readonly attainable: number;
}

/** A place with what the plan makes of it. */
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

/** Those who serve or should: neither size nor floor counts hosts that wait for their first start. */
export function countedOn(
  { members }: Pick<Place, 'members'>,
  { notStarted }: RestartFacts,
): readonly Host[] {
  return members.filter(({ name }) => !notStarted.has(name));
}

/** `70%` of 8 hosts is 6: a part of a host serves nobody. */
export function leastOf({ value, percent }: Amount, size: number): number {
  return percent ? Math.ceil((value * size) / 100) : value;
}

/** How many hosts of a batch are out at once: as asked for, and no more than the floor can ever allow. */
export function windowOf(hosts: number, { window, batchSizes }: RestartRequest, capacity: Capacity): number {
  const asked = window ?? (batchSizes.length > 0 ? hosts : 1);
  return Math.max(1, Math.min(asked, hosts, capacity.size - capacity.least));
}

/** Whether capacity is lost when this host goes. */
export function isServing(host: Host, place: Place, facts: RestartFacts): boolean {
  return costs(seenOf(host, place, facts), healthOf(host, facts));
}

/** Whether it is counted when another goes. */
export function isCounted(host: Host, place: Place, facts: RestartFacts): boolean {
  return counts(seenOf(host, place, facts), healthOf(host, facts));
}

/** Of a host that is not reached nothing is known. */
function healthOf(host: Host, { looks }: RestartFacts): Health['state'] {
  const look = looks.get(host.name);
  return look?.reached === true ? look.health.state : 'unknown';
}

function seenOf(host: Host, { room }: Place, { balancers }: RestartFacts): Seen {
  const balancer = balancers.get(room);
  return balancer === undefined ? 'none' : (balancer.members.get(host.name)?.seen ?? 'down');
}

export function isWanted(host: Host, { room }: Place, { balancers }: RestartFacts): boolean {
  const balancer = balancers.get(room);
  return balancer === undefined || (balancer.members.get(host.name)?.wanted.length ?? 0) > 0;
}

/** Whether a balancer gives it requests once it is up there; true where none knows it. */
export function hasWeight({ name }: Host, { room }: Place, { balancers }: RestartFacts): boolean {
  return balancers.get(room)?.members.get(name)?.hasWeight ?? true;
}

/**
 * Whether a restart ends in traffic: for who is there now, and who was left out by an operation of before; never for whom a
 * person keeps out, also where a reload of the balancer has put it back.
 */
export function joins(host: Host, place: Place, facts: RestartFacts): boolean {
  if (facts.keptOut.has(host.name)) return false;
  return isWanted(host, place, facts) || leftBy(host, place, facts) !== undefined;
}

/** The operation that left a host out of traffic, where no person has taken that over. */
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

/** Whether somebody stopped it before: a restart is for what runs. */
export function isStopped({ name }: Host, { looks }: RestartFacts): boolean {
  const look = looks.get(name);
  return look?.reached === true && look.isStopped === true;
}
