// Control sequences as ECMA-48 has them: strings (5.6, and BEL as xterm ends them), CSI (5.4), other escapes (5.3, 5.5).
// util.stripVTControlCharacters differs between versions of Node.js and leaves half of a window title standing.
const SEQUENCES =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  /(?:\u001b[\]PX^_]|[\u009d\u0090\u0098\u009e\u009f])[^\u0007\u001b\u009c]*(?:\u0007|\u001b\\|\u009c)|(?:\u001b\[|\u009b)[0-?]*[ -/]*[@-~]|\u001b[ -/]*[0-~]/g;

// C0, DEL and C1 controls; bidirectional overrides, which reorder what is shown (Unicode TR 36, 2.10); line and
// paragraph separators; the byte order mark; lone surrogates.
const HOSTILE =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  /[\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g;

/**
 * Text of a host as one harmless line: escape sequences are taken out, line ends and tabs become a space, every other
 * character that a terminal would obey is shown as `\xNN`.
 */
export function sanitizeLine(text: string): string {
  return neutralise(
    text
      .replace(SEQUENCES, '')
      .trim()
      .replace(/[\r\n\t]+/g, ' '),
  );
}

/** The same for text of several lines: line ends stay, a tab becomes two spaces. */
export function sanitizeText(text: string): string {
  const plain = text.replace(SEQUENCES, '').replaceAll('\r\n', '\n').replaceAll('\t', '  ');
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
