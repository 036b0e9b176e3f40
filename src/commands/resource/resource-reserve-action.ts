import type { Command } from 'commander';
import { parseDuration } from '../../lib/config/duration.js';
import { UsageError } from '../../lib/errors.js';
import { jsonText } from '../../lib/json-text.js';
import { currentOwner } from '../../lib/ledger/owner.js';
import type { Host } from '../../lib/names/host.js';
import { out, say, tell } from '../../lib/ui/frame/output.js';
import { reservedDocument } from '../../lib/ui/inventory/pool-json.js';
import { renderReserved } from '../../lib/ui/inventory/pool-view.js';
import { type Context, openContext } from '../context.js';
import { globalOptions } from '../global-options.js';
import { namedHosts, refuseOthers, wantedRooms } from './resource-action.js';

export interface ReserveFlags {
  readonly count?: number;
  readonly idc?: string;
  readonly room?: string;
  readonly for: string;
  readonly note?: string;
}

/** The note is shown in a table to other operators, so it is short. */
const LONGEST_NOTE = 200;

/** `kuafu resource reserve HOST... | --count N --idc ROOM` */
export async function reserveSpares(
  words: readonly string[],
  flags: ReserveFlags,
  command: Command,
): Promise<void> {
  const forMs = wantedTime(flags.for);
  refuseHalf(words, flags);
  const access = globalOptions(command).dryRun ? 'rehearse' : 'write';
  const context = await openContext(command, 'unneeded', access);
  const { config, ledger, options } = context;
  try {
    const note = wantedNote(config.secrets.mask(flags.note ?? ''));
    const candidates = await candidatesOf(words, flags, context);
    const count = words.length === 0 ? (flags.count ?? 0) : candidates.length;
    const request = { candidates, count, operator: currentOwner().operator, note, forMs };
    const rows = await ledger.reserve(request, options.dryRun);
    if (options.json) return out(jsonText(reservedDocument(rows, options.dryRun)));
    if (options.dryRun) say('a dry run: nothing was changed');
    tell(renderReserved(rows, options.dryRun));
  } finally {
    await ledger.close();
  }
}

async function candidatesOf(
  words: readonly string[],
  flags: ReserveFlags,
  { config, inventory, ledger }: Context,
): Promise<readonly Pick<Host, 'name' | 'room'>[]> {
  if (words.length === 0) {
    const [room = ''] = wantedRooms(flags, config);
    return inventory.spares(room);
  }
  const named = namedHosts(words, inventory);
  const rows = await ledger.takenSpares();
  refuseOthers(named, inventory, rows);
  return named.map((name) => {
    const room = inventory.hosts.get(name)?.room ?? rows.find((row) => row.host === name)?.room;
    return { name, room: room ?? '' };
  });
}

function refuseHalf(words: readonly string[], { count, idc, room }: ReserveFlags): void {
  const hint = 'kuafu resource reserve new-b-[01-04], or --count 4 --idc B';
  if (words.length === 0 && (count === undefined || (idc ?? room) === undefined))
    throw new UsageError('which hosts are meant is not said', hint);
  if (words.length > 0 && (count !== undefined || (idc ?? room) !== undefined))
    throw new UsageError('hosts are named, so --count and --idc say nothing', hint);
}

function wantedTime(text: string): number {
  const parsed = parseDuration(text);
  if ('problem' in parsed) throw new UsageError(`--for: ${parsed.problem}`, 'such as --for 2h');
  return parsed.ms;
}

function wantedNote(note: string): string {
  if (note.length <= LONGEST_NOTE) return note;
  throw new UsageError(`--note has ${note.length} characters; the most is ${LONGEST_NOTE}`);
}
