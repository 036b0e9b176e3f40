import { healthUrl } from '../host/health-check.js';
import { fold } from '../names/fold.js';
import type { Host } from '../names/host.js';
import { batchesOf } from '../plan/batches.js';
import { laneOn } from '../plan/lane.js';
import type { Plan, Step } from '../plan/plan.js';
import { step } from '../plan/step.js';
import { balancersWithout } from '../restart/lost-places.js';
import type { Place, RestartRequest } from '../restart/restart-request.js';
import type { TrafficActions } from '../traffic/actions.js';
import { keptOutWords } from '../traffic/kept-out-words.js';
import { wayIn } from '../traffic/way-in.js';
import type { ServiceAction, UnitActions } from '../unit/actions.js';
import type { StartFacts } from './start-facts.js';

type StartActions = UnitActions | TrafficActions;

/**
 * The plan that starts what is installed and stopped, and puts it into traffic. A host that runs and is known to every
 * balancer has no step. `isNamed`: the hosts were named on the command line, so hosts that an operator keeps out are
 * included. Pure.
 */
export function planStart(request: RestartRequest, facts: StartFacts, isNamed: boolean): Plan<StartActions> {
  const { app, budgets } = request;
  const places = request.places.map((place) => chosenOf(place, request, facts, isNamed));
  const begun = places.filter(({ chosen }) => chosen.length > 0);
  const groups = unique(places.map(({ group }) => group));
  const rooms = unique(places.map(({ room }) => room));
  const hosts = begun.flatMap(({ chosen }) => chosen);
  const batches = begun.flatMap(({ chosen }) => batchesOf(request.batchSizes, chosen.length));
  return {
    version: 2,
    kind: 'start',
    title: `start ${app.name}/${groups.join(',')} in room${rooms.length > 1 ? 's' : ''} ${rooms.join(', then ')}: ${hosts.length} ${hosts.length === 1 ? 'host' : 'hosts'}`,
    scope: { apps: [app.name], groups, rooms },
    locks: places.map(({ group, room }) => `app/${app.name}/${group}/${room}`),
    claims: [],
    hosts: unique([...hosts, ...rooms.flatMap((room) => facts.balancers.get(room)?.balancers ?? [])]),
    stages: [
      {
        id: 'start',
        title: 'start',
        lanes: begun.flatMap((place) =>
          place.chosen.map((host) => laneOn(host.name, stepsOf(host, place, request, facts))),
        ),
        standby: [],
        pass: 'each',
        mustFinish: true,
      },
    ],
    rollout: {
      batches,
      ...(request.window === undefined
        ? {}
        : { windows: batches.map((size) => Math.min(size, request.window ?? size)) }),
      budgets,
    },
    risks: [
      ...refusals(request, places, facts).map((message) => ({ level: 'refuse', message }) as const),
      ...notes(request, places, facts, isNamed).map((message) => ({ level: 'note', message }) as const),
    ],
  };
}

function chosenOf(place: Place, { app }: RestartRequest, facts: StartFacts, isNamed: boolean): Place {
  const chosen = place.chosen.filter((host) => {
    if (!isActive(host, facts)) return isNamed || !facts.keptOut.has(host.name);
    return joinsAt(host, place.room, app, facts).length > 0;
  });
  return { ...place, chosen };
}

function isActive({ name }: Host, { looks }: StartFacts): boolean {
  const look = looks.get(name);
  return look?.reached === true && look.unit.activeState === 'active';
}

/** The balancers where the host joins; none if the host has been taken out at another balancer. */
function joinsAt(host: Host, room: string, app: RestartRequest['app'], facts: StartFacts): readonly Host[] {
  return isOut(host, room, facts) ? [] : balancersWithout(host, room, app, facts);
}

function isOut({ name }: Host, room: string, { balancers, keptOut }: StartFacts): boolean {
  const member = balancers.get(room)?.members.get(name);
  return keptOut.has(name) || (member !== undefined && member.wanted.length === 0);
}

function stepsOf(
  host: Host,
  { room }: Place,
  { app }: RestartRequest,
  facts: StartFacts,
): Step<StartActions>[] {
  const { enrol, join } = wayIn(app, joinsAt(host, room, app, facts), host);
  const steps: Step<StartActions>[] = [];
  if (!isActive(host, facts)) steps.push(startStep(host, app.service, facts));
  steps.push(...enrol);
  if (app.health) {
    const url = healthUrl(app.health, host);
    steps.push(step('health', { kind: 'unit.health', check: app.health, url, unit: app.service }));
  }
  return [...steps, ...join];
}

/** A unit that an expansion has brought is not enabled at boot yet; on any other host the boot setting is left as it is. */
function startStep({ name }: Host, unit: string, { installed }: StartFacts): Step<UnitActions> {
  const wantedIn = installed.get(name);
  if (wantedIn === undefined) return step('start', { kind: 'unit.start', unit });
  const links = wantedIn.length === 0 ? {} : { wantedIn };
  const started: ServiceAction = { kind: 'unit.state', unit, wanted: 'started', ...links };
  return step('start', started, { kind: 'unit.state', unit, wanted: 'stopped' });
}

function refusals({ app, budgets }: RestartRequest, places: readonly Place[], facts: StartFacts): string[] {
  const looks = new Set(places.map(({ room }) => room));
  const found = [...looks].flatMap((room) => facts.balancers.get(room)?.doubts ?? []);
  const hosts = places.flatMap(({ chosen }) => chosen);
  const lost: string[] = [];
  for (const { name } of hosts) {
    const look = facts.looks.get(name);
    if (look?.reached === false) lost.push(look.reason);
    else if (look?.reached && look.unit.loadState !== 'loaded')
      found.push(
        `${name}: ${app.service} is ${look.unit.loadState}: nothing is installed there that could be started`,
      );
    else if (look?.reached && look.health.state === 'unknown')
      found.push(`whether ${name} is healthy cannot be asked: ${look.health.reason}`);
  }
  if (lost.length > budgets.unreachable)
    found.push(`${lost.join('; ')}; --max-unreachable is ${budgets.unreachable}`);
  if (hosts.length > 0) found.push(...[...facts.joins.values()].flatMap(({ refusals: why }) => why));
  return [...new Set(found)];
}

function notes(
  { app, places: asked }: RestartRequest,
  places: readonly Place[],
  facts: StartFacts,
  isNamed: boolean,
): string[] {
  const chosen = places.flatMap((place) => place.chosen.map((host) => ({ host, room: place.room })));
  const kept = asked.flatMap((place) => place.chosen.flatMap(({ name }) => facts.keptOut.get(name) ?? []));
  const found = keptOutWords(kept, (hosts) =>
    isNamed ? `: stays out of traffic until kuafu traffic ready ${hosts}` : ': left alone',
  );
  const out = chosen.filter(({ host, room }) => isOut(host, room, facts) && !facts.keptOut.has(host.name));
  if (out.length > 0) {
    const names = fold(out.map(({ host }) => host.name));
    found.push(
      `${names} ${out.length === 1 ? 'is' : 'are'} out of traffic at a balancer, and ${out.length === 1 ? 'stays' : 'stay'} out`,
    );
  }
  for (const room of new Set(chosen.map((each) => each.room)))
    if (!facts.balancers.has(room))
      found.push(`apps.${app.name} has no balancer in room ${room}: no host joins traffic`);
  if (chosen.length > 0) found.push(...[...facts.joins.values()].flatMap((each) => each.notes));
  if (chosen.length > 0 && !app.health)
    found.push(`apps.${app.name} has no health check: a host counts as good once it runs`);
  return found;
}

function unique<T>(items: readonly T[]): T[] {
  return [...new Set(items)];
}
