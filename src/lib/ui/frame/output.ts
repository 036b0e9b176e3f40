import { getSystemErrorMap } from 'node:util';
import { ExitCode } from '../../exit-codes.js';
import { breakSentences } from './break-sentences.js';
import { fitHelp } from './fit-help.js';
import { stderrColumns, stdoutColumns } from './screen-width.js';

/** A live display on stderr that is cleared while a line is printed. */
export interface LiveDisplay {
  clear(): void;
  draw(): void;
}

let live: LiveDisplay | undefined;
let stamp: (() => string) | undefined;
const closed = new Set<NodeJS.WriteStream>();
/** Why data could not be written. */
let dataLoss: string | undefined;

/** Data: one line on stdout. */
export function out(text: string): void {
  aroundDisplay(() => write(process.stdout, `${text}\n`));
}

/** Data in sentences: on stdout, wrapped like messages. */
export function tell(text: string): void {
  out(breakSentences(text, stdoutColumns()));
}

/** Messages: sentences on stderr, broken between words so that the terminal does not break them inside words. */
export function say(text: string): void {
  const room = stderrColumns() - (stamp === undefined ? 0 : stamp().length + 1);
  sayWhole(breakSentences(text, room));
}

/**
 * A remark on what stdout shows, when all is well: only for a person who reads there. In a pipe or a file stderr is for faults,
 * as cron sends a mail of each word.
 */
export function remark(text: string): void {
  if (process.stdout.isTTY === true) say(text);
}

/** Messages that are printed unchanged: command lines to paste, output of hosts, the lines of a report. */
export function sayWhole(text: string): void {
  const lines = stamp === undefined ? text : text.replaceAll(/^(?=.)/gm, `${stamp()} `);
  aroundDisplay(() => write(process.stderr, `${lines}\n`));
}

/** From here on each line of messages begins with a time: in a log, a reader needs to know how long each part took. */
export function stampTalk(now: () => string): void {
  stamp = now;
}

/** A help text, which has its own line ends; on a narrow terminal it gets more of them. */
export function writeHelp(text: string, stream: NodeJS.WriteStream = process.stdout): void {
  write(stream, fitHelp(text, stream === process.stdout ? stdoutColumns() : stderrColumns()));
}

/** Text unchanged; for frames of a live display, which have their own line ends. */
export function write(stream: NodeJS.WriteStream, text: string): void {
  if (closed.has(stream)) return;
  try {
    stream.write(text);
  } catch (error) {
    giveUp(stream, error as NodeJS.ErrnoException);
  }
}

/**
 * Much text, unchanged: data, on stdout by default. Resolves when there is room for more, so that its producer can wait.
 * False: the reader is gone.
 */
export async function pour(text: string, stream: NodeJS.WriteStream = process.stdout): Promise<boolean> {
  if (closed.has(stream)) return false;
  if (text !== '') aroundDisplay(() => write(stream, text));
  if (stream.writableNeedDrain)
    await new Promise<void>((resolve) => {
      const go = () => {
        for (const event of ['drain', 'error', 'close']) stream.off(event, go);
        resolve();
      };
      for (const event of ['drain', 'error', 'close']) stream.once(event, go);
    });
  return !closed.has(stream);
}

/** Sets the live display, or says that there is none any more. */
export function setLiveDisplay(display: LiveDisplay | undefined): void {
  live = display;
}

/** Removes the live display from the screen, until it draws itself again. */
export function clearLiveDisplay(): void {
  live?.clear();
}

/**
 * Lets a command finish when stdout or stderr can no longer be written, because an operation matters more than its messages:
 * later output is dropped. If the reader left (`kuafu … | head`), or only messages are lost, the loss is not reported and
 * the exit code is kept. If data is lost (a full disk), that is reported at the end, and exit code 0 becomes 4.
 */
export function tolerateLostOutput(): void {
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', (error: NodeJS.ErrnoException) => giveUp(stream, error));
  }
  // Only at exit have all writes ended, also those to a pipe or a socket.
  process.on('exit', () => {
    if (dataLoss === undefined) return;
    say(`kuafu: stdout could not be written: ${dataLoss}`);
    if (Number(process.exitCode ?? 0) === ExitCode.done) process.exitCode = ExitCode.failed;
  });
}

function giveUp(stream: NodeJS.WriteStream, error: NodeJS.ErrnoException): void {
  if (closed.has(stream)) return;
  closed.add(stream);
  const left = error.code === 'EPIPE' || error.code === 'ERR_STREAM_DESTROYED';
  if (stream === process.stdout && !left) dataLoss = reasonOf(error);
}

/** `no space left on device`; the message of the error has the code and the system call around it. */
function reasonOf({ errno, message }: NodeJS.ErrnoException): string {
  const [, words] = (errno === undefined ? undefined : getSystemErrorMap().get(errno)) ?? [];
  return words ?? message;
}

function aroundDisplay(print: () => void): void {
  live?.clear();
  print();
  live?.draw();
}
