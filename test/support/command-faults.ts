import { type Command, CommanderError } from 'commander';
import { createProgram } from '../../src/commands/program.js';
import { wordsOf } from './documented.js';
import { ANY_COMMAND } from './suggested-lines.js';

/**
 * What is wrong with a command line: a command or a flag that is not there, a word too many, or one that is missing. A line
 * in a sentence ends where the sentence goes on: at a plain word that no argument asks for. Of a line that is not `whole`
 * it is only looked at what it names.
 */
export async function faultsOfLine(line: string, { whole }: { readonly whole: boolean }): Promise<string[]> {
  const [, ...words] = wordsOf(line.replaceAll('…', ' '));
  const isWhole = whole && !line.includes('…');
  const program = await createProgram(words, '0');
  const { command, rest } = commandOf(program, words);
  if (rest[0] === ANY_COMMAND) return await faultsOfAny(line, command, { whole });
  if (command === program) return [];
  if (command.commands.length > 0) return rest[0] === undefined ? [] : [`no command ${rest[0]}`];
  if (rest[0] === '--help') return [];
  try {
    const said = withoutSentence(command, rest);
    const { operands, unknown } = command.parseOptions([...said]);
    const { unknown: strange } = program.parseOptions([...ownOf(unknown)]);
    const flags = strange.filter((word) => /^--?[a-z]/i.test(word)).map((word) => `no ${word}`);
    return isWhole ? [...flags, ...missing(command, said, operands)] : flags;
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    return isWhole ? [error.message] : [];
  }
}

/** One of the commands is meant, and the sources choose it: none if one of them fits. */
async function faultsOfAny(
  line: string,
  parent: Command,
  how: { readonly whole: boolean },
): Promise<string[]> {
  const lines = parent.commands.map((each) => line.replace(ANY_COMMAND, each.name()));
  const found = await Promise.all(lines.map((each) => faultsOfLine(each, how)));
  return found.find((faults) => faults.length === 0) ?? found[0] ?? [];
}

function commandOf(program: Command, words: readonly string[]) {
  let command = program;
  let at = 0;
  for (; at < words.length; at++) {
    const child = command.commands.find((each) => each.name() === words[at]);
    if (child === undefined) break;
    command = child;
  }
  return { command, rest: words.slice(at) };
}

/** Plain words that are neither the value of a flag nor an argument that the command must have. */
function withoutSentence(command: Command, words: readonly string[]): readonly string[] {
  const least = command.registeredArguments.filter(({ required }) => required).length;
  let operands = 0;
  let takes = false;
  for (const [at, word] of words.entries()) {
    if (word === '--') return words;
    const option = command.options.find(({ short, long }) => word === short || word === long);
    if (word.startsWith('-')) takes = option?.required === true;
    else if (takes) takes = false;
    else if (/^[a-z]+$/.test(word) && (operands === 0 || operands >= least)) return words.slice(0, at);
    else operands++;
  }
  return words;
}

function missing(command: Command, words: readonly string[], operands: readonly string[]): string[] {
  const asked = command.registeredArguments;
  const open = asked.filter(({ required }, at) => required && operands[at] === undefined);
  const path = command.parent?.parent ? `${command.parent.name()} ${command.name()}` : command.name();
  const own = ownOf(words);
  const hosts = own.filter((word) => !word.startsWith('-')).length > (PATTERN_FIRST.has(path) ? 1 : 0);
  const narrowed = own.some((word) => SELECTS.has(word));
  const isTooMany = !asked.some(({ variadic }) => variadic) && operands.length > asked.length;
  return [
    ...open.map((argument) => `without ${argument.name()}`),
    ...(isTooMany ? [`one word too many: ${operands.at(-1)}`] : []),
    ...(NEED_HOSTS.has(path) && !hosts && !narrowed ? ['without hosts'] : []),
    ...(path === 'traffic repair' && !(own.includes('--app') && own.includes('--idc'))
      ? ['without app and room']
      : []),
  ];
}

/** Those that are not of the command that runs on hosts. */
function ownOf(words: readonly string[]): readonly string[] {
  return words.includes('--') ? words.slice(0, words.indexOf('--')) : words;
}

/** Commands that ask for hosts by words of several kinds, of which commander can demand none. */
const NEED_HOSTS: ReadonlySet<string> = new Set([
  ...['restart', 'start', 'exec', 'logs tail', 'logs grep', 'logs fetch'],
  ...['traffic drain', 'traffic ready', 'env push', 'env rollback'],
]);
const PATTERN_FIRST: ReadonlySet<string> = new Set(['logs grep']);
const SELECTS: ReadonlySet<string> = new Set(['--app', '--group', '--idc', '--room']);
