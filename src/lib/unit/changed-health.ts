import type { AppConfig, HealthCheck } from '../config/config-types.js';
import { healthUrl } from '../host/health-check.js';
import type { Plan } from '../plan/plan.js';
import { isHealth } from './actions.js';

/** What an operator calls the parts of a check that are no URL: as they are in the configuration. */
const NAMES: Readonly<Partial<Record<keyof HealthCheck, string>>> = {
  status: 'status',
  host: 'host',
  ca: 'ca',
  insecure: 'insecure',
  passes: 'passes',
  everyMs: 'every',
  timeoutMs: 'timeout',
  withinMs: 'within',
};

/**
 * How the health check of the configuration differs from the one in a stored plan, which a resume goes by, in words. Empty if
 * it does not, or if the plan checks nobody. An older plan lacks some parts; those are not compared.
 */
export function changedHealth(
  { stages, hosts, scope }: Pick<Plan, 'stages' | 'hosts' | 'scope'>,
  apps: ReadonlyMap<string, Pick<AppConfig, 'health'>>,
): string {
  const [app] = scope.apps.map((name) => apps.get(name));
  const lanes = stages.flatMap((stage) => [...stage.lanes, ...stage.standby]);
  for (const { host: name, steps } of lanes) {
    const health = steps.map(({ action }) => action).find(isHealth);
    const host = hosts.find((each) => each.name === name);
    if (health === undefined || host === undefined || app === undefined) continue;
    if (app.health === undefined) return `the plan asks ${health.url}, the configuration has no health check`;
    const url = healthUrl(app.health, host);
    if (url !== health.url) return `the plan asks ${health.url}, the configuration says ${url}`;
    const others = changedParts(health.check, app.health);
    return others.length === 0 ? '' : `the plan has another value for ${others.join(', ')}`;
  }
  return '';
}

function changedParts(planned: HealthCheck, now: HealthCheck): string[] {
  const keys = Object.keys(NAMES) as (keyof HealthCheck)[];
  return keys.flatMap((key) => {
    const isSame = JSON.stringify(planned[key]) === JSON.stringify(now[key]);
    return planned[key] === undefined || isSame ? [] : [NAMES[key] ?? key];
  });
}
