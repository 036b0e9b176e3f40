import { type Command, CommanderError } from 'commander';
import { createProgram } from './commands/program.js';
import { KuafuError, sentenceOf } from './lib/errors.js';
import { ExitCode } from './lib/exit-codes.js';
import { out, say, tolerateClosedPipes } from './lib/ui/output.js';
import { sanitizeText } from './lib/ui/sanitize.js';

/** What went wrong, ready to be shown. `stack` only for what is a bug of ours. */
interface Failure {
  readonly exitCode: number;
  readonly message: string;
  readonly hint: string | undefined;
  readonly stack?: string;
}

/**
 * Runs one command line and gives the exit code of the process. An action that ended without an error but not well
 * (a finding, hosts that failed) has set process.exitCode, and that stands.
 */
export async function main(argv: readonly string[]): Promise<number> {
  tolerateClosedPipes();
  const json = wantsJson(argv);
  // Nothing may be left running after an error nobody awaited: what was going on is in the ledger and can be resumed.
  process.once('uncaughtException', (error) => {
    report(failureOf(error, ''), json);
    process.exit(ExitCode.bug);
  });
  const program = createProgram();
  try {
    await program.parseAsync(argv, { from: 'user' });
    return Number(process.exitCode ?? ExitCode.done);
  } catch (error) {
    if (error instanceof CommanderError && error.exitCode === 0) return ExitCode.done;
    const failure = failureOf(error, helpCommand(program, argv));
    // Help that nobody asked for is printed already.
    if (!(error instanceof CommanderError && error.code === 'commander.help')) report(failure, json);
    return failure.exitCode;
  }
}

function failureOf(error: unknown, seeAlso: string): Failure {
  if (error instanceof KuafuError) {
    return { exitCode: error.exitCode, message: error.message, hint: error.hint };
  }
  if (error instanceof CommanderError) return usageFailure(error, seeAlso);
  return {
    exitCode: ExitCode.bug,
    message: sentenceOf(error),
    hint: 'This is a bug of ours. Please report it with what you typed, the lines above and the output of kuafu --version.',
    stack: (error instanceof Error && error.stack) || sentenceOf(error),
  };
}

/** commander writes `error: sentence`, then on a line of its own `(Did you mean …?)`. */
function usageFailure(error: CommanderError, seeAlso: string): Failure {
  const [sentence = '', ...rest] = error.message.replace(/^error: /, '').split('\n');
  const suggestion = rest.join(' ').replace(/^\((.*)\)$/, '$1');
  const hint = [suggestion, seeAlso].filter((text) => text !== '').join(' ');
  return { exitCode: ExitCode.usage, message: sentence, hint };
}

function report(failure: Failure, json: boolean): void {
  const { exitCode, message, hint } = failure;
  say(`kuafu: ${sanitizeText(failure.stack ?? message)}`);
  if (hint !== undefined) say(sanitizeText(hint));
  if (json) out(JSON.stringify({ kind: 'kuafu.error', version: 1, exitCode, message, hint: hint ?? null }));
}

/** Asked of the words themselves, as an error may come before they are understood. */
function wantsJson(argv: readonly string[]): boolean {
  const end = argv.indexOf('--');
  return (end === -1 ? argv : argv.slice(0, end)).includes('--json');
}

function helpCommand(program: Command, argv: readonly string[]): string {
  let command = program;
  const path = [program.name()];
  for (const word of argv) {
    const child = command.commands.find((candidate) => candidate.name() === word);
    if (child === undefined) continue;
    command = child;
    path.push(word);
  }
  return `See ${path.join(' ')} --help.`;
}
