/** Columns that data may take: those of the terminal, or any number where stdout is none. */
export function stdoutColumns(): number {
  if (process.stdout.isTTY !== true) return Number.POSITIVE_INFINITY;
  return process.stdout.columns || 80; // a terminal without a size says 0
}
