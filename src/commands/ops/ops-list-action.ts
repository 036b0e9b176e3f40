import type { Command } from 'commander';
import { jsonText } from '../../lib/json-text.js';
import type { OperationFilter, ShownState } from '../../lib/ledger/ledger.js';
import { currentOwner } from '../../lib/ledger/owner.js';
import { painter } from '../../lib/ui/frame/colour.js';
import { withCommand } from '../../lib/ui/frame/command-line.js';
import { out, say } from '../../lib/ui/frame/output.js';
import { page } from '../../lib/ui/frame/pager.js';
import { stderrColumns, stdoutColumns } from '../../lib/ui/frame/screen-width.js';
import { operationListCsv } from '../../lib/ui/ops/ops-csv.js';
import { operationListDocument } from '../../lib/ui/ops/ops-json.js';
import { renderOperationList } from '../../lib/ui/ops/ops-view.js';
import { globalOptions } from '../global-options.js';
import { withLedger } from './ops-action.js';
import { type FilterFlags, filterOf, nothingFound, refuseTwoForms, refuseUnknown } from './ops-filter.js';

export interface ListFlags extends FilterFlags {
  readonly state?: ShownState;
  readonly limit: number;
}

/** `kuafu ops list` */
export async function listOperations(flags: ListFlags, command: Command): Promise<void> {
  await list(flags, {}, command);
}

/** `kuafu ops mine` */
export async function listMine(flags: ListFlags, command: Command): Promise<void> {
  await list(flags, { operator: currentOwner().operator }, command);
}

async function list(flags: ListFlags, more: OperationFilter, command: Command): Promise<void> {
  const { json, pager } = globalOptions(command);
  refuseTwoForms(json, flags.csv);
  const now = new Date();
  const state = flags.state === undefined ? {} : { state: flags.state };
  await withLedger(command, 'read', async (ledger, config) => {
    const filter = { ...filterOf(flags, now, config), ...state, ...more };
    const found = await ledger.list({ ...filter, limit: flags.limit + 1 });
    if (found.length === 0) await refuseUnknown(filter, ledger, config);
    const shown = found.slice(0, flags.limit);
    const truncated = found.length > shown.length;
    if (json) return out(jsonText(operationListDocument(shown, truncated)));
    if (flags.csv === true) return out(operationListCsv(shown));
    if (shown.length === 0) return say(nothingFound(filter));
    const view = { now, width: stdoutColumns(), paint: painter('stdout') };
    await page(renderOperationList(shown, view), pager);
    if (truncated) say(`the ${shown.length} newest; --limit shows more`);
    const [resumable] = shown.filter((operation) => operation.resumable);
    if (resumable !== undefined)
      say(withCommand('can be resumed, for example:', `kuafu ops resume ${resumable.id}`, stderrColumns()));
  });
}
