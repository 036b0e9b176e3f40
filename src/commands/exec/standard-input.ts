import { spawnSync } from 'node:child_process';
import { createReadStream, fstatSync, readFileSync } from 'node:fs';
import { FailedError, RefusedError, sentenceOf } from '../../lib/errors.js';
import { say } from '../../lib/ui/frame/output.js';

/** All of it is kept in memory, once for all hosts. */
const MOST_BYTES = 64 * 1024 * 1024;
/** After this silence the user is told what the command waits for. */
const SILENCE_MS = 5000;

/** All of standard input, to its end. @throws RefusedError if it is more than kuafu keeps */
export async function readStandardInput(): Promise<Buffer> {
  const isTerminal = process.stdin.isTTY === true;
  if (isTerminal) say('what you type goes to each host; Ctrl-D on a line of its own ends it');
  const waiting = setTimeout(() => say('waiting for the end of standard input (--stdin)'), SILENCE_MS);
  if (isTerminal) clearTimeout(waiting);
  // A terminal is opened again: if process.stdin ended here, later questions could not be answered.
  const stream = isTerminal ? createReadStream('/dev/tty') : process.stdin;
  const chunks: Buffer[] = [];
  let bytes = 0;
  try {
    for await (const chunk of stream as AsyncIterable<Buffer>) {
      bytes += chunk.length;
      if (bytes > MOST_BYTES) break;
      chunks.push(chunk);
    }
  } catch (error) {
    throw new FailedError(`standard input could not be read: ${sentenceOf(error)}`);
  } finally {
    clearTimeout(waiting);
  }
  if (bytes > MOST_BYTES)
    throw new RefusedError(
      'standard input is more than the 64 MiB that --stdin sends',
      'put it where the hosts can fetch it, and have the command do that',
    );
  return Buffer.concat(chunks);
}

/**
 * Reports that standard input has data that is not sent to the hosts. Nothing of it is read: other programs may still read
 * it, as in `while read host; do kuafu exec "$host" …; done`.
 */
export function sayUnsent(): void {
  if (waitingBytes() > 0)
    say('what came on standard input was not sent to the hosts: --stdin sends it to each of them');
}

/** Prints how many bytes a pipe holds (FIONREAD, as Linux has it on most machines); 0 if the pipe is at its end. */
const PEEK = 'my $n = pack "i", 0; ioctl STDIN, 0x541B, $n and print unpack "i", $n';

/** How many bytes wait on standard input, as far as kuafu can tell without reading or waiting. */
function waitingBytes(): number {
  try {
    const stats = fstatSync(0);
    if (stats.isFile()) return position() === 0 ? stats.size : 0;
    if (process.platform !== 'linux' || !(stats.isFIFO() || stats.isSocket())) return 0;
    // Node.js has no call for FIONREAD.
    const { stdout } = spawnSync('perl', ['-e', PEEK], {
      stdio: ['inherit', 'pipe', 'ignore'],
      timeout: 1000,
    });
    return Number(stdout?.toString() ?? 0) || 0;
  } catch {
    return 0;
  }
}

/** How far earlier processes have read a file on standard input; undefined if the system does not tell. */
function position(): number | undefined {
  const found = /^pos:\s*(\d+)/m.exec(readFileSync('/proc/self/fdinfo/0', 'latin1'));
  return found === null ? undefined : Number(found[1]);
}
