/** Columns for messages: those of the terminal, or no limit if stderr is not a terminal. */
export function stderrColumns(): number {
  return columnsOf(process.stderr);
}

/** Columns for data: those of the terminal, or no limit if stdout is not a terminal. */
export function stdoutColumns(): number {
  return columnsOf(process.stdout);
}

/** Whether the terminal can move its cursor; the shell of an editor or a serial line says with TERM=dumb that it cannot. */
export function canRedraw(): boolean {
  return process.stderr.isTTY === true && process.env.TERM !== 'dumb';
}

function columnsOf(stream: NodeJS.WriteStream): number {
  if (stream.isTTY !== true) return Number.POSITIVE_INFINITY;
  return stream.columns || 80; // a terminal without a size says 0
}
