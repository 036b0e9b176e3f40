import { Readable } from 'node:stream';
import type { ClientChannel } from 'ssh2';

/**
 * Feeds a command's standard input. The returned function stops it when the command is over: a source that was not
 * read to its end is destroyed, because nobody will read the rest.
 */
export function feedStdin(
  channel: ClientChannel,
  stdin: string | Buffer | Readable | undefined,
  onSourceError: (error: Error) => void,
): () => void {
  if (!(stdin instanceof Readable)) {
    channel.end(stdin);
    return () => undefined;
  }
  // A source that ended or failed before it got here emits no event any more.
  if (stdin.errored) onSourceError(stdin.errored);
  else if (stdin.destroyed || stdin.readableEnded) channel.end();
  stdin.on('error', onSourceError);
  const onClose = () => {
    if (!stdin.readableEnded && !stdin.errored)
      onSourceError(new Error('the source of standard input was closed before its end'));
  };
  stdin.once('close', onClose);
  stdin.pipe(channel);
  return () => {
    stdin.unpipe(channel);
    stdin.removeListener('close', onClose);
    // The error listener stays: an error after the end concerns nobody, but would end the process.
    if (!stdin.readableEnded) stdin.destroy();
  };
}
