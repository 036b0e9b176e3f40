import type { Evidence } from '../../record/findings.js';
import { type ChalkInstance, plain } from '../frame/colour.js';
import { renderTable } from '../frame/table.js';

/** What was looked at before a plan, and whether it is as it has to be. */
export function renderGates(
  gates: readonly Evidence[],
  { width, paint = plain }: { readonly width?: number; readonly paint?: ChalkInstance } = {},
): string {
  const rows = gates.map(({ what, seen, wanted, ok }) => [
    what,
    { text: ok ? 'yes' : 'no', paint: ok ? paint.green : paint.red },
    wanted,
    seen,
  ]);
  const style = { paintHead: (text: string) => paint.dim(text), ...(width === undefined ? {} : { width }) };
  return renderTable(['GATE', 'PASSED', 'WANTED', 'SEEN'], rows, style);
}
