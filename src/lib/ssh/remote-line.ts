import type { RemoteCommand } from '../shell/command.js';
import { quoteWord, renderCommand } from '../shell/quote.js';

/** setTimeout's longest (2³¹ − 1 ms, 24 days); above it Node fires at once. */
const LONGEST_MS = 2_147_483_647;
/** Our own deadline comes first, so that it is we who say what happened. */
const HOST_GRACE_S = 2;
const KILL_AFTER_S = 2;

export function deadlineMs(command: RemoteCommand): number {
  return Math.min(command.timeoutMs, LONGEST_MS);
}

/**
 * The command line for the host, with its deadline in it: timeout(1) ends the command and its children there.
 * Nothing else would. sshd does not kill what runs when a channel or the connection is gone, and up to 9.x it ignores
 * signals for root's logins ("session signalling requires privilege separation"). So after a lost link a step runs no
 * longer than its deadline beside the one that repeats it, and what hangs does not use up MaxSessions.
 */
export function remoteLine(command: RemoteCommand): string {
  const line = renderCommand(command.words);
  const seconds = Math.ceil(deadlineMs(command) / 1000) + HOST_GRACE_S;
  const limited = `timeout -k ${KILL_AFTER_S} ${seconds}`;
  const isScript = command.words[0] === 'sh' && command.words.every((word) => typeof word === 'string');
  return isScript ? `${limited} ${line}` : `${limited} sh -c ${quoteWord(line)}`;
}
