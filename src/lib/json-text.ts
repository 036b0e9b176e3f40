// Characters that a terminal or a reader obeys and JSON.stringify leaves unchanged: DEL and C1 controls, marks and overrides
// of writing direction, line and paragraph separators, the byte order mark. JSON.stringify itself escapes C0 and lone
// surrogates.
const OBEYED = /[\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/g;

/**
 * A document as JSON that is safe to show: a character in the output of a host that a terminal would obey is written as
 * `\uXXXX`. A JSON parser reads the same text.
 */
export function jsonText(document: unknown, indent?: number): string {
  return JSON.stringify(document, null, indent).replace(
    OBEYED,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
