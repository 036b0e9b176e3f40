import { fold } from '../names/fold.js';
import type { Host } from '../names/host.js';
import type { Amount } from '../plan/amount.js';
import type { Risk } from '../plan/plan.js';
import { refusal } from '../plan/risk.js';
import { quoteWord } from '../shell/quote.js';
import { keptOutWords } from '../traffic/kept-out-words.js';
import { startCommand } from '../unit/not-started.js';
import {
  countedOn,
  hasWeight,
  isServing,
  isStopped,
  isWanted,
  joins,
  leftBy,
  type PlannedPlace,
} from './capacity.js';
import type { RestartFacts } from './restart-facts.js';
import type { RestartRequest } from './restart-request.js';
import { sidecarNotes } from './sidecars-of.js';

/** Why a restart must not begin at all. */
export function restartRefusals(
  places: readonly PlannedPlace[],
  request: RestartRequest,
  facts: RestartFacts,
): Risk[] {
  const doubts = [...facts.balancers.values()].flatMap((look) => look.doubts);
  const found = [...doubts, ...unaskable(places, facts)].map((message) => refusal(message));
  // Unknown hosts explain a floor that cannot be kept, so they are reported first.
  if (found.length === 0) found.push(...places.flatMap((place) => floorRefusal(place, request, facts)));
  const chosen = places.flatMap((place) => place.chosen);
  for (const { name } of chosen) {
    const look = facts.looks.get(name);
    if (look?.reached && look.unit.loadState !== 'loaded')
      found.push(refusal(`${name}: ${request.app.service} is ${look.unit.loadState}`));
  }
  const lost = chosen.filter(({ name }) => facts.looks.get(name)?.reached === false);
  const others = fold(chosen.filter((host) => !lost.includes(host)).map(({ name }) => name));
  const budget = request.budgets.unreachable;
  if (lost.length > budget)
    found.push(
      refusal(
        `${unreached(lost, facts).join('; ')}; --max-unreachable is ${budget}; ${quoteWord(others)} is without ${lost.length === 1 ? 'it' : 'them'}`,
      ),
    );
  return found;
}

/** After its restart a host has to pass a check: a host where the check cannot be made would never pass. */
function unaskable(places: readonly PlannedPlace[], { looks }: RestartFacts): string[] {
  const reasons = new Map<string, string>();
  for (const { name } of places.flatMap((place) => place.chosen)) {
    const look = looks.get(name);
    if (look?.reached && look.health.state === 'unknown') reasons.set(name, look.health.reason);
  }
  const [reason] = reasons.values();
  if (reason === undefined) return [];
  const names = [...reasons.keys()];
  return [`whether ${fold(names)} ${are(names)} healthy cannot be asked: ${reason}`];
}

/** A floor that can never be kept is reported at once, with one that works. */
function floorRefusal(place: PlannedPlace, { app, keep }: RestartRequest, facts: RestartFacts): Risk[] {
  const { size, least, missing, attainable } = place.capacity;
  const costs = place.chosen.some((host) => isServing(host, place, facts));
  if (!costs || attainable >= least) return [];
  const where = `${app.name}/${place.group} in room ${place.room}`;
  const now = missing.length === 0 ? '' : `, of which ${fold(missing)} ${are(missing)} not serving`;
  const idle = countedOn(place, facts)
    .filter((host) => !hasWeight(host, place, facts))
    .map(({ name }) => name);
  const why = idle.length === 0 ? '' : ` (weight 0 at ${balancerNames(place.room, facts)}: ${fold(idle)})`;
  const works = keep.percent ? `${Math.floor((Math.max(attainable, 0) * 100) / size)}%` : `${attainable}`;
  return [
    refusal(
      `${where} has ${size} ${size === 1 ? 'host' : 'hosts'}${now}${why}: with one out --keep ${amount(keep)} (${least}) cannot be kept; --keep ${works} can${attainable > 0 ? '' : ', and then no host has to serve: requests fail while one is out'}`,
      works,
    ),
  ];
}

/** A stopped service was stopped on purpose: that is reported, and a restart of stopped hosts alone is refused. */
export function stoppedRisks(
  stopped: readonly Host[],
  chosen: readonly Host[],
  { name: app, service }: Pick<RestartRequest['app'], 'name' | 'service'>,
): Risk[] {
  if (stopped.length === 0) return [];
  const names = stopped.map(({ name }) => name);
  const words = `${service} is stopped on ${fold(names)}`;
  const starts = startCommand(app, names);
  if (chosen.length === 0)
    return [{ level: 'refuse', message: `${words}: there is nothing to restart; ${starts} starts it` }];
  return [
    {
      level: 'note',
      message: `${words}, and stays so: a restart starts nothing that did not run, ${starts} does`,
    },
  ];
}

/** What an operator should know before confirming. */
export function restartNotes(
  places: readonly PlannedPlace[],
  request: RestartRequest,
  facts: RestartFacts,
): string[] {
  const { app } = request;
  const found = places
    .filter(({ chosen }) => chosen.length > 0)
    .flatMap((place) => placeNotes(place, request, facts));
  const lost = unreached(
    places.flatMap((place) => place.chosen),
    facts,
  );
  if (lost.length > 0) found.push(`may not be restarted: ${lost.join('; ')}`);
  found.push(
    ...sidecarNotes(
      places.flatMap((place) => place.chosen),
      app.service,
      facts,
    ),
  );
  if (!app.health) found.push(`apps.${app.name} has no health check: a host counts as good once it runs`);
  return found;
}

function placeNotes(place: PlannedPlace, request: RestartRequest, facts: RestartFacts): string[] {
  const { room, chosen, capacity, windows, batches } = place;
  const found: string[] = [];
  if (!facts.balancers.has(room))
    found.push(
      `apps.${request.app.name} has no balancer in room ${room}: requests meet hosts as they restart`,
    );
  const left = chosen.filter((host) => leftBy(host, place, facts) !== undefined);
  if (left.length > 0) {
    const operations = [...new Set(left.map((host) => leftBy(host, place, facts)))];
    found.push(
      `${fold(left.map(({ name }) => name))} ${left.length === 1 ? 'was' : 'were'} left out of traffic by operation ${operations.join(', ')}: restarted first, and ${left.length === 1 ? 'joins' : 'join'} again`,
    );
  }
  const kept = chosen.flatMap(({ name }) => facts.keptOut.get(name) ?? []);
  found.push(...keptOutWords(kept).map((words) => `${words}: restarted, and kept out`));
  const isOut = (host: Host) => !joins(host, place, facts) && !facts.keptOut.has(host.name);
  const out = chosen.filter(isOut).map(({ name }) => name);
  if (out.length > 0)
    found.push(
      `${fold(out)} ${are(out)} out of traffic at ${balancerNames(room, facts)}, and ${out.length === 1 ? 'stays' : 'stay'} out`,
    );
  const sick = chosen.filter(
    (host) => isSick(host, facts) && isWanted(host, place, facts) && !isStopped(host, facts),
  );
  const lost = sick.filter((host) => !isServing(host, place, facts)).map(({ name }) => name);
  if (lost.length > 0)
    found.push(`${fold(lost)} ${are(lost)} unhealthy now: restarted first, as nothing is lost`);
  const disputed = sick.filter((host) => isServing(host, place, facts));
  if (disputed.length > 0) found.push(disputedNote(disputed, facts));
  const asked = request.window ?? Math.max(...batches);
  const most = Math.max(...windows);
  if (
    (request.window !== undefined || request.batchSizes.length > 0) &&
    most < Math.min(asked, chosen.length)
  )
    found.push(
      `--keep ${amount(request.keep)} lets ${most} of the ${capacity.size} hosts in room ${room} be out at once, not ${asked}`,
    );
  return found;
}

function balancerNames(room: string, { balancers }: RestartFacts): string {
  return fold((balancers.get(room)?.balancers ?? []).map(({ name }) => name));
}

/** Hosts that fail our check, although the balancer sends them requests and they pass its own check. */
function disputedNote(hosts: readonly Host[], { looks }: RestartFacts): string {
  const names = hosts.map(({ name }) => name);
  const look = looks.get(names[0] ?? '');
  const reason = look?.reached && look.health.state !== 'healthy' ? `: ${look.health.reason}` : '';
  return `${fold(names)} ${are(names)} unhealthy by the health check${reason}; the balancer sees ${names.length === 1 ? 'it' : 'them'} up, so ${names.length === 1 ? 'it serves' : 'they serve'} all the same`;
}

function isSick({ name }: Host, { looks }: RestartFacts): boolean {
  const look = looks.get(name);
  return look?.reached === true && look.health.state === 'sick';
}

function unreached(hosts: readonly Host[], { looks }: RestartFacts): string[] {
  return hosts.flatMap(({ name }) => {
    const look = looks.get(name);
    return look?.reached === false ? [look.reason] : [];
  });
}

function amount({ value, percent }: Amount): string {
  return `${value}${percent ? '%' : ''}`;
}

function are(names: readonly string[]): string {
  return names.length === 1 ? 'is' : 'are';
}
