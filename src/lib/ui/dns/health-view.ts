import type { HealthRow } from '../../dns/health-rows.js';
import type { SilentAuthority } from '../../dns/read-zones.js';
import { plain } from '../frame/colour.js';
import type { Cell } from '../frame/table.js';
import { type DnsViewOptions, faultLines, silentLines, table } from './dns-view.js';

export interface HealthReport {
  readonly rows: readonly HealthRow[];
  readonly disagreements: readonly string[];
  readonly silent: readonly SilentAuthority[];
}

/** Which names are judged by health at each authority, by what, and what they answer now. */
export function renderHealth(
  { rows, disagreements, silent }: HealthReport,
  options: DnsViewOptions = {},
): string {
  const { paint = plain } = options;
  const cells = rows.map((row): Cell[] => [
    row.name,
    row.authority,
    row.isJudged ? { text: 'by health', paint: paint.green } : row.isDeclared ? 'forced' : 'no',
    row.leadsTo,
    row.urls.join(' ') || '-',
    row.answers.join(' ') || '-',
  ]);
  return [
    table(['NAME', 'AUTHORITY', 'JUDGED', 'LEADS TO', 'ASKED', 'ANSWERS NOW'], cells, options),
    ...faultLines(disagreements, options),
    ...silentLines(silent, options),
  ].join('\n');
}

/** `kuafu dns health show --json`; schemas/dns-health.schema.json. */
export function healthDocument({ rows, disagreements, silent }: HealthReport, exitCode: number): object {
  return { kind: 'kuafu.dns-health', version: 1, exitCode, names: rows, disagreements, silent };
}
