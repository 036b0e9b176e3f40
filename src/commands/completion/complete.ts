import type { Command, Option } from 'commander';
import { createProgram } from '../program.js';

/** Tells the shell to complete the names of files itself. */
const FILES = ':files';

/**
 * The candidates for the last word, one a line, each followed by a tab and its explanation. The scripts of
 * templates/completion call this at each press of the tab key. It reads the configuration only if a name from it is needed,
 * and prints no error if the configuration is broken.
 */
export async function complete(typed: readonly string[]): Promise<readonly string[]> {
  const isHelp = typed[0] === 'help' && typed.length > 1;
  const words = isHelp ? typed.slice(1) : typed;
  const { command, given, operands } = await walk(words.slice(0, -1));
  const last = words.at(-1) ?? '';
  if (words.slice(0, -1).includes('--')) return [];
  const options = optionsOf(command);
  const before = options.find((option) => takesValue(option) && isFlag(option, words.at(-2) ?? ''));
  if (before !== undefined) return await values(before, last, given);
  const [, flag = '', value = ''] = /^(--[a-z-]+)=(.*)$/.exec(last) ?? [];
  const named = options.find((option) => takesValue(option) && isFlag(option, flag));
  if (named !== undefined)
    return (await values(named, value, given)).map((line) => (line === FILES ? line : `${flag}=${line}`));
  if (last.startsWith('-')) return options.flatMap(flagLine).filter((line) => line.startsWith(last));
  const children = command.commands.map((child) => `${child.name()}\t${child.summary()}`);
  if (isHelp) return operands.length > 0 ? [] : children.filter((line) => line.startsWith(last));
  if (children.length > 0) return operands.length > 0 ? [] : children.filter((line) => line.startsWith(last));
  return await operandValues(command, operands, last, given);
}

interface Walked {
  readonly command: Command;
  /** Values of flags, by flag name such as `app`. */
  readonly given: ReadonlyMap<string, string>;
  /** Words that are neither commands nor flags. */
  readonly operands: readonly string[];
}

async function walk(words: readonly string[]): Promise<Walked> {
  const program = await createProgram(words, '');
  // Only the help of the program has summaries of all commands.
  const { ROOT_HELP } = await import('../root-help.js');
  for (const child of program.commands)
    child.summary(new RegExp(`^  ${child.name()} +(.*)$`, 'm').exec(ROOT_HELP)?.[1] ?? '');
  let command = program;
  const given = new Map<string, string>();
  const operands: string[] = [];
  for (let at = 0; at < words.length; at += 1) {
    const word = words[at] ?? '';
    const [name = '', inline] = word.split(/=(.*)/s);
    const option = optionsOf(command).find((candidate) => isFlag(candidate, name));
    if (option !== undefined) {
      const value = inline ?? (takesValue(option) ? words[++at] : undefined);
      if (value !== undefined) given.set(option.name(), value);
      continue;
    }
    const child = command.commands.find((candidate) => candidate.name() === word);
    if (child !== undefined) command = child;
    else if (!word.startsWith('-')) operands.push(word);
  }
  return { command, given, operands };
}

function optionsOf(command: Command): readonly Option[] {
  const inherited = command.parent === null ? [] : optionsOf(command.parent);
  return [...command.options, ...inherited];
}

function isFlag({ long, short }: Option, word: string): boolean {
  return word !== '' && (word === long || word === short);
}

function takesValue(option: Option): boolean {
  return option.required || option.optional;
}

function flagLine({ long, description, hidden }: Option): string[] {
  return long === undefined || long === null || hidden ? [] : [`${long}\t${description}`];
}

async function values(option: Option, last: string, given: Walked['given']): Promise<readonly string[]> {
  if (option.argChoices !== undefined) return option.argChoices.filter((choice) => choice.startsWith(last));
  const { valuesOf } = await import('./complete-names.js');
  return await valuesOf(option.name(), last, given);
}

async function operandValues(
  command: Command,
  operands: readonly string[],
  last: string,
  given: Walked['given'],
): Promise<readonly string[]> {
  const { registeredArguments } = command;
  const argument =
    registeredArguments[operands.length] ?? registeredArguments.findLast(({ variadic }) => variadic);
  if (argument === undefined) return [];
  if (argument.argChoices !== undefined)
    return argument.argChoices.filter((choice) => choice.startsWith(last));
  const { valuesOf } = await import('./complete-names.js');
  const spares = command.parent?.name() === 'resource';
  const named = argument.name() === 'words' ? 'hosts' : argument.name();
  const name = named === 'id' && command.name() !== 'show' ? command.name() : named;
  return await valuesOf(spares ? 'spares' : name, last, given);
}
