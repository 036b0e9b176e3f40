/** A live display on stderr that steps aside while a line is printed. */
export interface LiveDisplay {
  clear(): void;
  draw(): void;
}

let live: LiveDisplay | undefined;
const closed = new Set<NodeJS.WriteStream>();

/** Data: one line on stdout. */
export function out(text: string): void {
  aroundDisplay(() => write(process.stdout, `${text}\n`));
}

/** Talk: one line on stderr. */
export function say(text: string): void {
  aroundDisplay(() => write(process.stderr, `${text}\n`));
}

/** Text as it is; for help texts and frames of a live display, which bring their own line ends. */
export function write(stream: NodeJS.WriteStream, text: string): void {
  if (!closed.has(stream)) stream.write(text);
}

/** Announces the one live display, or that there is none any more. */
export function setLiveDisplay(display: LiveDisplay | undefined): void {
  live = display;
}

/**
 * Makes `kuafu … | head` end without a word when the reader leaves: what is printed after that is dropped, the command goes on
 * to its end (an operation is worth more than its talk) and its exit code stands.
 */
export function tolerateClosedPipes(): void {
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EPIPE' && error.code !== 'ERR_STREAM_DESTROYED') throw error;
      closed.add(stream);
    });
  }
}

function aroundDisplay(print: () => void): void {
  live?.clear();
  print();
  live?.draw();
}
