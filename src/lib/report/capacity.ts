/** One host of a group, as capacity sees it. */
export interface HostLoad {
  readonly host: string;
  readonly room: string;
  /** The host was reached, its service runs, and its balancer, if there is one, sends it requests. */
  readonly serves: boolean;
  /** Why it does not serve; else empty. */
  readonly why: string;
  /** CPUs that the service may use; null for a host that was not read. */
  readonly cpus: number | null;
  /** CPUs that the service kept busy. */
  readonly cpusUsed: number | null;
  /** Requests a second from the balancer; null when no balancer counts them. */
  readonly requests: number | null;
}

export interface GroupLoad {
  readonly app: string;
  readonly group: string;
  readonly hosts: readonly HostLoad[];
}

export interface CapacityQuestion {
  /** Share of a host's CPUs that may be busy when a room is lost. */
  readonly target: number;
  /** Requests a second that a host can carry, as an operator measured them. */
  readonly perHost?: number;
  /** Requests a second of a whole application, or a factor on the measured load. */
  readonly peak?: { readonly rate: number } | { readonly times: number };
}

/**
 * What a verdict is based on. given: requests, and the given capacity of a host. requests: requests, and the measured cost of
 * one. cpu: CPU time, when no balancer counts requests. idle: no load was seen, so the verdict only tells whether a host is left.
 * unread: no host or balancer reported a load. unknown: there is no measure for the peak.
 */
export type Basis = 'given' | 'requests' | 'cpu' | 'idle' | 'unread' | 'unknown';

/** Whether the remaining rooms can carry a group when one room is lost. */
export interface CapacityVerdict {
  readonly app: string;
  readonly group: string;
  readonly lost: string;
  readonly left: readonly string[];
  readonly basis: Basis;
  /** The load, and the capacity of one host, in requests a second or CPUs depending on the basis; null: unknown. */
  readonly demand: number | null;
  readonly perHost: number | null;
  /** Hosts; null: unknown. */
  readonly needed: number | null;
  /** Hosts of the remaining rooms that serve now. */
  readonly there: number;
  readonly short: number;
}

/** Below this share a service is idle: its CPU time is only its own upkeep. */
const IDLE_SHARE = 0.01;
/** Requests a second. Upkeep counts as a part of their cost: with few requests the estimate is then on the safe side. */
const IDLE_REQUESTS = 1;

/** A verdict for each group and each room with hosts of it, in the order of the groups and rooms. */
export function judgeCapacity(
  groups: readonly GroupLoad[],
  rooms: readonly string[],
  question: CapacityQuestion,
): CapacityVerdict[] {
  return groups.flatMap((group) => {
    const ofApp = groups.filter(({ app }) => app === group.app);
    return rooms
      .filter((room) => group.hosts.some((host) => host.room === room))
      .map((lost) => judge(group, ofApp, lost, rooms, question));
  });
}

function judge(
  group: GroupLoad,
  ofApp: readonly GroupLoad[],
  lost: string,
  rooms: readonly string[],
  question: CapacityQuestion,
): CapacityVerdict {
  const left = rooms.filter((room) => room !== lost);
  const there = group.hosts.filter((host) => host.serves && host.room !== lost);
  const known = demandOf(group, ofApp, there, question);
  const needed = known.demand === null ? leastOf(known.basis, group, lost) : ceilOf(known);
  const { app, group: name } = group;
  const short = needed === null ? 0 : Math.max(0, needed - there.length);
  return { app, group: name, lost, left, ...known, needed, there: there.length, short };
}

interface Measured {
  readonly basis: 'given' | 'requests' | 'cpu';
  readonly demand: number;
  readonly perHost: number;
}

interface Unmeasured {
  readonly basis: 'idle' | 'unread' | 'unknown';
  readonly demand: null;
  readonly perHost: null;
}

/** A share that is met exactly is enough: 0.7 / 0.1 must be 7 hosts, not 8. */
function ceilOf({ demand, perHost }: Measured): number {
  return Math.ceil(demand / perHost - 1e-9);
}

/** When no load was measured: a group needs at least one host, if a host of the lost room may have had load. */
function leastOf(basis: Unmeasured['basis'], { hosts }: GroupLoad, lost: string): number | null {
  if (basis !== 'idle') return null;
  return hosts.some((host) => host.room === lost && !hasNoLoad(host)) ? 1 : 0;
}

function demandOf(
  group: GroupLoad,
  ofApp: readonly GroupLoad[],
  there: readonly HostLoad[],
  { target, perHost, peak }: CapacityQuestion,
): Measured | Unmeasured {
  const rate = rateOf(group);
  const times = timesOf(ofApp, peak);
  const cpus = target * mean(there.length > 0 ? there : group.hosts, ({ cpus }) => cpus);
  if (perHost !== undefined) {
    // All requests of an application with one group go to that group, measured or not.
    const alone = ofApp.length === 1 && peak !== undefined && 'rate' in peak ? peak.rate : undefined;
    const demand = alone ?? (times === undefined || rate < IDLE_REQUESTS ? undefined : rate * times);
    if (demand !== undefined) return { basis: 'given', demand, perHost };
  } else if (times !== undefined && cpus > 0) {
    const cost = costOf(group);
    if (rate >= IDLE_REQUESTS && cost > 0)
      return { basis: 'requests', demand: rate * times, perHost: cpus / cost };
    if (!isIdle(group)) return { basis: 'cpu', demand: cpusOf(group) * times, perHost: cpus };
  }
  const nothing = { demand: null, perHost: null };
  if (!isRead(group) || rate >= IDLE_REQUESTS) return { basis: 'unread', ...nothing };
  return { basis: peak === undefined ? 'idle' : 'unknown', ...nothing };
}

/** Whether the load of every host that may have one is known, from the balancer or the host. */
function isRead({ hosts }: GroupLoad): boolean {
  return hosts.every((host) => hasNoLoad(host) || host.requests !== null || host.cpusUsed !== null);
}

/** The factor from the measured load to the peak; undefined: no load was measured to multiply. */
function timesOf(ofApp: readonly GroupLoad[], peak: CapacityQuestion['peak']): number | undefined {
  if (peak === undefined) return 1;
  if ('times' in peak) return peak.times;
  const measured = ofApp.reduce((sum, group) => sum + rateOf(group), 0);
  return measured >= IDLE_REQUESTS ? peak.rate / measured : undefined;
}

function isIdle({ hosts }: GroupLoad): boolean {
  const read = hosts.filter(({ cpus, cpusUsed }) => cpus !== null && cpusUsed !== null);
  return sum(read, ({ cpusUsed }) => cpusUsed) < IDLE_SHARE * sum(read, ({ cpus }) => cpus);
}

/** Requests a second of a group, including hosts that did not answer us. */
export function rateOf({ hosts }: GroupLoad): number {
  return sum(hosts, ({ requests }) => requests);
}

/** CPU seconds that a request costs, from the hosts with both values. */
function costOf({ hosts }: GroupLoad): number {
  const both = hosts.filter(({ cpusUsed, requests }) => cpusUsed !== null && requests !== null);
  const requests = sum(both, (host) => host.requests);
  return requests > 0 ? sum(both, ({ cpusUsed }) => cpusUsed) / requests : 0;
}

/** CPUs that a group keeps busy. A host that could not be read counts as busy as the others. */
function cpusOf({ hosts }: GroupLoad): number {
  return mean(hosts, ({ cpusUsed }) => cpusUsed) * hosts.filter((host) => !hasNoLoad(host)).length;
}

/** Why a host does not serve, when it is also known to have no load. */
export const NOT_RUNNING = 'its service does not run';
/** The same when the service was left stopped on purpose: the host never had load. */
export const NOT_STARTED = 'installed and not started yet';

function hasNoLoad({ why }: HostLoad): boolean {
  return why === NOT_RUNNING || why === NOT_STARTED;
}

function sum(hosts: readonly HostLoad[], value: (host: HostLoad) => number | null): number {
  return hosts.reduce((total, host) => total + (value(host) ?? 0), 0);
}

/** The mean over the hosts with a value; 0 when there are none. */
function mean(hosts: readonly HostLoad[], value: (host: HostLoad) => number | null): number {
  const known = hosts.filter((host) => value(host) !== null);
  return known.length === 0 ? 0 : sum(known, value) / known.length;
}
