/** A longer reason is cut at a word: the rest adds no information. */
const LONGEST = 160;

/**
 * A message without the parts that differ between equal faults: each word in `names` becomes what it stands for, digits become N.
 * `new-b-07: 12 MB free, 2000 needed` and the same message of another host both become `HOST: N MB free, N needed`. A number that
 * says what went wrong stays: an HTTP status, an exit status.
 */
export function foldReason(message: string, names: ReadonlyMap<string, string>): string {
  const text = message.replaceAll(/[A-Za-z0-9][\w.:-]*\w|\w/g, (word) => names.get(word) ?? word);
  const reason = text
    .replaceAll(/(\b(?:HTTP|status|exit(?: code| status)?) )?(\d+(?:\.\d+)*)/gi, (number, what) =>
      what === undefined ? 'N' : number,
    )
    .replaceAll(/\s+/g, ' ')
    .trim();
  return reason.length <= LONGEST ? reason : cutAtWord(reason);
}

function cutAtWord(folded: string): string {
  const cut = folded.slice(0, LONGEST);
  const end = cut.lastIndexOf(' ');
  return `${(end === -1 ? cut : cut.slice(0, end)).replace(/(?<![:;,(])[:;,(]+$/, '')} …`;
}
