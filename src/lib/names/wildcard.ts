/** Whether a name stands for all that look like it: `web-*`, `web-?`. */
export function isWildcard(text: string): boolean {
  return /[*?]/.test(text);
}

/**
 * Those that look like a pattern, in which `*` is any characters and `?` one. Takes time by the lengths alone, however many
 * stars there are.
 */
export function matching<Name extends string>(pattern: string, names: Iterable<Name>): Name[] {
  return [...names].filter((name) => matches(pattern, name));
}

/** Goes back to the last star alone: what was before it need not be tried again, for the shortest match there is the best. */
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
