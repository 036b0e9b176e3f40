import { withoutSequences } from '../../masking/control-sequences.js';

// C0, DEL and C1 controls; bidirectional overrides, which reorder what is shown (Unicode TR 36, 2.10); line and
// paragraph separators; the byte order mark; lone surrogates.
const HOSTILE =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  /[\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g;

/**
 * Text of a host as one harmless line: escape sequences are removed, line ends and tabs become a space, and any other
 * character that a terminal would obey is shown as `\xNN`.
 */
export function sanitizeLine(text: string): string {
  return neutralise(
    withoutSequences(text)
      .trim()
      .replace(/[\r\n\t]+/g, ' '),
  );
}

/** The same for text of several lines: line ends stay, a tab becomes two spaces. */
export function sanitizeText(text: string): string {
  const plain = withoutSequences(text).replaceAll('\r\n', '\n').replaceAll('\t', '  ');
  return plain.split('\n').map(neutralise).join('\n');
}

function neutralise(text: string): string {
  return text.replace(HOSTILE, (character) => {
    const code = character.charCodeAt(0);
    return code < 0x100
      ? `\\x${code.toString(16).padStart(2, '0')}`
      : `\\u${code.toString(16).padStart(4, '0')}`;
  });
}
