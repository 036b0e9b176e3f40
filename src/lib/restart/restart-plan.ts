import { healthUrl } from '../host/health-check.js';
import { type BalancerServer, inAction } from '../layers/http/balancer-servers.js';
import type { Host } from '../names/host.js';
import { batchesOf } from '../plan/batches.js';
import { laneOn } from '../plan/lane.js';
import type { AnyAction, Lane, Plan, Step } from '../plan/plan.js';
import { step } from '../plan/step.js';
import type { CapacityFloor, TrafficActions } from '../traffic/actions.js';
import type { UnitActions } from '../unit/actions.js';
import {
  capacityOf,
  isServing,
  isStopped,
  isWanted,
  joins,
  type PlannedPlace,
  windowOf,
} from './capacity.js';
import type { RestartFacts } from './restart-facts.js';
import type { Place, RestartRequest } from './restart-request.js';
import { restartNotes, restartRefusals, stoppedRisks } from './restart-risks.js';
import { hasSidecars, stopAndStartMs } from './sidecars-of.js';

/** What a stop and a start take at least, beside drain and health check, in milliseconds. */
const LEAST_STOP_START_MS = 30_000;

/** An extra step for each host, such as a file that its service reads at the start. */
export type ChangeOf<A extends AnyAction> = (host: Host) => Step<A>;

export type RestartActions = TrafficActions | UnitActions;

/**
 * The plan of a rolling restart. Pure: the same request and facts give the same plan. All hosts of a room are done before the
 * next room begins, so hosts of a group are never out in both rooms. A change is made after a host has left traffic and
 * before its service stops. If the change fails, the service still runs, and the host goes back into traffic.
 */
export function planRestart<A extends AnyAction = never>(
  request: RestartRequest,
  facts: RestartFacts,
  changeOf?: ChangeOf<A>,
): Plan<RestartActions | A> {
  const { app, budgets } = request;
  const places = placesToDo(request, facts, changeOf);
  const stopped = request.places.flatMap(({ chosen }) => chosen.filter((host) => isStopped(host, facts)));
  const groups = unique(places.map(({ group }) => group));
  const rooms = unique(places.map(({ room }) => room));
  const chosen = places.flatMap((place) => place.chosen);
  const members = places.flatMap((place) => place.members);
  const balancers = rooms.flatMap((room) => facts.balancers.get(room)?.balancers ?? []);
  return {
    version: 2,
    kind: 'restart',
    title: `restart ${app.name}/${groups.join(',')} in room${rooms.length > 1 ? 's' : ''} ${rooms.join(', then ')}: ${chosen.length} ${chosen.length === 1 ? 'host' : 'hosts'}`,
    scope: { apps: [app.name], groups, rooms },
    locks: places.map(({ group, room }) => `app/${app.name}/${group}/${room}`),
    claims: [],
    hosts: unique([...members, ...balancers]),
    stages: [
      {
        id: 'restart',
        title: 'restart',
        lanes: places.flatMap((place) => lanesOf(place, request, facts, changeOf)),
        standby: [],
        pass: 'each',
        mustFinish: true,
      },
    ],
    rollout: {
      batches: places.flatMap((place) => place.batches),
      windows: places.flatMap((place) => place.windows),
      budgets,
    },
    risks: [
      ...restartRefusals(places, request, facts),
      ...stoppedRisks(stopped, chosen, app),
      ...restartNotes(places, request, facts).map((message) => ({ level: 'note', message }) as const),
    ],
  };
}

/**
 * The places without hosts that an operator has stopped, unless there is a change. If none would be left, all places, for a
 * refusal.
 */
function placesToDo(
  request: RestartRequest,
  facts: RestartFacts,
  changeOf?: ChangeOf<AnyAction>,
): PlannedPlace[] {
  const isDone = (host: Host) => changeOf !== undefined || !isStopped(host, facts);
  const all = request.places.map((place) =>
    planPlace({ ...place, chosen: place.chosen.filter(isDone) }, request, facts),
  );
  const found = all.filter(({ chosen }) => chosen.length > 0);
  return found.length > 0 ? found : all;
}

/** Hosts that do not serve come first: they cost no capacity, and may serve afterwards. */
function planPlace(place: Place, request: RestartRequest, facts: RestartFacts): PlannedPlace {
  const serving = place.chosen.filter((host) => isServing(host, place, facts));
  const idle = place.chosen.filter((host) => !serving.includes(host));
  const capacity = capacityOf(place, request.keep, facts);
  const batches = batchesOf(request.batchSizes, place.chosen.length);
  const windows = batches.map((hosts) => windowOf(hosts, request, capacity));
  return { ...place, chosen: [...idle, ...serving], capacity, batches, windows };
}

function lanesOf<A extends AnyAction>(
  place: PlannedPlace,
  request: RestartRequest,
  facts: RestartFacts,
  changeOf?: ChangeOf<A>,
): Lane<RestartActions | A>[] {
  return place.chosen.map((host) =>
    laneOn(host.name, stepsOf(host, place, request, facts, changeOf?.(host))),
  );
}

function stepsOf<A extends AnyAction>(
  host: Host,
  place: PlannedPlace,
  request: RestartRequest,
  facts: RestartFacts,
  change: Step<A> | undefined,
): Step<RestartActions | A>[] {
  const { app, drainMs } = request;
  const unit = app.service;
  const look = facts.looks.get(host.name);
  const runs = !look?.reached || !STOPPED.includes(look.unit.activeState);
  const invocation = look?.reached && runs ? look.unit.invocation : '';
  const servers = placesInTraffic(host, place, facts);
  const at = inAction(servers);
  const comesBack = joins(host, place, facts);
  const floor = floorOf(place, request, facts);
  const steps: Step<RestartActions | A>[] = [];
  if (isStopped(host, facts)) return change ? [change] : [];
  if (at) {
    const wasIn = isWanted(host, place, facts);
    const rejoin = { kind: 'traffic.rejoin', unit, invocation, ...at, until: JOIN } as const;
    const leave = { kind: 'traffic.leave', ...at, floor, ...(wasIn ? { wasIn } : {}) } as const;
    steps.push(step(LEAVE, leave, wasIn && comesBack ? rejoin : undefined));
  }
  // Before the drain: if the change fails, a resume does not have to repeat the drain.
  if (change) steps.push(change);
  if (at) steps.push(step('drain', { kind: 'traffic.drain', withinMs: drainMs, ...at }));
  const unguarded = facts.balancers.get(place.room) === undefined;
  // With a change any run is ended: a run that began by itself after the look may still be older than the change.
  const ends = change ? '' : invocation;
  const keptOut = at ? { servers } : {};
  const stillOut = placesOut(host, place, facts).filter((each) => !servers.includes(each));
  const guard = {
    ...(unguarded ? { floor } : {}),
    ...keptOut,
    ...(stillOut.length > 0 ? { stillOut } : {}),
    ...(at ? { drainMs } : {}),
  };
  if (runs || change) steps.push(step('stop', { kind: 'unit.stop', unit, invocation: ends, ...guard }));
  const health = app.health && { check: app.health, url: healthUrl(app.health, host) };
  const later = hasSidecars(look) ? ({ sidecarsLater: true } as const) : {};
  const judged = health && { judged: { by: HEALTH, ...health } };
  steps.push(step('start', { kind: 'unit.start', unit, ...keptOut, ...later, ...judged }));
  if (health) steps.push(step(HEALTH, { kind: 'unit.health', ...health, unit, ...keptOut }));
  if (at && comesBack) steps.push(step(JOIN, { kind: 'traffic.member', wanted: 'in', ...at, back: true }));
  // After the join: a host that serves is not left out because of units beside its service.
  if (hasSidecars(look)) steps.push(step('sidecars', { kind: 'unit.sidecars', unit }));
  return steps;
}

const LEAVE = 'leave';
const HEALTH = 'health';
const JOIN = 'join';
const STOPPED: readonly string[] = ['inactive', 'failed'];

/**
 * The host's places at the balancers. None if an operator has taken it out, because it stays out. If a balancer has forgotten
 * that an operator keeps it out, it is taken out there again.
 */
function placesInTraffic(host: Host, place: Place, facts: RestartFacts): readonly BalancerServer[] {
  const member = facts.balancers.get(place.room)?.members.get(host.name);
  if (member === undefined) return [];
  if (!joins(host, place, facts)) return facts.keptOut.has(host.name) ? member.wanted : [];
  return isWanted(host, place, facts) ? member.wanted : member.drained;
}

/** Its places where it has been taken out, by whomever. */
function placesOut(host: Host, place: Place, facts: RestartFacts): readonly BalancerServer[] {
  const member = facts.balancers.get(place.room)?.members.get(host.name);
  return member === undefined ? [] : [...member.drained, ...member.shut];
}

/** The wait for other hosts to come back is as long as the slowest of them may take. */
function floorOf(
  { capacity, chosen }: PlannedPlace,
  { app, drainMs }: RestartRequest,
  { looks }: RestartFacts,
): CapacityFloor {
  const stopStartMs = Math.max(0, ...chosen.map(({ name }) => stopAndStartMs(looks.get(name))));
  return {
    least: capacity.least,
    members: capacity.members,
    unit: app.service,
    check: app.health ?? null,
    withinMs: drainMs + (app.health?.withinMs ?? 0) + Math.max(stopStartMs, LEAST_STOP_START_MS),
  };
}

function unique<T>(items: readonly T[]): T[] {
  return [...new Set(items)];
}
