/** An operator of the shell such as `|` or `&&`. Everything else in a command is quoted. */
export interface Raw {
  readonly raw: '|' | '&&' | '||' | ';' | '>' | '<' | '2>&1';
}

/** One word of a command. A string is always quoted, so a name can hold anything and does nothing. */
export type Word = string | Raw;

interface AnyCommand {
  readonly words: readonly Word[];
  /** The deadline of the whole command in milliseconds. */
  readonly timeoutMs: number;
  /**
   * `login`: as a person would have it after a login, with all that the account's start files export. Absent: without the
   * variables that change what programs say or do, so that commands of ours mean the same on every host.
   */
  readonly environment?: 'login';
}

/** A command that changes nothing on a host. A ReadSession runs these and no others. */
export interface ReadCommand extends AnyCommand {
  readonly effect: 'read';
}

/** A command that may change something, or of which nobody knows, such as one that a person typed. */
export interface WriteCommand extends AnyCommand {
  readonly effect: 'write';
}

/** A command for a host, as data. */
export type RemoteCommand = ReadCommand | WriteCommand;
