import { PassThrough } from 'node:stream';
import type { ReadCommand } from '../shell/command.js';
import { sessionBehind } from '../ssh/behind.js';
import type { CommandResult, ReadIo, ReadSession } from '../ssh/transport.js';

/** A script that runs on a host and answers questions. */
export interface Talk {
  /** How it ended. Errors as those of ReadSession.run. */
  readonly over: Promise<CommandResult>;
  /** One question a line. @throws an Error for a question of more than one line */
  ask(questions: readonly string[]): void;
  /** No more questions: the script ends. */
  end(): void;
}

/** A line that cannot hide another line. */
const LINE = /^[^\p{Cc}]+$/u;

/**
 * Starts a script that reads questions on its standard input. The script itself is in the command line, as with
 * scriptCommand: what comes by standard input is only ever a question, never a program.
 */
export function openTalk(session: ReadSession, command: ReadCommand, io: Omit<ReadIo, 'stdin'>): Talk {
  const [shell, flag, script] = command.words;
  if (shell !== 'sh' || flag !== '-c' || typeof script !== 'string')
    throw new Error(`${session.host}: a talk needs a script of its own`);
  const questions = new PassThrough();
  const over = sessionBehind(session).run(command, { ...io, stdin: questions });
  return {
    over,
    ask: (lines) => {
      const wrong = lines.find((line) => !LINE.test(line));
      if (wrong !== undefined) throw new Error(`${JSON.stringify(wrong)} is no question of one line`);
      questions.write(lines.map((line) => `${line}\n`).join(''));
    },
    end: () => questions.end(),
  };
}
