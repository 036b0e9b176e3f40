/** An operator of the shell such as `|` or `&&`. Everything else in a command is quoted. */
export interface Raw {
  readonly raw: '|' | '&&' | '||' | ';' | '>' | '<' | '2>&1';
}

/** One word of a command. A string is always quoted, so the shell never interprets it. */
export type Word = string | Raw;

interface AnyCommand {
  readonly words: readonly Word[];
  /** The timeout of the whole command in milliseconds. */
  readonly timeoutMs: number;
  /**
   * `login`: the environment that a person has after a login, with all exports of the account's start files. Absent: without the
   * variables that change the behaviour or output of programs, so that our commands mean the same on every host.
   */
  readonly environment?: 'login';
}

/** A command that changes nothing on a host. A ReadSession runs these and no others. */
export interface ReadCommand extends AnyCommand {
  readonly effect: 'read';
}

/** A command that may change something, or whose effect is not known, such as a command that a person typed. */
export interface WriteCommand extends AnyCommand {
  readonly effect: 'write';
}

/** A command for a host, as data. */
export type RemoteCommand = ReadCommand | WriteCommand;
