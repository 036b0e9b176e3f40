import { inAction } from '../layers/http/balancer-servers.js';
import { fold } from '../names/fold.js';
import type { Plan, Risk, Step } from '../plan/plan.js';
import { refusal } from '../plan/risk.js';
import { step } from '../plan/step.js';
import { isWanted } from '../restart/capacity.js';
import { floorOf, floorRefusal } from '../restart/floor.js';
import { keptOutWords } from '../traffic/kept-out-words.js';
import type { AppFacts } from './maintenance-facts.js';
import {
  lanesOf,
  type MaintenanceActions,
  type Membership,
  membershipsOf,
  scopeOf,
} from './maintenance-lanes.js';
import type { MaintenanceRequest } from './maintenance-request.js';

/**
 * The plan that takes hosts out of traffic until they are made ready. They get no new requests, their open requests end, and
 * the ledger records it. Nothing is done on the hosts themselves, so a host that does not answer can be drained. Pure.
 */
export function planDrain(request: MaintenanceRequest, apps: readonly AppFacts[]): Plan<MaintenanceActions> {
  const memberships = membershipsOf(apps);
  const lanes = lanesOf(memberships, (membership) => stepsOf(membership, request));
  return {
    version: 2,
    kind: 'traffic-drain',
    title: `drain ${fold(request.hosts.map(({ name }) => name))} of ${apps.map(({ app }) => app.name).join(', ')} until made ready`,
    ...scopeOf(memberships),
    claims: [],
    stages: [{ id: 'drain', title: 'drain', lanes, standby: [], pass: 'each' }],
    risks: [
      ...refusals(memberships, lanes.length, request),
      ...notes(memberships).map((message) => ({ level: 'note', message }) as const),
    ],
  };
}

function memberOf({ of, place, host }: Membership) {
  return of.facts.balancers.get(place.room)?.members.get(host.name);
}

/** Kept out by an operator, and out at every balancer. */
function isDone(membership: Membership): boolean {
  return membership.of.facts.keptOut.has(membership.host.name) && !memberOf(membership)?.wanted.length;
}

function hasBalancer({ of, place }: Membership): boolean {
  return of.facts.balancers.has(place.room);
}

function stepsOf(membership: Membership, request: MaintenanceRequest): Step<MaintenanceActions>[] {
  if (!hasBalancer(membership) || isDone(membership)) return [];
  const { of, place } = membership;
  const member = memberOf(membership);
  const at = inAction([...(member?.wanted ?? []), ...(member?.drained ?? [])]);
  const record = step('record', { kind: 'pool.keep-out', app: of.app.name, wanted: 'out' });
  if (at === undefined) return [record];
  const floor = floorOf(of.app, place, request.keep, of.facts);
  return [
    step('leave', { kind: 'traffic.leave', ...at, floor, unasked: true }),
    record,
    step('drain', { kind: 'traffic.drain', withinMs: request.drainMs, shuts: true, ...at }),
  ];
}

function refusals(memberships: readonly Membership[], lanes: number, request: MaintenanceRequest): Risk[] {
  const looks = memberships.flatMap(({ of, place }) => of.facts.balancers.get(place.room) ?? []);
  const found = [...new Set(looks.flatMap(({ doubts }) => doubts))];
  if (lanes === 0 && !memberships.every(isDone))
    found.push(...new Set(memberships.filter((each) => !hasBalancer(each)).map(withoutBalancer)));
  // Servers must be matched with hosts before they are counted.
  if (found.length > 0) return found.map((message) => refusal(message));
  const places = [...new Set(memberships.filter(hasBalancer).map(({ place }) => place))];
  return places.flatMap((place) => {
    const own = memberships.filter((membership) => membership.place === place);
    const [first] = own;
    return first === undefined ? [] : floorRefusal(first.of.app, place, request.keep, first.of.facts);
  });
}

function withoutBalancer({ of, place }: Membership): string {
  return `apps.${of.app.name} has no balancer in room ${place.room}: who sends requests there is not known, and is not stopped`;
}

function notes(memberships: readonly Membership[]): string[] {
  const done = memberships.filter(isDone);
  const found = keptOutWords(done.flatMap(({ of, host }) => of.facts.keptOut.get(host.name) ?? [])).map(
    (words) => `${words} already: nothing to do there`,
  );
  found.push(...new Set(memberships.filter((each) => !hasBalancer(each)).map(withoutBalancer)));
  const left = memberships.filter((each) => hasBalancer(each) && !isDone(each));
  const forgotten = left.filter(({ of, host }) => of.facts.keptOut.has(host.name));
  found.push(
    ...keptOutWords(forgotten.flatMap(({ of, host }) => of.facts.keptOut.get(host.name) ?? [])).map(
      (words) => `${words}, and a balancer has put it back since: it leaves again`,
    ),
  );
  const out = left
    .filter((each) => !isWanted(each.host, each.place, each.of.facts))
    .map(({ host }) => host.name);
  if (out.length > 0)
    found.push(
      `${fold(out)} ${out.length === 1 ? 'is' : 'are'} out of traffic already: from now on kept out, until made ready`,
    );
  return found;
}
