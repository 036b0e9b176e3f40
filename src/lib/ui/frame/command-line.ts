import { quoteWord } from '../../shell/quote.js';

/**
 * A command line as it can be pasted into a shell: `undefined` and false flags are left out, true ones have no value.
 * @param flags by their names, in order
 */
export function commandLine(
  command: string,
  flags: Readonly<Record<string, string | boolean | undefined>>,
): string {
  const words = Object.entries(flags).flatMap(([name, value]) => {
    if (value === undefined || value === false) return [];
    return value === true ? [`--${name}`] : [`--${name}`, quoteWord(value)];
  });
  return [command, ...words].join(' ');
}
