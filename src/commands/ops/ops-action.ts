import type { Command } from 'commander';
import type { Config } from '../../lib/config/config-types.js';
import { RefusedError } from '../../lib/errors.js';
import { jsonText } from '../../lib/json-text.js';
import type { Ledger, OperationRecord } from '../../lib/ledger/ledger.js';
import type { LedgerAccess } from '../../lib/ledger/open.js';
import { currentOwner } from '../../lib/ledger/owner.js';
import { fold } from '../../lib/names/fold.js';
import { painter } from '../../lib/ui/frame/colour.js';
import { out, say, tell } from '../../lib/ui/frame/output.js';
import { page } from '../../lib/ui/frame/pager.js';
import { stdoutColumns } from '../../lib/ui/frame/screen-width.js';
import { shown, shownText } from '../../lib/ui/frame/shown.js';
import { closedDocument, eventDocuments, operationDocument } from '../../lib/ui/ops/ops-json.js';
import { renderClosed, renderOperation } from '../../lib/ui/ops/ops-view.js';
import { renderWhereabouts } from '../../lib/ui/run/whereabouts.js';
import { askConfirm } from '../confirm.js';
import { openWriteConnections } from '../connections.js';
import { readConfig } from '../context.js';
import { globalOptions } from '../global-options.js';

/** `kuafu ops show ID` */
export async function showOperation(id: string, withEvents: boolean, command: Command): Promise<void> {
  await withLedger(command, 'read', async (ledger) => {
    const record = await ledger.show(id);
    const now = new Date();
    const { json, pager } = globalOptions(command);
    if (json && withEvents) {
      for (const line of eventDocuments(record)) out(jsonText(line));
      return;
    }
    if (json) return out(jsonText(operationDocument(record)));
    const view = { now, width: stdoutColumns(), paint: painter('stdout'), events: withEvents };
    await page(renderOperation(record, view), pager);
  });
}

/** `kuafu ops close ID` */
export async function closeOperation(id: string, command: Command): Promise<void> {
  const { json, yes, dryRun } = globalOptions(command);
  await withLedger(command, dryRun ? 'rehearse' : 'write', async (ledger, config) => {
    const owner = currentOwner();
    // A refusal comes here, before the question.
    const rehearsed = await ledger.giveUp(id, owner, true);
    const { id: found, title } = rehearsed.operation;
    if (!dryRun && !yes && !(await askConfirm(`Give up operation ${found} (${shownText(title)}) for good?`)))
      throw new RefusedError('not confirmed; nothing was changed');
    const closed = dryRun ? rehearsed : await ledger.giveUp(found, owner);
    if (!dryRun) await sweepAfter(await ledger.show(found), config, command);
    if (json) return out(jsonText(closedDocument(closed, dryRun)));
    tell(renderClosed(closed, dryRun));
    const { plan, events } = shown(await ledger.show(found));
    const whereabouts = renderWhereabouts(plan, events);
    if (whereabouts !== '')
      out(`as this operation left its hosts:\n${whereabouts}\nwhere they are now: kuafu traffic status`);
  });
}

/** Removes what a copy left on hosts, if they can be reached. On the other hosts the next operation removes it. */
async function sweepAfter(record: OperationRecord, config: Config, command: Command): Promise<void> {
  if (!record.events.some((event) => event.type === 'step-started' && event.step === 'copy')) return;
  const { sweepHosts } = await import('../../lib/copy/sweep.js');
  const { buildInventory } = await import('../../lib/inventory/inventory.js');
  const inventory = buildInventory(config, []);
  const connections = await openWriteConnections({ options: globalOptions(command), config, inventory });
  try {
    const left = await sweepHosts(record, connections);
    if (left.length > 0)
      say(`${fold(left)}: not reached; what a copy may have left there goes with the next operation on it`);
  } finally {
    await connections.close();
  }
}

/** Needs no inventory: the record of an operation has the names of its hosts. */
export async function withLedger(
  command: Command,
  access: LedgerAccess,
  work: (ledger: Ledger, config: Config) => Promise<void>,
): Promise<void> {
  const { openLedger } = await import('../../lib/ledger/open.js');
  const config = await readConfig(globalOptions(command), 'unneeded');
  const ledger = await openLedger(config, access);
  try {
    await work(ledger, config);
  } finally {
    await ledger.close();
  }
}
