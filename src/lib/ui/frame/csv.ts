import { sanitizeLine } from './sanitize.js';

export type CsvValue = string | number | null;

/**
 * Rows as in RFC 4180, but with the line end of this system. Text that a spreadsheet would run as a formula gets an
 * apostrophe in front (owasp.org/www-community/attacks/CSV_Injection).
 */
export function renderCsv(head: readonly string[], rows: readonly (readonly CsvValue[])[]): string {
  return [head, ...rows].map((row) => row.map(field).join(',')).join('\n');
}

function field(value: CsvValue): string {
  if (value === null) return '';
  if (typeof value === 'number') return String(value);
  const harmless = sanitizeLine(value);
  const text = /^[=+@-]/.test(harmless) ? `'${harmless}` : harmless;
  return /[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
