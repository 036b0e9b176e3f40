import type { AppConfig, Config } from '../config/config-types.js';
import { parseDuration } from '../config/duration.js';
import { UsageError } from '../errors.js';
import type { Inventory } from '../inventory/inventory.js';
import { parseApp } from '../inventory/known-names.js';
import { type Selection, selectHosts } from '../inventory/selection.js';
import type { Host } from '../names/host.js';
import { type Amount, parseAmount } from '../plan/amount.js';
import { parseBatchSizes } from '../plan/batches.js';
import { type Budgets, type BudgetWords, parseBudgets } from '../plan/budget.js';

/** The words of the command line. */
export interface RestartWords extends Selection {
  /** `1,5,20%`; undefined: a group in a room is one batch. */
  readonly batch?: string | undefined;
  readonly window?: string | undefined;
  /** Undefined: half of the hosts. */
  readonly keep?: string | undefined;
  /** Undefined: 30 s. */
  readonly drain?: string | undefined;
  readonly budgets: BudgetWords;
}

/** The hosts of one group in one room; some of them will be restarted. */
export interface Place {
  readonly group: string;
  readonly room: string;
  readonly members: readonly Host[];
  readonly chosen: readonly Host[];
}

export interface RestartRequest {
  readonly app: AppConfig;
  /** In the order of the restart: room after room, in each room group after group. */
  readonly places: readonly Place[];
  readonly batchSizes: readonly Amount[];
  /** Hosts that may be out at once; undefined: a whole batch or, without batches, one. */
  readonly window: number | undefined;
  /** How many hosts of a place must serve. */
  readonly keep: Amount;
  readonly drainMs: number;
  readonly budgets: Budgets;
}

const EXAMPLE = 'kuafu restart --app shop --idc B';

/** @throws {UsageError} for a name that the configuration does not know, or an invalid amount */
export function parseRestartRequest(
  words: RestartWords,
  config: Config,
  inventory: Inventory,
): RestartRequest {
  if (words.app === undefined)
    throw new UsageError('which application? Name it with --app', `for example ${EXAMPLE}`);
  const app = parseApp(words.app, config);
  const hosts = selectHosts(words, inventory, EXAMPLE);
  const places = placesAmong(hosts, app, words.group, { config, inventory });
  const count = places.reduce((sum, { chosen }) => sum + chosen.length, 0);
  // Strict, because a restart takes out hosts that serve: an operator who accepts more losses sets other budgets.
  const { failed = '0', unreachable = '0', unhealthy = '0' } = words.budgets;
  return {
    app,
    places,
    batchSizes: words.batch === undefined ? [] : parseBatchSizes(words.batch),
    window: words.window === undefined ? undefined : parseWindow(words.window),
    keep: parseKeep(words.keep ?? '50%'),
    drainMs: parseDrain(words.drain ?? '30s'),
    budgets: parseBudgets({ failed, unreachable, unhealthy }, count),
  };
}

/** The places of an application's hosts, room after room. A host in two groups is in the place of the first. */
export function placesAmong(
  hosts: readonly Host[],
  app: AppConfig,
  only: string | undefined,
  { config, inventory }: { readonly config: Config; readonly inventory: Inventory },
): Place[] {
  const left = new Set(hosts.map(({ name }) => name));
  const groups = [...app.groups.keys()].filter((group) => only === undefined || group === only);
  const places: Place[] = [];
  for (const room of config.rooms.keys())
    for (const group of groups) {
      const members = inventory.members(app.name, group, room);
      const chosen = members.filter(({ name }) => left.delete(name));
      if (chosen.length > 0) places.push({ group, room, members, chosen });
    }
  return places;
}

function parseWindow(text: string): number {
  const window = Number(text);
  if (/^\d{1,5}$/.test(text) && window > 0) return window;
  throw new UsageError(
    `--window is ${JSON.stringify(text)}; it must be how many hosts may be out at once, from 1`,
    'for example: --window 3',
  );
}

export function parseKeep(text: string): Amount {
  const amount = parseAmount(text);
  if (amount !== undefined) return amount;
  throw new UsageError(
    `--keep is ${JSON.stringify(text)}; it must be a number of hosts or a percentage`,
    'for example: --keep 70%',
  );
}

export function parseDrain(text: string): number {
  const parsed = parseDuration(text);
  if ('ms' in parsed) return parsed.ms;
  throw new UsageError(`--drain: ${parsed.problem}`, 'for example --drain 30s');
}
