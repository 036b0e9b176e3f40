import { type Command, CommanderError } from 'commander';
import { KuafuError, sentenceOf, UsageError } from '../lib/errors.js';
import { ExitCode } from '../lib/exit-codes.js';
import { jsonText } from '../lib/json-text.js';
import { openedLedgers } from '../lib/ledger/opened.js';
import { excerptLines } from '../lib/masking/masked.js';
import { tooManyFiles } from '../lib/open-files.js';
import { out, say, sayWhole } from '../lib/ui/frame/output.js';
import { sanitizeLine, sanitizeText } from '../lib/ui/frame/sanitize.js';
import { suggestedIn } from '../lib/ui/frame/suggested.js';
import { errorDocument } from './error-document.js';
import { maskKnown } from './known-secrets.js';
import { withSourcePlaces } from './source-places.js';

/** An error, ready to be shown. */
export interface Failure {
  readonly exitCode: number;
  readonly message: string;
  readonly hint: string | undefined;
  /** Only for a bug in kuafu. */
  readonly stack?: string;
}

/** In characters. */
const LONGEST_LINE = 2000;
const MOST_LINES = 200;

const BUG_HINT =
  'This is a bug of ours. Please report it with what you typed, the lines above and the output of kuafu --version.';

/** A damaged ledger can cause an unforeseen error; then the damage is reported as the cause. */
export async function causeOf(error: unknown): Promise<unknown> {
  if (error instanceof KuafuError || error instanceof CommanderError) return error;
  if ((error as NodeJS.ErrnoException | undefined)?.syscall === 'uv_cwd')
    return new UsageError(
      'the working folder was deleted',
      'go to another folder, or name files by their whole paths',
    );
  if (openedLedgers.size === 0) return error;
  const { damageBehindError } = await import('../lib/ledger/damage.js');
  return (await damageBehindError()) ?? error;
}

/** The class of the error decides the exit code; `program` and `argv` tell which help to point to. */
export function failureOf(error: unknown, program: Command, argv: readonly string[]): Failure {
  if (error instanceof KuafuError) {
    const { exitCode, hint, hasLines } = error;
    return { exitCode, message: hasLines ? error.message : sanitizeLine(error.message), hint };
  }
  if (error instanceof CommanderError) return usageFailure(error, program, argv);
  return bug(error);
}

/** A sentence and a hint on stderr; with `json` also one document on stdout. */
export function reportFailure(failure: Failure, json: boolean): void {
  const { exitCode } = failure;
  const message = fitToShow(failure.message);
  const hint = failure.hint && suggestedIn(fitToShow(failure.hint));
  const stack = failure.stack && fitToShow(failure.stack);
  if (stack === undefined) say(`kuafu: ${sanitizeText(message)}`);
  // A stack is for a bug report, so its lines are not cut.
  else sayWhole(`kuafu: ${sanitizeText(stack)}`);
  if (hint !== undefined && hint !== '') say(sanitizeText(hint));
  if (json) out(jsonText(errorDocument({ exitCode, message, hint })));
}

/** The message may contain text of a host, or of a ledger: it is masked, then each line is cut, and the last ones left out. */
function fitToShow(text: string): string {
  const lines = excerptLines(maskKnown(text), LONGEST_LINE).split('\n');
  return lines.length <= MOST_LINES ? lines.join('\n') : [...lines.slice(0, MOST_LINES), '…'].join('\n');
}

/**
 * Ends the process after an error that was not caught, because nothing may go on in an unknown state. The running operation
 * is in the ledger and can be resumed. The exit code is that of a bug; Node.js alone would exit with 1, which means a
 * finding.
 */
export function endOnUncaught(json: boolean): void {
  process.once('uncaughtException', (error) => {
    const failure = failureOfUncaught(error);
    reportFailure(failure, json);
    process.exit(failure.exitCode);
  });
}

function failureOfUncaught(error: unknown): Failure {
  const known = tooManyFiles(error);
  if (known === undefined) return bug(error);
  return { exitCode: known.exitCode, message: known.message, hint: known.hint };
}

function bug(error: unknown): Failure {
  const message = sentenceOf(error);
  const stack = withSourcePlaces((error instanceof Error && error.stack) || message);
  return { exitCode: ExitCode.bug, message, hint: BUG_HINT, stack };
}

/** For commands that take words with a dash that are not flags of kuafu: where to put such words. */
const DASHED_WORDS: Readonly<Record<string, string>> = {
  'kuafu lab run': 'Flags of the command come after --, as in: kuafu lab run -- ls -l.',
  'kuafu exec': 'Flags of the command come after --, as in: kuafu exec @app:shop -- ls -l.',
  'kuafu logs grep':
    "A pattern with a dash in front goes behind --, as in: kuafu logs grep --app shop -- '-x'.",
};

/** Words that users try, and what does that. */
const TRIED_WORDS: Readonly<Record<string, string>> = {
  'kuafu ops undo':
    'An operation is taken back by its own command: kuafu scale --undo ID, kuafu dns undo ID or kuafu env rollback.',
};

/** commander writes `error: sentence`, then `(Did you mean …?)` on its own line. */
function usageFailure(error: CommanderError, program: Command, argv: readonly string[]): Failure {
  const path = commandPath(program, argv);
  const seeAlso = seeHelp(path);
  // commander has printed its help on stderr already.
  if (error.code === 'commander.help')
    return { exitCode: ExitCode.usage, message: 'a command is missing', hint: seeAlso };
  const [sentence = '', ...rest] = error.message.replace(/^error: /, '').split('\n');
  const suggestion = rest.join(' ').replace(/^\((.*)\)$/, '$1');
  const missingId = error.code === 'commander.missingArgument' && path[1] === 'ops';
  const ids = missingId ? 'kuafu ops list shows the ids.' : '';
  const dashes = error.code === 'commander.unknownOption' ? (DASHED_WORDS[path.join(' ')] ?? '') : '';
  const late =
    error.code === 'commander.excessArguments' && argv.includes('--')
      ? 'Behind -- no word is a flag: flags go in front of --.'
      : '';
  const word = argv[argv.indexOf(path.at(-1) ?? '') + 1];
  const tried = error.code === 'commander.unknownCommand' && TRIED_WORDS[[...path, word].join(' ')];
  const hint = [tried || suggestion || dashes || late, ids, seeAlso].filter((text) => text !== '').join(' ');
  const message = error.code === 'commander.excessArguments' ? tooManyWords(program, path) : sentence;
  return { exitCode: ExitCode.usage, message, hint };
}

/** `kuafu rooms takes only flags: "A" is one too many` */
function tooManyWords(program: Command, path: readonly string[]): string {
  const command = path
    .slice(1)
    .reduce<Command | undefined>((at, name) => at?.commands.find((child) => child.name() === name), program);
  const { args = [], registeredArguments = [] } = command ?? {};
  const known = registeredArguments.length;
  const takes = known === 0 ? 'only flags' : known === 1 ? 'one word' : `${known} words`;
  return `${path.join(' ')} takes ${takes}: ${JSON.stringify(args[known] ?? '')} is one too many`;
}

export function seeHelp(path: readonly string[]): string {
  return `See ${path.join(' ')} --help.`;
}

function commandPath(program: Command, argv: readonly string[]): readonly string[] {
  let command = program;
  const path = [program.name()];
  for (const word of argv) {
    const child = command.commands.find((candidate) => candidate.name() === word);
    if (child === undefined) continue;
    command = child;
    path.push(word);
  }
  return path;
}
