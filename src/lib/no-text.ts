/**
 * Why systemd would not take a text as a name or a value (unichar_is_valid() of its source); undefined where it does. Code
 * points that Unicode keeps for no character are as bad as bytes that are no UTF-8.
 */
export function noTextReason(text: string): string | undefined {
  for (const character of text) {
    const point = character.codePointAt(0) ?? 0;
    if (point >= 0xd800 && point <= 0xdfff) return 'half of a surrogate pair';
    if ((point & 0xfffe) === 0xfffe || (point >= 0xfdd0 && point <= 0xfdef))
      return `U+${point.toString(16).toUpperCase()}, which is no character`;
  }
  return undefined;
}
