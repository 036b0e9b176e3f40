import { sanitizeLine } from './sanitize.js';

export type CsvValue = string | number | null;

/** Rows as CSV (RFC 4180, with \n), the names of the columns first. Nothing in it is a formula to a spreadsheet. */
export function renderCsv(head: readonly string[], rows: readonly (readonly CsvValue[])[]): string {
  return [head, ...rows].map((row) => row.map(csvField).join(',')).join('\n');
}

function csvField(value: CsvValue): string {
  if (value === null) return '';
  if (typeof value === 'number') return String(value);
  const text = sanitizeLine(value);
  const harmless = /^[=+@-]/.test(text) ? `'${text}` : text;
  return /[",\n]/.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless;
}
