/**
 * Why systemd would refuse a text as a name or a value (unichar_is_valid() in its source); undefined if it takes it. Code
 * points that Unicode reserves as noncharacters are refused like bytes that are not UTF-8.
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
