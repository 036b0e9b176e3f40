import { PassThrough } from 'node:stream';
import type { ReadCommand } from '../shell/command.js';
import { sessionBehind } from '../ssh/behind.js';
import type { CommandResult, ReadIo, ReadSession } from '../ssh/transport.js';

/** A script that runs on a host and answers what it is asked. */
export interface Talk {
  /** How it ended. Errors as of ReadSession.run. */
  readonly over: Promise<CommandResult>;
  /** A question a line. @throws an Error for one that is more than a line */
  ask(questions: readonly string[]): void;
  /** Nothing more is asked: the script ends. */
  end(): void;
}

/** A line that no other one can hide in. */
const LINE = /^[^\p{Cc}]+$/u;

/**
 * Begins a script that reads questions on its standard input. The script itself stands in the command line, as that of
 * scriptCommand does: what comes by standard input is a question to it, and never a program.
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
