import type { AppConfig } from '../config/config-types.js';
import type { Plan } from '../plan/plan.js';
import { type EnvValue, isEnv } from './actions.js';
import { envOfRoom } from './env-file.js';

const MOST_NAMES = 5;

/**
 * The names of values that the environment of the configuration has otherwise than a stored plan, which a resume writes. In words,
 * without any value; empty if there are none, or if the plan writes no such file.
 */
export function changedEnv(
  { stages, hosts, scope }: Pick<Plan, 'stages' | 'hosts' | 'scope'>,
  apps: ReadonlyMap<string, Pick<AppConfig, 'env'>>,
): string {
  const [env] = scope.apps.map((name) => apps.get(name)?.env);
  if (env === undefined) return '';
  const rooms = new Map(hosts.map(({ name, room }) => [name, room]));
  const lanes = stages.flatMap((stage) => [...stage.lanes, ...stage.standby]);
  const names = lanes.flatMap(({ host, steps }) =>
    steps
      .map(({ action }) => action)
      .filter(isEnv)
      .flatMap(({ values }) => differing(values, envOfRoom(env, rooms.get(host ?? '') ?? ''))),
  );
  const all = [...new Set(names)].sort();
  const shown = all.slice(0, MOST_NAMES).join(', ');
  if (all.length <= MOST_NAMES) return shown;
  return `${shown} and ${all.length - MOST_NAMES} more`;
}

function differing(planned: readonly EnvValue[], now: readonly EnvValue[]): string[] {
  const [then, today] = [planned, now].map(
    (values) => new Map(values.map(({ name, value }) => [name, JSON.stringify(value)])),
  );
  const names = [...(then?.keys() ?? []), ...(today?.keys() ?? [])];
  return names.filter((name) => then?.get(name) !== today?.get(name));
}
