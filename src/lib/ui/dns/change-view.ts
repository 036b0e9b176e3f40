import type { ChangeRow } from '../../dns/change-plan.js';
import { type ChalkInstance, plain } from '../frame/colour.js';
import { renderTable } from '../frame/table.js';

/** Where each name leads at each authority now, and where it will. */
export function renderChanges(
  rows: readonly ChangeRow[],
  { width, paint = plain }: { readonly width?: number; readonly paint?: ChalkInstance } = {},
): string {
  const cells = rows.map(({ name, authority, before, after }) => [
    name,
    authority,
    before,
    { text: after, paint: paint.yellow },
  ]);
  const style = { paintHead: (text: string) => paint.dim(text), ...(width === undefined ? {} : { width }) };
  return renderTable(['NAME', 'AUTHORITY', 'NOW', 'THEN'], cells, style);
}
