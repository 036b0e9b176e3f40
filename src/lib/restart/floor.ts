import type { AppConfig } from '../config/config-types.js';
import { fold } from '../names/fold.js';
import type { Amount } from '../plan/amount.js';
import type { Risk } from '../plan/plan.js';
import { refusal } from '../plan/risk.js';
import type { CapacityFloor } from '../traffic/actions.js';
import { capacityOf, countedOn, isCounted, isServing, leastOf } from './capacity.js';
import type { RestartFacts } from './restart-facts.js';
import type { Place } from './restart-request.js';

/** The floor when hosts leave for good: no host will come back, so there is no wait. */
export function floorOf(
  { service, health }: AppConfig,
  place: Pick<Place, 'members' | 'room'>,
  keep: Amount,
  facts: RestartFacts,
): CapacityFloor {
  const members = countedOn(place, facts);
  return {
    least: leastOf(keep, members.length),
    members: fold(members.map(({ name }) => name)),
    unit: service,
    check: health ?? null,
    withinMs: 0,
  };
}

/** Why the chosen hosts of a place must not all be out at once, with the number that works. */
export function floorRefusal(
  { name: app }: AppConfig,
  place: Place,
  keep: Amount,
  facts: RestartFacts,
): Risk[] {
  const { members, chosen, group, room } = place;
  const leaving = chosen.filter((host) => isServing(host, place, facts));
  if (leaving.length === 0) return [];
  const left = members.filter((host) => isCounted(host, place, facts) && !chosen.includes(host));
  const { size, least, missing } = capacityOf(place, keep, facts);
  if (left.length >= least) return [];
  const others = missing.filter((name) => !chosen.some((host) => host.name === name));
  const sick =
    others.length === 0 ? '' : `, of which ${fold(others)} ${others.length === 1 ? 'does' : 'do'} not serve`;
  const works = keep.percent ? `${Math.floor((left.length * 100) / size)}%` : `${left.length}`;
  const asked = `${keep.value}${keep.percent ? '%' : ''}`;
  const names = fold(leaving.map(({ name }) => name));
  return [
    refusal(
      `${app}/${group} in room ${room} has ${size} ${size === 1 ? 'host' : 'hosts'}${sick}: without ${names} ${left.length === 0 ? 'none' : left.length} would serve, and --keep ${asked} is ${least}; --keep ${works} takes ${leaving.length === 1 ? 'it' : 'them'} out all the same${left.length > 0 ? '' : ', and then nobody serves requests there'}`,
      works,
    ),
  ];
}
