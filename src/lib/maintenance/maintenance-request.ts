import type { AppConfig, Config } from '../config/config-types.js';
import { UsageError } from '../errors.js';
import type { Inventory } from '../inventory/inventory.js';
import { parseApp } from '../inventory/known-names.js';
import { type Selection, selectHosts } from '../inventory/selection.js';
import { fold } from '../names/fold.js';
import type { Host } from '../names/host.js';
import type { Amount } from '../plan/amount.js';
import { type Place, parseDrain, parseKeep, placesAmong } from '../restart/restart-request.js';
import { quoteWord } from '../shell/quote.js';

/** The words of the command line. */
export interface MaintenanceWords extends Selection {
  /** Undefined: half of the hosts. */
  readonly keep?: string | undefined;
  /** Undefined: 30 s. */
  readonly drain?: string | undefined;
}

/** The hosts of one application. A host of two applications is in two of these. */
export interface AppPlaces {
  readonly app: AppConfig;
  readonly places: readonly Place[];
}

export interface MaintenanceRequest {
  readonly hosts: readonly Host[];
  readonly apps: readonly AppPlaces[];
  /** How many hosts of a group in a room must serve without the drained ones. */
  readonly keep: Amount;
  readonly drainMs: number;
}

/** @throws {UsageError} for a name that the configuration does not know, a host that is in no group, or an invalid amount */
export function parseMaintenance(
  words: MaintenanceWords,
  example: string,
  config: Config,
  inventory: Inventory,
): MaintenanceRequest {
  const hosts = selectHosts(words, inventory, example);
  const apps = words.app === undefined ? [...config.apps.values()] : [parseApp(words.app, config)];
  const found = apps.map((app) => ({
    app,
    places: placesAmong(hosts, app, words.group, { config, inventory }),
  }));
  refuseStrangers(hosts, found, words, example);
  return {
    hosts,
    apps: found.filter(({ places }) => places.length > 0),
    keep: parseKeep(words.keep ?? '50%'),
    drainMs: parseDrain(words.drain ?? '30s'),
  };
}

function refuseStrangers(
  hosts: readonly Host[],
  found: readonly AppPlaces[],
  { nodeSets }: Pick<MaintenanceWords, 'nodeSets'>,
  example: string,
): void {
  const known = new Set(found.flatMap(({ places }) => places.flatMap(({ chosen }) => chosen)));
  const strangers = hosts.filter((host) => !known.has(host));
  if (strangers.length === 0) return;
  const names = fold(strangers.map(({ name }) => name));
  const [are, what] =
    strangers.length === 1
      ? ['is', strangers[0]?.role === 'spare' ? 'a spare host: no balancer sends it requests' : '']
      : ['are', ''];
  throw new UsageError(
    `${names} ${are} ${what === '' ? 'in no group of an application: no balancer sends requests there' : what}`,
    known.size === 0
      ? 'kuafu traffic status shows who is in traffic'
      : `without ${strangers.length === 1 ? 'it' : 'them'}: ${example.slice(0, example.lastIndexOf(' '))} ${quoteWord(onlyKnown(found, nodeSets))}`,
  );
}

/** The chosen hosts that are in a group: by the node set that was given, where one application has them all. */
function onlyKnown(found: readonly AppPlaces[], nodeSets: readonly string[] = []): string {
  const apps = found.filter(({ places }) => places.length > 0);
  const [set = ''] = nodeSets;
  if (apps.length === 1 && nodeSets.length === 1 && /^@[a-z]+:[\w-]+$/.test(set))
    return `${set}&@app:${apps[0]?.app.name}`;
  return fold(apps.flatMap(({ places }) => places.flatMap(({ chosen }) => chosen.map(({ name }) => name))));
}
