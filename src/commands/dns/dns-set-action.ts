import type { Command } from 'commander';
import { KINDS } from '../../lib/actions.js';
import type { DnsZone } from '../../lib/config/config-types.js';
import { type DnsFacts, readDnsFacts } from '../../lib/dns/change-facts.js';
import type { ChangeRow, ProposedChange } from '../../lib/dns/change-plan.js';
import { entriesOf, readEntries } from '../../lib/dns/entries.js';
import { planDnsPrepare } from '../../lib/dns/prepare-plan.js';
import { planDnsSet } from '../../lib/dns/set-plan.js';
import { type DnsRequest, parseDnsHealth, parseDnsSet, parseDnsUnset } from '../../lib/dns/set-request.js';
import { planDnsSwitch } from '../../lib/dns/switch-plan.js';
import { type DnsSwitchWords, parseDnsPrepare, parseDnsSwitch } from '../../lib/dns/switch-request.js';
import { planDnsUndo, requireDnsOperation, zonesOfRecord } from '../../lib/dns/undo-plan.js';
import { roomOf } from '../../lib/inventory/selection.js';
import { requireAsMade } from '../../lib/plan/checksum.js';
import { requireKnownKinds } from '../../lib/plan/known-kinds.js';
import { renderChanges } from '../../lib/ui/dns/change-view.js';
import { painter } from '../../lib/ui/frame/colour.js';
import { out, sayWhole } from '../../lib/ui/frame/output.js';
import { stderrColumns, stdoutColumns } from '../../lib/ui/frame/screen-width.js';
import { openPlanConnections } from '../connections.js';
import { type Context, openContext } from '../context.js';
import { whilePlanning } from '../planning.js';
import { proposeUnlessDone } from '../propose.js';

interface ChangeFlags {
  readonly checksum?: string;
}

interface NameFlags extends ChangeFlags {
  readonly class?: string;
  readonly ttl?: string;
}

export interface DnsSetFlags extends NameFlags {
  readonly to?: string;
  readonly weights?: string;
  readonly steady?: boolean;
}

export interface DnsHealthFlags extends NameFlags {
  readonly allDown?: string;
}

export interface DnsUnsetFlags extends NameFlags {
  readonly idc?: string;
  readonly room?: string;
}

export interface DnsSwitchFlags extends ChangeFlags, DnsSwitchWords {}

export type DnsUndoFlags = ChangeFlags;

/** `kuafu dns set NAMES` */
export async function setNames(
  names: readonly string[],
  flags: DnsSetFlags,
  command: Command,
): Promise<void> {
  await changeNames(({ config }) => parseDnsSet({ ...flags, names }, config), flags, command);
}

/** `kuafu dns unset NAMES` */
export async function unsetNames(
  names: readonly string[],
  flags: DnsUnsetFlags,
  command: Command,
): Promise<void> {
  const room = roomOf(flags);
  await changeNames(({ config }) => parseDnsUnset({ ...flags, room, names }, config), flags, command);
}

/** `kuafu dns health enable NAMES`, `kuafu dns health disable NAMES` */
export async function judgeNames(
  names: readonly string[],
  flags: DnsHealthFlags,
  isJudged: boolean,
  command: Command,
): Promise<void> {
  await changeNames(({ config }) => parseDnsHealth({ ...flags, names }, isJudged, config), flags, command);
}

/** `kuafu dns switch` */
export async function switchNames(flags: DnsSwitchFlags, command: Command): Promise<void> {
  await change(flags, command, async ({ config }) => {
    if (flags.prepare) {
      const request = parseDnsPrepare(flags, config);
      return {
        zones: request.zones,
        planBy: (facts) => planDnsPrepare(request, facts),
        done: `no such name leads to ${request.from} with a TTL above ${request.ttlSeconds}s: a switch is quick now`,
      };
    }
    const request = parseDnsSwitch(flags, config);
    const entries = await readEntries(entriesOf(request));
    return {
      zones: request.zones,
      planBy: (facts) => planDnsSwitch(request, facts, entries),
      done: `no such name leads to ${request.from}`,
    };
  });
}

/** `kuafu dns undo OP` */
export async function undoNames(id: string, flags: DnsUndoFlags, command: Command): Promise<void> {
  await change(flags, command, async (context) => {
    const record = await context.ledger.show(id);
    requireAsMade(record);
    requireKnownKinds(record, KINDS);
    requireDnsOperation(record);
    return {
      zones: zonesOfRecord(record, context.config.dns),
      planBy: (facts) => planDnsUndo(record, facts),
      done: `nothing of operation ${record.id} is left to take back`,
    };
  });
}

async function changeNames(
  parse: (context: Context) => DnsRequest,
  flags: ChangeFlags,
  command: Command,
): Promise<void> {
  await change(flags, command, async (context) => {
    const request = parse(context);
    return {
      zones: request.zones,
      planBy: (facts) => planDnsSet(request, facts),
      done: 'the records are as asked for at every authority',
    };
  });
}

interface Wanted {
  readonly zones: readonly DnsZone[];
  readonly planBy: (facts: DnsFacts) => ProposedChange;
  /** What to say when nothing has to be changed. */
  readonly done: string;
}

/** request → facts → plan → confirm → run. */
async function change(
  { checksum }: ChangeFlags,
  command: Command,
  wantedIn: (context: Context) => Promise<Wanted>,
): Promise<void> {
  const context = await openContext(command, 'unneeded');
  try {
    const { zones, planBy, done } = await wantedIn(context);
    const connections = await openPlanConnections(context);
    try {
      const facts = await whilePlanning(`kuafu ${typedVerb(command)}`, () =>
        readDnsFacts(zones, { ...context, connections }, context.ledger),
      );
      const { plan, rows, hint } = planBy(facts);
      showChanges(rows, context);
      await proposeUnlessDone({ plan, checksum, refusedHint: hint, done }, context, connections);
    } finally {
      await connections.close();
    }
  } finally {
    await context.ledger.close();
  }
}

/** `dns set`, `dns health enable` */
function typedVerb(command: Command): string {
  const words: string[] = [];
  for (let each: Command | null = command; each?.parent; each = each.parent) words.unshift(each.name());
  return words.join(' ');
}

/** Before the plan, because it is what the operator confirms. */
function showChanges(rows: readonly ChangeRow[], { options }: Context): void {
  if (rows.length === 0 || options.json || (options.yes && !options.dryRun)) return;
  const print = options.dryRun ? out : sayWhole;
  const width = options.dryRun ? stdoutColumns() : stderrColumns();
  print(`${renderChanges(rows, { width, paint: painter(options.dryRun ? 'stdout' : 'stderr') })}\n`);
}
