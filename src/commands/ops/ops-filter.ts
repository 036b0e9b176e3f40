import type { Config } from '../../lib/config/config-types.js';
import { UsageError } from '../../lib/errors.js';
import { buildInventory } from '../../lib/inventory/inventory.js';
import type { Ledger, OperationFilter } from '../../lib/ledger/ledger.js';
import { didYouMean } from '../../lib/names/suggest.js';
import { momentOf } from '../moment.js';

/** The flags that limit both a list and statistics. */
export interface FilterFlags {
  readonly operator?: string;
  readonly launched?: OperationFilter['launched'];
  readonly kind?: string;
  readonly host?: string;
  readonly app?: string;
  readonly idc?: string;
  readonly room?: string;
  readonly since?: string;
  readonly until?: string;
  readonly csv?: boolean;
}

/** @throws UsageError when two flags contradict each other, or one is not a valid node set or time */
export function filterOf(flags: FilterFlags, now: Date, config: Config): OperationFilter {
  const { operator, launched, kind, app, idc, room, host, since, until } = flags;
  if (idc !== undefined && room !== undefined && idc !== room)
    throw new UsageError(`--idc ${idc} and --room ${room} name two rooms`, 'give one of them');
  const wanted = idc ?? room;
  return {
    ...(operator === undefined ? {} : { operator }),
    ...(launched === undefined ? {} : { launched }),
    ...(kind === undefined ? {} : { kind }),
    ...(app === undefined ? {} : { app }),
    ...(wanted === undefined ? {} : { room: wanted }),
    ...(host === undefined ? {} : { hosts: buildInventory(config, []).names(host) }),
    ...(since === undefined ? {} : { since: momentOf('--since', since, now) }),
    ...(until === undefined ? {} : { until: momentOf('--until', until, now) }),
  };
}

/** @throws UsageError when `--json` and `--csv` are given: stdout can have only one of them */
export function refuseTwoForms(json: boolean, csv: boolean | undefined): void {
  if (json && csv === true) throw new UsageError('--json and --csv are two forms', 'give one of them');
}

/** A name that is only in the ledger (an app that left the configuration) is also known. */
export async function refuseUnknown(
  { kind, app, room }: OperationFilter,
  ledger: Ledger,
  config: Config,
): Promise<void> {
  const recorded = await ledger.list({});
  const apps = [...config.apps.keys(), ...recorded.map((operation) => operation.app)];
  const kinds = ['scale', 'undo', ...recorded.map((operation) => operation.kind)];
  const rooms = [...config.rooms.keys(), ...recorded.map((operation) => operation.room)];
  for (const [noun, wanted, known] of [
    ['kind', kind, new Set(kinds)],
    ['app', app, new Set(apps)],
    ['room', room, new Set(rooms)],
  ] as const) {
    if (wanted === undefined || known.has(wanted)) continue;
    throw new UsageError(
      `there is no ${noun} ${JSON.stringify(wanted)}${didYouMean(wanted, known)}`,
      `${noun}s: ${[...known].join(', ')}`,
    );
  }
}

/** Nothing was there to be found, or nothing that was asked for. */
export function nothingFound(filter: OperationFilter): string {
  return Object.keys(filter).length === 0 ? 'no operation yet' : 'no operation matches';
}
