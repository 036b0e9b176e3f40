/** Whether a name is a pattern for several names: `web-*`, `web-?`. */
export function isWildcard(text: string): boolean {
  return /[*?]/.test(text);
}

/**
 * The names that match a pattern, in which `*` is any characters and `?` one character. The time depends only on the lengths, not
 * on the number of stars.
 */
export function matching<Name extends string>(pattern: string, names: Iterable<Name>): Name[] {
  return [...names].filter((name) => matches(pattern, name));
}

/** Goes back only to the last star: the shortest match before it is always the best, so it need not be tried again. */
function matches(pattern: string, name: string): boolean {
  let at = 0;
  let star = -1;
  let behindStar = 0;
  for (let position = 0; position < name.length; ) {
    const wanted = pattern[at];
    if (wanted === '*') {
      star = at++;
      behindStar = position;
    } else if (wanted === '?' || wanted === name[position]) {
      at += 1;
      position += 1;
    } else if (star >= 0) {
      at = star + 1;
      position = ++behindStar;
    } else return false;
  }
  return /^\**$/.test(pattern.slice(at));
}
