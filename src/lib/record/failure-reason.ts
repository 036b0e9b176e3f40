/** More of a reason tells nothing that the rest of them does not. */
const LONGEST = 160;

/**
 * A message without what makes equal faults differ: the words in `names` become what they stand for, digits become N.
 * `new-b-07: 12 MB free, 2000 needed` and that of another host are both `HOST: N MB free, N needed`.
 */
export function foldReason(message: string, names: ReadonlyMap<string, string>): string {
  const words = message.replaceAll(/[A-Za-z0-9][\w.:-]*\w|\w/g, (word) => names.get(word) ?? word);
  return words
    .replaceAll(/\d+(\.\d+)*/g, 'N')
    .replaceAll(/\s+/g, ' ')
    .trim()
    .slice(0, LONGEST);
}
