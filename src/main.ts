import { readFileSync } from 'node:fs';
import { errorDocument } from './commands/error-document.js';
import { tooManyFiles } from './lib/open-files.js';
import { tolerateLostOutput, write, writeHelp } from './lib/ui/frame/output.js';
import { packageFile } from './package-file.js';

/**
 * Runs one command line and gives the exit code of the process. An action can end without an error and still report a
 * finding or failed hosts: then it has set process.exitCode, and that value is kept.
 */
export async function main(argv: readonly string[]): Promise<number> {
  tolerateLostOutput();
  const version = packageVersion();
  if (argv.length === 1 && (await printAtOnce(argv[0], version))) return 0;
  if (argv[0] === 'complete') return await printCandidates(argv.slice(argv[1] === '--' ? 2 : 1));
  try {
    return await run(argv, version);
  } catch (error) {
    // With no free file descriptor, the code that shows errors cannot be loaded either.
    const failure = tooManyFiles(error);
    if (failure === undefined) throw error;
    write(process.stderr, `kuafu: ${failure.message}\n${failure.hint}\n`);
    if (wantsJson(argv)) write(process.stdout, `${JSON.stringify(errorDocument(failure))}\n`);
    return failure.exitCode;
  }
}

async function run(argv: readonly string[], version: string): Promise<number> {
  const { createProgram, isAskedForHelp } = await import('./commands/program.js');
  const program = await createProgram(argv, version);
  try {
    const words =
      argv[0] === 'help' ? (await import('./commands/help-topic.js')).withHelpFlag(program, argv) : argv;
    await program.parseAsync(words, { from: 'user' });
    return Number(process.exitCode ?? 0);
  } catch (error) {
    if (isAskedForHelp(error)) return 0;
    if (tooManyFiles(error) !== undefined) throw error;
    const { causeOf, failureOf, reportFailure } = await import('./commands/failure.js');
    const failure = failureOf(await causeOf(error), program, argv);
    reportFailure(failure, wantsJson(argv));
    return failure.exitCode;
  }
}

/** Version and help need nothing that commands need, and should appear at once. */
async function printAtOnce(word: string | undefined, version: string): Promise<boolean> {
  if (word === '--version' || word === '-V') write(process.stdout, `${version}\n`);
  else if (word === '--help' || word === '-h' || word === 'help')
    writeHelp((await import('./commands/root-help.js')).ROOT_HELP);
  else return false;
  return true;
}

/** For the scripts of templates/completion. A shell shows no errors of a completion, so we print none. */
async function printCandidates(words: readonly string[]): Promise<number> {
  const { complete } = await import('./commands/completion/complete.js');
  const candidates = await complete(words).catch(() => []);
  write(process.stdout, candidates.map((line) => `${line}\n`).join(''));
  return 0;
}

/** Looks at the words themselves, because an error may come before they are parsed. */
function wantsJson(argv: readonly string[]): boolean {
  const end = argv.indexOf('--');
  return (end === -1 ? argv : argv.slice(0, end)).includes('--json');
}

function packageVersion(): string {
  const text = readFileSync(packageFile('package.json'), 'utf8');
  return (JSON.parse(text) as { version: string }).version;
}
