import type { RemoteCommand } from '../shell/command.js';
import { renderCommand } from '../shell/quote.js';
import { newStartMark, type StartMark } from './login-noise.js';

/** setTimeout's longest delay (2³¹ − 1 ms, 24 days); with a longer one Node fires at once. */
const LONGEST_MS = 2_147_483_647;
/** The host's deadline is this much later, so that ours comes first and our message explains what happened. */
const HOST_GRACE_S = 2;
const KILL_AFTER_S = 2;

/** One word of a command line is at most this long (execve(2), MAX_ARG_STRLEN: 32 pages, with the NUL). */
export const LONGEST_LINE_BYTES = 32 * 4096 - 1;

/**
 * Variables that change what the programs in our scripts print or do. POSIXLY_CORRECT ends options at the first word
 * (getopt(3)). TAR_OPTIONS, GREP_COLORS and others add options (tar(1), grep(1), ls(1), df(1), gzip(1), zstd(1),
 * systemctl(1)). TZ may be another zone than that of the host's services. With an LD_PRELOAD file that is missing every
 * program complains (ld.so(8)).
 */
const UNWANTED =
  `POSIXLY_CORRECT TAR_OPTIONS GREP_OPTIONS GREP_COLOR GREP_COLORS BLOCKSIZE BLOCK_SIZE DF_BLOCK_SIZE
  DU_BLOCK_SIZE LS_BLOCK_SIZE QUOTING_STYLE TIME_STYLE GZIP ZSTD_CLEVEL ZSTD_NBTHREADS CDPATH ENV BASH_ENV TZ LD_PRELOAD
  SYSTEMD_COLORS SYSTEMD_LOG_LEVEL SYSTEMD_PAGER SYSTEMD_LESS SYSTEMD_URLIFY`
    .split(/\s+/)
    .join(' ');

/**
 * What runs first on the host, as $1 to $5: both halves of the mark, the script, seconds, and the script's own name. It ends
 * if there is no channel to print the mark to, so nothing runs after the caller has hung up. The x keeps the newlines at the
 * end of the script, which command substitution would remove.
 */
const MARKS = 'printf %s%s "$1" "$2" && printf %s%s "$1" "$2" >&2';
const TIMEOUT = `exec timeout -k ${KILL_AFTER_S} "$4" sh -c --`;
const BOOT = `${MARKS} && script=$(printf %bx "$3") && ${TIMEOUT} "\${script%x}" "$5"`;
/** For a script with nothing to decode: one process less. */
const PLAIN_BOOT = `${MARKS} && ${TIMEOUT} "$3" "$5"`;

export function deadlineMs(command: RemoteCommand): number {
  return Math.min(command.timeoutMs, LONGEST_MS);
}

/** A command as it is sent to a host. */
export interface SentCommand {
  readonly command: RemoteCommand;
  readonly line: string;
  /** What the host prints on both streams right before the command. */
  readonly mark: StartMark;
}

/** @throws {Error} when a word holds a NUL character */
export function marked(command: RemoteCommand): SentCommand {
  const mark = newStartMark();
  return { command, line: remoteLine(command, mark), mark };
}

/**
 * The command line for the host. sshd gives it to the account's login shell, which may be any shell and may have printed
 * anything before. So sh, bash, zsh, ksh, csh and fish all read the line in the same way, and it only starts /bin/sh.
 * /bin/sh prints the mark on both streams and runs the command.
 *
 * timeout(1) ends the command and its children at its deadline; nothing else would. sshd does not kill running processes
 * when a channel or the connection is lost. Up to 9.x it ignores signals for root's logins ("session signalling requires
 * privilege separation"). So after a lost link the old run of a step ends at its deadline at the latest, even if the step is
 * being repeated. And hanging commands do not use up MaxSessions.
 *
 * @throws {Error} when a word holds a NUL character
 */
export function remoteLine(command: RemoteCommand, { halves }: StartMark): string {
  const seconds = Math.ceil(deadlineMs(command) / 1000) + HOST_GRACE_S;
  const { before, script, name } = scriptOf(command);
  const text = escaped(before) + escapedOnce(script);
  const start = text.includes('\\') ? BOOT : PLAIN_BOOT;
  const boot = command.environment === 'login' ? start : `unset ${UNWANTED}; ${start}`;
  return `exec /bin/sh -c '${boot}' kuafu ${halves.join(' ')} '${text}' ${seconds} ${name}`;
}

/** A command as a script of sh. */
interface Script {
  /** Its arguments, on the first line of the script, so that line numbers in error messages stay right. */
  readonly before: string;
  readonly script: string;
  /** The name of the script in its error messages. */
  readonly name: 'sh' | 'kuafu';
}

function scriptOf({ words }: RemoteCommand): Script {
  const [shell, option, script, , ...args] = words;
  const isScript = shell === 'sh' && option === '-c' && words.every((word) => typeof word === 'string');
  if (!isScript || typeof script !== 'string')
    return { before: renderCommand(words), script: '', name: 'sh' };
  if (words.length === 3) return { before: '', script, name: 'sh' };
  return { before: args.length === 0 ? '' : `set -- ${renderCommand(args)}; `, script, name: 'kuafu' };
}

const MOST_KNOWN = 100;
const known = new Map<string, string>();

/** Escaped once, because the same scripts go to many hosts. */
function escapedOnce(script: string): string {
  const text = known.get(script) ?? escaped(script);
  if (known.size < MOST_KNOWN) known.set(script, text);
  return text;
}

/**
 * A script between single quotes of any shell, for printf's %b. Even there csh interprets `!` and line ends, and fish a
 * backslash before a quote or another backslash. Not every shell passes on bytes that are not ASCII.
 *
 * @throws {Error} when it holds a NUL character
 */
function escaped(script: string): string {
  if (script.includes('\0')) throw new Error('a script for a host holds a NUL character');
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  return script.replaceAll(/['!\\\u0000-\u001f\u007f]|[\u0080-\uffff]+/g, (found) =>
    found.length === 1 && found < '\u0080'
      ? octal(found.charCodeAt(0))
      : Array.from(Buffer.from(found), octal).join(''),
  );
}

/** A byte as printf's %b reads it (printf(1)). */
function octal(byte: number): string {
  return `\\0${byte.toString(8).padStart(3, '0')}`;
}
