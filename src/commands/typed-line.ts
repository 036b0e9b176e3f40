import type { Command } from 'commander';
import { quoteWord } from '../lib/shell/quote.js';
import { commandLine } from '../lib/ui/frame/command-line.js';

/**
 * The command line that the operator typed, whole, with some flags put differently: for a hint that says what to type next.
 * The configuration is not among them, as every suggestion gets it where it is shown (`suggested()`).
 * @param changed by their long names: a value, true for a flag without one, false for a flag that is left out
 */
export function retyped(command: Command, changed: Readonly<Record<string, string | boolean>>): string {
  const path: Command[] = [];
  for (let at: Command | null = command; at !== null; at = at.parent) path.unshift(at);
  const flags = path.flatMap((each) => typedFlags(each, new Set(['config', ...Object.keys(changed)])));
  return commandLine(
    [...path.map((each) => each.name()), ...command.args.map(quoteWord), ...flags].join(' '),
    changed,
  );
}

/** The flags of one command, as they were given to it: `--keep 70%`, `--no-color`; some by their names are left out. */
function typedFlags(command: Command, without: ReadonlySet<string>): string[] {
  return command.options.flatMap((option) => {
    if (without.has(option.name())) return [];
    const key = option.attributeName();
    const value: unknown = command.getOptionValue(key);
    const name = option.long ?? option.short ?? '';
    if (command.getOptionValueSource(key) !== 'cli' || option.negate !== (value === false)) return [];
    if (typeof value === 'boolean') return [name];
    return (Array.isArray(value) ? value : [value]).map((each) => `${name} ${quoteWord(String(each))}`);
  });
}
