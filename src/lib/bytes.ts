const UNITS = ['B', 'kB', 'MB', 'GB', 'TB', 'PB'];

/** A size for people in decimal units (1 MB is 1,000,000 bytes): `512 B`, `2.1 MB`. */
export function formatBytes(bytes: number): string {
  if (!Number.isFinite(bytes) || bytes < 0) return '-';
  let value = bytes;
  let unit = 0;
  // 999.95 of the smaller unit would be rounded to 1000.0.
  while (value >= 999.95 && unit < UNITS.length - 1) {
    value /= 1000;
    unit += 1;
  }
  return `${unit === 0 ? value : value.toFixed(1)} ${UNITS[unit]}`;
}
