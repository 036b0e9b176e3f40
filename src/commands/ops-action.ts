import type { Command } from 'commander';
import type { Config } from '../lib/config/config-types.js';
import { RefusedError, UsageError } from '../lib/errors.js';
import { didYouMean } from '../lib/inventory/suggest.js';
import type { Ledger, OperationFilter } from '../lib/ledger/ledger.js';
import type { LedgerAccess } from '../lib/ledger/open.js';
import { currentOwner } from '../lib/ledger/owner.js';
import { painter } from '../lib/ui/colour.js';
import { closedDocument, operationDocument, operationListDocument } from '../lib/ui/ops-json.js';
import { renderClosed, renderOperation, renderOperationList } from '../lib/ui/ops-view.js';
import { out, say } from '../lib/ui/output.js';
import { stdoutColumns } from '../lib/ui/screen-width.js';
import { askConfirm } from './confirm.js';
import { globalOptions } from './global-options.js';
import type { ListFlags } from './ops.js';

/** `kuafu ops list` */
export async function listOperations(flags: ListFlags, command: Command): Promise<void> {
  const filter = filterOf(flags);
  await withLedger(command, 'read', async (ledger, config) => {
    const found = await ledger.list({ ...filter, limit: flags.limit + 1 });
    if (found.length === 0) await refuseUnknown(filter, ledger, config);
    const shown = found.slice(0, flags.limit);
    const truncated = found.length > shown.length;
    const now = new Date();
    if (globalOptions(command).json) return out(JSON.stringify(operationListDocument(shown, truncated, now)));
    if (shown.length === 0) return say('no operation matches');
    out(renderOperationList(shown, { now, width: stdoutColumns(), paint: painter('stdout') }));
    if (truncated) say(`the ${shown.length} newest; --limit shows more`);
    const [resumable] = shown.filter((operation) => operation.resumable);
    if (resumable !== undefined) say(`can be resumed, for example: kuafu ops resume ${resumable.id}`);
  });
}

/** `kuafu ops show ID` */
export async function showOperation(id: string, withEvents: boolean, command: Command): Promise<void> {
  await withLedger(command, 'read', async (ledger) => {
    const record = await ledger.show(id);
    const now = new Date();
    if (globalOptions(command).json) return out(JSON.stringify(operationDocument(record, withEvents, now)));
    const paint = painter('stdout');
    out(renderOperation(record, { now, width: stdoutColumns(), paint, events: withEvents }));
  });
}

/** `kuafu ops close ID` */
export async function closeOperation(id: string, command: Command): Promise<void> {
  const { json, yes, dryRun } = globalOptions(command);
  await withLedger(command, dryRun ? 'rehearse' : 'write', async (ledger) => {
    const owner = currentOwner();
    // Refused here, if at all, and not after the question.
    const rehearsed = await ledger.abandon(id, owner, true);
    const { id: found, title } = rehearsed.operation;
    if (!dryRun && !yes && !(await askConfirm(`Give up operation ${found} (${title}) for good?`)))
      throw new RefusedError('not confirmed; nothing was changed');
    const closed = dryRun ? rehearsed : await ledger.abandon(found, owner);
    if (json) return out(JSON.stringify(closedDocument(closed, dryRun, new Date())));
    out(renderClosed(closed, dryRun));
  });
}

function filterOf({ mine, state, app, idc, room }: ListFlags): OperationFilter {
  if (idc !== undefined && room !== undefined && idc !== room)
    throw new UsageError(`--idc ${idc} and --room ${room} name two rooms`, 'give one of them');
  const wanted = idc ?? room;
  return {
    ...(mine === true ? { operator: currentOwner().operator } : {}),
    ...(state === undefined ? {} : { state }),
    ...(app === undefined ? {} : { app }),
    ...(wanted === undefined ? {} : { room: wanted }),
  };
}

/** A name that is in the ledger alone (an app that left the configuration) is known, too. */
async function refuseUnknown({ app, room }: OperationFilter, ledger: Ledger, config: Config): Promise<void> {
  const recorded = await ledger.list({});
  const apps = [...config.apps.keys(), ...recorded.map((operation) => operation.app)];
  const rooms = [...config.rooms.keys(), ...recorded.map((operation) => operation.room)];
  for (const [noun, wanted, known] of [
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

/** Needs no inventory: the record of an operation names its hosts itself. */
async function withLedger(
  command: Command,
  access: LedgerAccess,
  work: (ledger: Ledger, config: Config) => Promise<void>,
): Promise<void> {
  const { loadConfig } = await import('../lib/config/load.js');
  const { openLedger } = await import('../lib/ledger/open.js');
  const config = await loadConfig({ file: globalOptions(command).config, secrets: 'unneeded' });
  const ledger = await openLedger(config, access);
  try {
    await work(ledger, config);
  } finally {
    await ledger.close();
  }
}
