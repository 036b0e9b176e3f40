import type { Command } from 'commander';
import { UsageError } from '../lib/errors.js';
import { didYouMean } from '../lib/names/suggest.js';
import { seeHelp } from './failure.js';

/**
 * `help ops list` as `ops list --help`: commander itself looks only at the first word and drops the others.
 *
 * @throws UsageError when there is no such command
 */
export function withHelpFlag(program: Command, argv: readonly string[]): readonly string[] {
  const path = [program.name()];
  let command = program;
  for (const word of argv.slice(1)) {
    if (word.startsWith('-')) continue;
    const names = command.commands.map((child) => child.name());
    const child = command.commands.find((candidate) => candidate.name() === word);
    if (child === undefined)
      throw new UsageError(`unknown command '${word}'${didYouMean(word, names)}`, seeHelp(path));
    command = child;
    path.push(word);
  }
  return [...path.slice(1), '--help'];
}
