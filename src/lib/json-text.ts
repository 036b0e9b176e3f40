// What a terminal or a reader obeys and JSON.stringify leaves as it is: DEL and C1 controls, marks and overrides of
// writing direction, line and paragraph separators, the byte order mark. C0 and lone surrogates it escapes by itself.
const OBEYED = /[\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/g;

/**
 * A document as JSON that may be looked at: what hosts say stands in it as `\uXXXX` wherever a terminal would obey it, and
 * means the same to whoever parses it.
 */
export function jsonText(document: unknown, indent?: number): string {
  return JSON.stringify(document, null, indent).replace(
    OBEYED,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
