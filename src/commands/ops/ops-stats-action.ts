import type { Command } from 'commander';
import { jsonText } from '../../lib/json-text.js';
import { statisticsOf } from '../../lib/record/statistics.js';
import { painter } from '../../lib/ui/frame/colour.js';
import { out, say } from '../../lib/ui/frame/output.js';
import { page } from '../../lib/ui/frame/pager.js';
import { stdoutColumns } from '../../lib/ui/frame/screen-width.js';
import { statisticsCsv } from '../../lib/ui/ops/ops-csv.js';
import { renderStatistics, statisticsDocument } from '../../lib/ui/ops/stats-view.js';
import { globalOptions } from '../global-options.js';
import { withLedger } from './ops-action.js';
import { type FilterFlags, filterOf, nothingFound, refuseTwoForms, refuseUnknown } from './ops-filter.js';

/** `kuafu ops stats` */
export async function showStatistics(flags: FilterFlags, command: Command): Promise<void> {
  const { json, pager } = globalOptions(command);
  refuseTwoForms(json, flags.csv);
  const now = new Date();
  await withLedger(command, 'read', async (ledger, config) => {
    const filter = filterOf(flags, now, config);
    const operations = await ledger.tallies(filter);
    if (operations.length === 0) await refuseUnknown(filter, ledger, config);
    const statistics = statisticsOf(operations);
    if (json) return out(jsonText(statisticsDocument(statistics, filter, now)));
    if (flags.csv === true) return out(statisticsCsv(statistics));
    if (operations.length === 0) return say(nothingFound(filter));
    const view = { now, width: stdoutColumns(), paint: painter('stdout') };
    await page(renderStatistics(statistics, view), pager);
  });
}
