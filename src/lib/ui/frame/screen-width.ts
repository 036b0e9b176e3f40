/** Columns that talk may take: those of the terminal, or any number where stderr is none. */
export function stderrColumns(): number {
  return columnsOf(process.stderr);
}

/** Columns that data may take: those of the terminal, or any number where stdout is none. */
export function stdoutColumns(): number {
  return columnsOf(process.stdout);
}

/** A terminal that moves its cursor; TERM=dumb is how an editor's shell or a serial line says that it does not. */
export function canRedraw(): boolean {
  return process.stderr.isTTY === true && process.env.TERM !== 'dumb';
}

function columnsOf(stream: NodeJS.WriteStream): number {
  if (stream.isTTY !== true) return Number.POSITIVE_INFINITY;
  return stream.columns || 80; // a terminal without a size says 0
}
