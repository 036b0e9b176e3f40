import type { AppConfig, Config } from '../config/config-types.js';
import { UsageError } from '../errors.js';
import type { Inventory } from '../inventory/inventory.js';
import { parseApp, parseGroup, parseRoom } from '../inventory/known-names.js';
import type { Host } from '../names/host.js';
import { type Bounds, type BoundWords, parseBounds } from '../plan/bounds.js';

/** The words of the command line, or the answers to the questions; all still strings. */
export interface ScaleWords extends BoundWords {
  readonly app: string;
  readonly group: string;
  readonly idc: string;
  readonly count: string;
  readonly templateIp: string;
  readonly init: string;
  readonly start: boolean;
  readonly oneHop?: boolean;
  readonly replace?: boolean;
  readonly limitRate?: string;
}

/** An expansion with every name looked up. */
export interface ScaleRequest extends Bounds {
  readonly app: AppConfig;
  readonly group: string;
  readonly room: string;
  readonly count: number;
  readonly template: Host;
  readonly init: string;
  readonly start: boolean;
  /** Copies go through this machine. */
  readonly oneHop: boolean;
  /** Files at the app's paths on a new host that kuafu did not bring may be deleted. */
  readonly replace: boolean;
  /** The most that a host may send to the next, in bytes a second. */
  readonly bytesPerSecond?: number;
}

const MAX_COUNT = 10_000;

/** @throws {UsageError} for a name that the configuration does not know, or an invalid count */
export function parseScaleRequest(words: ScaleWords, config: Config, inventory: Inventory): ScaleRequest {
  const app = parseApp(words.app, config);
  const count = parseCount(words.count);
  return {
    app,
    group: parseGroup(words.group, app),
    room: parseRoom(words.idc, config),
    count,
    template: parseTemplate(words.templateIp, inventory),
    init: words.init,
    start: words.start,
    oneHop: words.oneHop ?? false,
    replace: words.replace ?? false,
    ...(words.limitRate === undefined ? {} : { bytesPerSecond: parseRate(words.limitRate) }),
    ...parseBounds(words, count),
  };
}

/**
 * Checks the words that are given, before the missing ones are asked for.
 * @throws {UsageError} like parseScaleRequest
 */
export function checkScaleWords(words: Partial<ScaleWords>, config: Config, inventory: Inventory): void {
  const { app, group, idc, count, templateIp, limitRate } = words;
  const apps = app === undefined ? [...config.apps.values()] : [parseApp(app, config)];
  const [first] = apps;
  if (group !== undefined && first !== undefined && !apps.some(({ groups }) => groups.has(group)))
    parseGroup(group, first);
  if (idc !== undefined) parseRoom(idc, config);
  if (count !== undefined) parseCount(count);
  if (templateIp !== undefined) parseTemplate(templateIp, inventory);
  if (limitRate !== undefined) parseRate(limitRate);
}

export function parseCount(text: string): number {
  const count = Number(text);
  if (/^\d+$/.test(text) && count >= 1 && count <= MAX_COUNT) return count;
  throw new UsageError(
    `the count is ${JSON.stringify(text)}; it must be a whole number from 1 to ${MAX_COUNT}`,
    'for example: --count 4',
  );
}

const RATE_UNITS: ReadonlyMap<string, number> = new Map([
  ['', 1],
  ['k', 1e3],
  ['K', 1e3],
  ['M', 1e6],
  ['G', 1e9],
]);

const MOST_RATE = 1e12;

/** `20M` is 20,000,000 bytes a second. */
function parseRate(text: string): number {
  const match = /^(\d{1,12}(?:\.\d{1,3})?)([kKMG]?)$/.exec(text);
  const bytes = Number(match?.[1]) * (RATE_UNITS.get(match?.[2] ?? '') ?? 1);
  if (bytes >= 1 && bytes <= MOST_RATE) return Math.floor(bytes);
  throw new UsageError(
    `--limit-rate is ${JSON.stringify(text)}; it must be bytes a second, from 1 to 1000G`,
    'for example: --limit-rate 20M',
  );
}

export function parseTemplate(address: string, inventory: Inventory): Host {
  const host = inventory.hosts.get(address) ?? inventory.byAddress(address);
  if (!host)
    throw new UsageError(
      `the template ${JSON.stringify(address)} is no host of the configuration`,
      'give the address of a host that runs the application, as it stands under rooms.*.hosts',
    );
  if (host.role === 'spare')
    throw new UsageError(
      `the template ${host.name} (${address}) is a spare host: there is nothing on it to copy`,
      'give the address of a host that runs the application',
    );
  return host;
}
