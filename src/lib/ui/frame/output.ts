import { getSystemErrorMap } from 'node:util';
import { ExitCode } from '../../exit-codes.js';
import { breakSentences } from './break-sentences.js';
import { fitHelp } from './fit-help.js';
import { stderrColumns, stdoutColumns } from './screen-width.js';

/** A live display on stderr that steps aside while a line is printed. */
export interface LiveDisplay {
  clear(): void;
  draw(): void;
}

let live: LiveDisplay | undefined;
let stamp: (() => string) | undefined;
const closed = new Set<NodeJS.WriteStream>();
/** Why data did not get out. */
let dataLoss: string | undefined;

/** Data: one line on stdout. */
export function out(text: string): void {
  aroundDisplay(() => write(process.stdout, `${text}\n`));
}

/** Data that is sentences: on stdout, broken as talk is. */
export function tell(text: string): void {
  out(breakSentences(text, stdoutColumns()));
}

/** Talk: sentences on stderr, broken between words where a terminal would break them within. */
export function say(text: string): void {
  const room = stderrColumns() - (stamp === undefined ? 0 : stamp().length + 1);
  sayWhole(breakSentences(text, room));
}

/** Talk that is taken as it is: command lines to be pasted, what hosts print, the lines of a report. */
export function sayWhole(text: string): void {
  const lines = stamp === undefined ? text : text.replaceAll(/^(?=.)/gm, `${stamp()} `);
  aroundDisplay(() => write(process.stderr, `${lines}\n`));
}

/** From here on each line of talk begins with a time: in a log, what took how long is half of what it tells. */
export function stampTalk(now: () => string): void {
  stamp = now;
}

/** A help text, which brings its own line ends; on a narrow terminal it gets more of them. */
export function writeHelp(text: string, stream: NodeJS.WriteStream = process.stdout): void {
  write(stream, fitHelp(text, stream === process.stdout ? stdoutColumns() : stderrColumns()));
}

/** Text as it is; for frames of a live display, which bring their own line ends. */
export function write(stream: NodeJS.WriteStream, text: string): void {
  if (closed.has(stream)) return;
  try {
    stream.write(text);
  } catch (error) {
    giveUp(stream, error as NodeJS.ErrnoException);
  }
}

/**
 * Much text as it is: data on stdout unless told. Comes back when there is room for more, so that what produces it can
 * wait. False: nobody reads it any more.
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

/** Announces the one live display, or that there is none any more. */
export function setLiveDisplay(display: LiveDisplay | undefined): void {
  live = display;
}

/** Takes the live display off the screen, until it draws itself again. */
export function clearLiveDisplay(): void {
  live?.clear();
}

/**
 * Lets a command go on to its end when stdout or stderr cannot be written any more, for an operation is worth more than
 * its talk: what is printed after that is dropped. When the reader left (`kuafu … | head`), or it is only talk that is
 * lost, nobody is told and the exit code stands. Data that is lost (a full disk) is said at the end, and exit code 0
 * becomes 4.
 */
export function tolerateLostOutput(): void {
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', (error: NodeJS.ErrnoException) => giveUp(stream, error));
  }
  // Only then every write has come to its end, those of a pipe or a socket too.
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
