import type { Command } from 'commander';
import { quoteWord } from '../lib/shell/quote.js';

/**
 * The command line that the operator typed, whole, with some flags added: for a hint that says what to type next. `added` are
 * flags without a value, by their long names.
 */
export function retyped(command: Command, ...added: readonly string[]): string {
  const path: Command[] = [];
  for (let at: Command | null = command; at !== null; at = at.parent) path.unshift(at);
  const flags = path.flatMap(typedFlags).filter((flag) => !added.includes(flag));
  return [...path.map((each) => each.name()), ...command.args.map(quoteWord), ...flags, ...added].join(' ');
}

/** The flags of one command, as they were given to it: `--keep 70%`, `--no-color`. */
function typedFlags(command: Command): string[] {
  return command.options.flatMap((option) => {
    const key = option.attributeName();
    const value: unknown = command.getOptionValue(key);
    const name = option.long ?? option.short ?? '';
    if (command.getOptionValueSource(key) !== 'cli' || option.negate !== (value === false)) return [];
    if (typeof value === 'boolean') return [name];
    return (Array.isArray(value) ? value : [value]).map((each) => `${name} ${quoteWord(String(each))}`);
  });
}
