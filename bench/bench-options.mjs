// Options of the benchmarks, as --name VALUE.
import { parseArgs } from 'node:util';

/** Ends the program for wrong usage, or a machine that lacks something. */
export function fail(sentence) {
  console.error(sentence);
  process.exit(2);
}

/** @param defaults texts for options with a value, `false` for those without */
export function parseOptions(defaults) {
  const entries = Object.entries(defaults).map(([name, value]) => [
    name,
    { type: typeof value, default: value },
  ]);
  try {
    return parseArgs({ options: Object.fromEntries(entries) }).values;
  } catch (error) {
    return fail(error.message);
  }
}

export function positive(text) {
  const number = Number(text);
  return number > 0 ? number : fail(`${text} is no number above 0`);
}
