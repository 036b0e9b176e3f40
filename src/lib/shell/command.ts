/** An operator of the shell such as `|` or `&&`. Everything else in a command is quoted. */
export interface Raw {
  readonly raw: '|' | '&&' | '||' | ';' | '>' | '<' | '2>&1';
}

/** One word of a command. A string is always quoted, so a name can hold anything and does nothing. */
export type Word = string | Raw;

/**
 * A command for a host, as data. `read` commands change nothing: dry runs and preflights may run them and no others.
 * timeoutMs is the deadline of the whole command in milliseconds.
 */
export interface RemoteCommand {
  readonly words: readonly Word[];
  readonly effect: 'read' | 'write';
  readonly timeoutMs: number;
  /**
   * `login`: as a person would have it after a login, with all that the account's start files export. Absent: without the
   * variables that change what programs say or do, so that commands of ours mean the same on every host.
   */
  readonly environment?: 'login';
}
