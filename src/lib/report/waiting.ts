import type { AppConfig, Config } from '../config/config-types.js';
import type { Inventory } from '../inventory/inventory.js';
import type { Ledger } from '../ledger/ledger.js';
import { readNotStarted, startCommand } from '../unit/not-started.js';
import { placesOf } from './places.js';
import type { HostAnswer } from './read-hosts.js';
import type { Finding } from './resources.js';

/** Hosts of an application whose service does not run, because an expansion has installed it and it was not started yet. */
export interface Waiting {
  readonly app: AppConfig;
  readonly hosts: ReadonlySet<string>;
}

/** By application; applications without such hosts are left out. */
export async function readWaiting(
  answers: readonly HostAnswer[],
  config: Config,
  inventory: Inventory,
  ledger: Pick<Ledger, 'list' | 'show'>,
): Promise<readonly Waiting[]> {
  const places = placesOf(config, inventory);
  const waiting = [...config.apps.values()].map(async (app): Promise<Waiting> => {
    const idle = answers.filter(
      ({ host, reading }) =>
        places.get(host)?.some((place) => place.app === app.name) &&
        reading?.units.some(({ unit, state }) => unit === app.service && state !== 'active'),
    );
    const names = idle.map(({ host }) => host);
    return { app, hosts: await readNotStarted(names, app.name, ledger) };
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
