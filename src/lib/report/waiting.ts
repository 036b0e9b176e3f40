import type { AppConfig, Config } from '../config/config-types.js';
import type { Inventory } from '../inventory/inventory.js';
import type { Ledger } from '../ledger/ledger.js';
import { readNotStarted, startCommand, type Trace } from '../unit/not-started.js';
import { placesOf } from './places.js';
import type { HostAnswer } from './read-hosts.js';
import type { Finding } from './resources.js';

/** Hosts of an application whose service does not run, because an expansion has installed it and it was not started yet. */
export interface Waiting {
  readonly app: AppConfig;
  readonly hosts: ReadonlySet<string>;
}

/**
 * By application; applications without such hosts are left out.
 *
 * @param isKnown whether a balancer of the application knows the host, where balancers were asked
 */
export async function readWaiting(
  answers: readonly HostAnswer[],
  config: Config,
  inventory: Inventory,
  ledger: Pick<Ledger, 'list' | 'show'>,
  isKnown: (app: string, host: string) => boolean = () => false,
): Promise<readonly Waiting[]> {
  const places = placesOf(config, inventory);
  const waiting = [...config.apps.values()].map(async (app): Promise<Waiting> => {
    const traces = answers.flatMap(({ host, reading }): Trace[] => {
      if (!places.get(host)?.some((place) => place.app === app.name)) return [];
      const unit = reading?.units.find((each) => each.unit === app.service);
      return unit === undefined ? [] : [{ host, hasRun: unit.hasRun || isKnown(app.name, host) }];
    });
    return { app, hosts: await readNotStarted(traces, app.name, ledger) };
  });
  return (await Promise.all(waiting)).filter(({ hosts }) => hosts.size > 0);
}

/** A service that waits for its first start was left stopped on purpose, so it is no finding. */
export function withoutWaiting(findings: readonly Finding[], waiting: readonly Waiting[]): Finding[] {
  return findings.filter(
    ({ host, kind, subject }) =>
      kind !== 'service' ||
      !waiting.some(({ app, hosts }) => hosts.has(host) && subject.startsWith(`${app.service} is `)),
  );
}

/** The commands that start them, one for each application. */
export function startCommands(waiting: readonly Waiting[]): string[] {
  return waiting.map(({ app, hosts }) => startCommand(app.name, hosts));
}
