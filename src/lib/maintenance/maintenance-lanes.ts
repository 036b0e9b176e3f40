import type { Host } from '../names/host.js';
import { laneOn } from '../plan/lane.js';
import type { Lane, Plan, Step } from '../plan/plan.js';
import type { PoolActions } from '../pool/actions.js';
import type { Place } from '../restart/restart-request.js';
import type { TrafficActions } from '../traffic/actions.js';
import type { UnitActions } from '../unit/actions.js';
import type { AppFacts } from './maintenance-facts.js';

/** The actions on hosts that are drained or made ready. */
export type MaintenanceActions = PoolActions | TrafficActions | UnitActions;

/** A host as a member of one of its applications. */
export interface Membership {
  readonly of: AppFacts;
  readonly place: Place;
  readonly host: Host;
}

/** Every chosen host, once for each of its applications. */
export function membershipsOf(apps: readonly AppFacts[]): Membership[] {
  return apps.flatMap((of) =>
    of.places.flatMap((place) => place.chosen.map((host) => ({ of, place, host }))),
  );
}

/**
 * A lane for each host, with the steps of one application after the other. If a host has several applications, its steps name
 * them. A host without a step has no lane.
 */
export function lanesOf(
  memberships: readonly Membership[],
  stepsOf: (membership: Membership) => readonly Step<MaintenanceActions>[],
): Lane<MaintenanceActions>[] {
  const hosts = [...new Set(memberships.map(({ host }) => host.name))];
  return hosts.flatMap((host) => {
    const own = memberships.filter((membership) => membership.host.name === host);
    const steps = own.flatMap((membership) => {
      const { name } = membership.of.app;
      const said = own.length === 1 ? '' : name;
      return stepsOf(membership).map((step) =>
        said === '' ? step : { ...step, id: `${step.id}-${said}`, title: `${step.title} ${said}` },
      );
    });
    return steps.length === 0 ? [] : [laneOn(host, steps)];
  });
}

/** What the plans for several applications have in common. */
export function scopeOf(memberships: readonly Membership[]): Pick<Plan, 'scope' | 'locks' | 'hosts'> {
  const unique = <T>(items: readonly T[]): T[] => [...new Set(items)];
  const places = memberships.map(({ of, place }) => ({ app: of.app.name, ...place }));
  const balancers = memberships.flatMap(
    ({ of, place }) => of.facts.balancers.get(place.room)?.balancers ?? [],
  );
  return {
    scope: {
      apps: unique(places.map(({ app }) => app)),
      groups: unique(places.map(({ group }) => group)),
      rooms: unique(places.map(({ room }) => room)),
    },
    locks: unique(places.map(({ app, group, room }) => `app/${app}/${group}/${room}`)),
    hosts: unique([...places.flatMap(({ members }) => members), ...balancers]),
  };
}
