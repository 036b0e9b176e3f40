import { healthUrl } from '../host/health-check.js';
import { type BalancerServer, inAction } from '../layers/http/balancer-servers.js';
import { fold } from '../names/fold.js';
import type { Plan, Step } from '../plan/plan.js';
import { step } from '../plan/step.js';
import { isWanted, leftBy } from '../restart/capacity.js';
import { balancersWithout } from '../restart/lost-places.js';
import { placesAt } from '../traffic/way-in.js';
import type { AppFacts } from './maintenance-facts.js';
import {
  lanesOf,
  type MaintenanceActions,
  type Membership,
  membershipsOf,
  scopeOf,
} from './maintenance-lanes.js';
import type { MaintenanceRequest } from './maintenance-request.js';

/** If a join fails, the host is shut again. Its requests get this long to end; it has hardly any. */
const SHUT_MS = 2000;

/**
 * The plan that brings back hosts that an operator has drained. They must first be healthy by our check, and then by the
 * check of each balancer, which starts again. Pure.
 */
export function planReady(request: MaintenanceRequest, apps: readonly AppFacts[]): Plan<MaintenanceActions> {
  const memberships = membershipsOf(apps);
  const lanes = lanesOf(memberships, stepsOf);
  return {
    version: 2,
    kind: 'traffic-ready',
    title: `make ${fold(request.hosts.map(({ name }) => name))} of ${apps.map(({ app }) => app.name).join(', ')} ready for traffic`,
    ...scopeOf(memberships),
    claims: [],
    stages: [{ id: 'ready', title: 'ready', lanes, standby: [], pass: 'each' }],
    risks: [
      ...refusals(memberships).map((message) => ({ level: 'refuse', message }) as const),
      ...notes(memberships).map((message) => ({ level: 'note', message }) as const),
    ],
  };
}

function lookOf({ of, place }: Membership) {
  return of.facts.balancers.get(place.room);
}

/** An operator drained it with kuafu, or an operation of kuafu left it out: then kuafu may bring it back. */
function isOurs({ of, place, host }: Membership): boolean {
  return of.facts.keptOut.has(host.name) || leftBy(host, place, of.facts) !== undefined;
}

function stepsOf(membership: Membership): Step<MaintenanceActions>[] {
  const look = lookOf(membership);
  if (look === undefined || !isOurs(membership)) return [];
  const { of, host } = membership;
  const { health, service: unit, name } = of.app;
  const at = inAction(placesOf(membership));
  const steps: Step<MaintenanceActions>[] = [];
  if (health) {
    const url = healthUrl(health, host);
    steps.push(step('health', { kind: 'unit.health', check: health, url, unit }));
  }
  if (at)
    steps.push(
      step(
        'join',
        { kind: 'traffic.member', wanted: 'in', ...at, back: true, wasShut: true },
        { kind: 'traffic.drain', withinMs: SHUT_MS, shuts: true, ...at },
      ),
    );
  if (of.facts.keptOut.has(host.name))
    steps.push(step('record', { kind: 'pool.keep-out', app: name, wanted: 'in' }));
  return steps;
}

/** The places where it is out, and the balancers that have forgotten it altogether. */
function placesOf({ of, place, host }: Membership): readonly BalancerServer[] {
  const look = of.facts.balancers.get(place.room);
  const { traffic } = of.app;
  if (look === undefined || traffic === undefined) return [];
  const member = look.members.get(host.name);
  const lost = balancersWithout(host, place.room, of.app, of.facts);
  const added = placesAt(traffic, lost, host);
  return [...(member?.drained ?? []), ...(member?.shut ?? []), ...added];
}

function refusals(memberships: readonly Membership[]): string[] {
  const doubts = memberships.flatMap((each) => lookOf(each)?.doubts ?? []);
  const found = memberships.flatMap((membership) => {
    const sick = isOurs(membership) ? sickness(membership) : undefined;
    return [
      ...(sick === undefined ? [] : [sick]),
      ...(isSomebodyElses(membership) ? [foreign(membership)] : []),
      ...(isUnknown(membership) ? [unknown(membership)] : []),
    ];
  });
  return [...new Set([...doubts, ...found])];
}

function sickness({ of, host }: Membership): string | undefined {
  const { service } = of.app;
  const look = of.facts.looks.get(host.name);
  if (look === undefined || !look.reached)
    return `${host.name} cannot be asked: ${look?.reason ?? 'it is not known'}`;
  const { activeState } = look.unit;
  if (activeState !== 'active')
    return `${host.name} is not ready: ${service} is ${activeState || 'not there'}; kuafu start --app ${of.app.name} ${host.name} starts it, and leaves it out`;
  if (look.health.state === 'healthy') return undefined;
  const how = look.health.state === 'sick' ? 'is not healthy' : 'cannot be asked whether it is healthy';
  return `${host.name} ${how}: ${look.health.reason}`;
}

function isSomebodyElses(membership: Membership): boolean {
  const { of, place, host } = membership;
  if (isOurs(membership) || !of.facts.balancers.has(place.room)) return false;
  return lookOf(membership)?.members.has(host.name) === true && !isWanted(host, place, of.facts);
}

function foreign({ place, host, of }: Membership): string {
  const balancers = fold((of.facts.balancers.get(place.room)?.balancers ?? []).map(({ name }) => name));
  return `${host.name} is out at ${balancers}, and nobody drained it by kuafu: whoever took it out brings it back, or kuafu traffic drain ${host.name} takes that over`;
}

/** It gets no requests although it was not taken out: it was forgotten, or it never joined. */
function isUnknown(membership: Membership): boolean {
  const look = lookOf(membership);
  return look !== undefined && !isOurs(membership) && !look.members.has(membership.host.name);
}

function unknown({ of, place, host }: Membership): string {
  const { name, service } = of.app;
  const look = of.facts.looks.get(host.name);
  const words = `a balancer does not know ${host.name}, and nobody drained it`;
  if (look?.reached === true && look.unit.activeState !== 'active')
    return `${words}: ${service} is ${look.unit.activeState || 'not there'}; kuafu start --app ${name} ${host.name} starts it and joins it to traffic`;
  return `${words}: kuafu traffic repair --app ${name} --idc ${place.room} brings it back`;
}

function notes(memberships: readonly Membership[]): string[] {
  const idle = memberships.filter(
    (each) => lookOf(each)?.members.has(each.host.name) && !isOurs(each) && !isSomebodyElses(each),
  );
  const names = [...new Set(idle.map(({ host }) => host.name))];
  return names.length === 0 ? [] : [`nobody has drained ${fold(names)}: nothing to do there`];
}
