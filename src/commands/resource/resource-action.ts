import type { Command } from 'commander';
import type { Config } from '../../lib/config/config-types.js';
import { RefusedError, UsageError } from '../../lib/errors.js';
import type { Inventory } from '../../lib/inventory/inventory.js';
import { type PoolState, poolOf } from '../../lib/inventory/pool.js';
import { jsonText } from '../../lib/json-text.js';
import type { TakenSpare } from '../../lib/ledger/ledger.js';
import { currentOwner } from '../../lib/ledger/owner.js';
import { fold } from '../../lib/names/nodeset.js';
import { didYouMean } from '../../lib/names/suggest.js';
import { quoteWord } from '../../lib/shell/quote.js';
import { breakSentences } from '../../lib/ui/frame/break-sentences.js';
import { painter } from '../../lib/ui/frame/colour.js';
import { out, say, tell } from '../../lib/ui/frame/output.js';
import { page } from '../../lib/ui/frame/pager.js';
import { stdoutColumns } from '../../lib/ui/frame/screen-width.js';
import { poolDocument, releasedDocument } from '../../lib/ui/inventory/pool-json.js';
import {
  renderPool,
  renderPoolCsv,
  renderPoolHosts,
  renderPoolSummary,
  renderReleased,
  renderReleasedReservations,
} from '../../lib/ui/inventory/pool-view.js';
import { askConfirm, canAsk } from '../confirm.js';
import { openContext } from '../context.js';
import { type GlobalOptions, globalOptions } from '../global-options.js';
import { refuseTwoForms } from '../ops/ops-filter.js';

export interface PoolFlags {
  readonly idc?: string;
  readonly room?: string;
  readonly state?: PoolState;
  readonly unfit?: boolean;
  readonly hosts?: boolean;
  readonly csv?: boolean;
}

const SHOWS = 'kuafu resource list --hosts shows them';

/** `kuafu resource list` */
export async function listPool(flags: PoolFlags, command: Command): Promise<void> {
  refuseTwoForms(globalOptions(command).json, flags.csv);
  const state = wantedState(flags);
  const { config, ledger, inventory, options } = await openContext(command, 'unneeded', 'read');
  try {
    const rooms = wantedRooms(flags, config);
    const all = poolOf(inventory.hosts.values(), await ledger.takenSpares());
    const pool = all.filter((host) => rooms.includes(host.room));
    const shown = state === undefined ? pool : pool.filter((host) => host.state === state);
    if (options.json) return out(jsonText(poolDocument(rooms, pool, shown)));
    if (flags.csv === true) return out(renderPoolCsv(shown));
    const released = (await ledger.releasedReservations()).filter(({ room }) => rooms.includes(room));
    const view = { now: new Date(), width: stdoutColumns(), paint: painter('stdout') };
    const parts = [breakSentences(renderPoolSummary(rooms, pool), view.width)];
    if (shown.length > 0)
      parts.push(flags.hosts === true ? renderPoolHosts(shown, view) : renderPool(shown, view));
    if (released.length > 0) parts.push(renderReleasedReservations(released, view));
    await page(parts.join('\n\n'), options.pager);
    if (shown.length === 0) say(pool.length === 0 ? 'there is no spare host' : 'no host matches');
  } finally {
    await ledger.close();
  }
}

/** `kuafu resource release HOST...` */
export async function releaseSpares(words: readonly string[], command: Command): Promise<void> {
  const access = globalOptions(command).dryRun ? 'rehearse' : 'write';
  const { ledger, inventory, options } = await openContext(command, 'unneeded', access);
  try {
    const hosts = namedHosts(words, inventory);
    const taken = await ledger.takenSpares();
    refuseOthers(hosts, inventory, taken);
    await confirmOthers(
      taken.filter((row) => hosts.includes(row.host)),
      options,
    );
    const rows = await ledger.putBack(hosts, currentOwner().operator, options.dryRun);
    const alreadyFree = hosts.filter((host) => !rows.some((row) => row.host === host));
    if (options.json) return out(jsonText(releasedDocument(rows, alreadyFree, options.dryRun)));
    if (options.dryRun) say('a dry run: nothing was changed');
    tell(renderReleased(rows, alreadyFree, options.dryRun));
  } finally {
    await ledger.close();
  }
}

/** Releasing spares that another operator reserved by hand needs a confirmation, because that operator counts on them. */
async function confirmOthers(rows: readonly TakenSpare[], options: GlobalOptions): Promise<void> {
  const me = currentOwner().operator;
  const others = rows.filter(({ byHand }) => byHand !== undefined && byHand.operator !== me);
  if (others.length === 0 || options.yes || options.dryRun) return;
  const what = others.map(({ host, byHand }) => `${host} (${byHand?.operator})`).join(', ');
  if (!canAsk())
    throw new RefusedError(`reserved by somebody else: ${what}`, 'add --yes to release them all the same');
  if (!(await askConfirm(`Release what somebody else has reserved: ${what}?`)))
    throw new RefusedError('not confirmed; nothing was changed');
}

/**
 * The hosts that the words name; each word is a node set. Some hosts may be known only to the ledger.
 * @throws UsageError when no host is left
 */
export function namedHosts(words: readonly string[], inventory: Inventory): string[] {
  const hosts = [...new Set(words.flatMap((word) => inventory.names(word)))];
  if (hosts.length > 0) return hosts;
  throw new UsageError(`${words.join(' ')} leaves no host`, SHOWS);
}

export function refuseOthers(
  hosts: readonly string[],
  inventory: Inventory,
  rows: readonly TakenSpare[],
): void {
  const spares = poolOf(inventory.hosts.values(), rows).map((host) => host.host);
  const others = hosts.filter((host) => !spares.includes(host));
  const [first] = others;
  if (first === undefined) return;
  const meant = inventory.hosts.has(first) ? '' : didYouMean(first, spares);
  const declared = others.filter((host) => inventory.hosts.get(host)?.role === 'member');
  throw new UsageError(
    others.length === 1 ? `${first} is no spare host${meant}` : `these are no spare hosts: ${fold(others)}`,
    declared.length === 0 ? SHOWS : outOfTraffic(declared),
  );
}

/** What to type for a host that is in use by the configuration: it was never in the pool. */
function outOfTraffic(hosts: readonly string[]): string {
  const names = fold(hosts);
  return `the configuration has ${names} in use; out of traffic for a while: kuafu traffic drain ${quoteWord(names)}`;
}

function wantedState({ state, unfit }: PoolFlags): PoolState | undefined {
  if (unfit === true && state !== undefined && state !== 'unfit')
    throw new UsageError(`--unfit and --state ${state} name two states`, 'give one of them');
  return unfit === true ? 'unfit' : state;
}

export function wantedRooms(
  { idc, room }: Pick<PoolFlags, 'idc' | 'room'>,
  config: Config,
): readonly string[] {
  if (idc !== undefined && room !== undefined && idc !== room)
    throw new UsageError(`--idc ${idc} and --room ${room} name two rooms`, 'give one of them');
  const wanted = idc ?? room;
  const known = [...config.rooms.keys()];
  if (wanted === undefined) return known;
  if (known.includes(wanted)) return [wanted];
  throw new UsageError(
    `there is no room ${JSON.stringify(wanted)}${didYouMean(wanted, known)}`,
    `rooms: ${known.join(', ')}`,
  );
}
