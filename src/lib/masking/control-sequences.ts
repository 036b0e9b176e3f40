// Control sequences by ECMA-48: strings (5.6, which xterm also ends with BEL; the next one ends one that was not ended), CSI (5.4), other escapes (5.3, 5.5).
// util.stripVTControlCharacters differs between versions of Node.js and leaves half of a window title.
const SEQUENCES =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  /(?:\u001b[\]PX^_]|[\u009d\u0090\u0098\u009e\u009f])[^\u0007\u001b\u0090\u0098\u009c-\u009f]*(?:\u0007|\u001b\\|\u009c)|(?:\u001b\[|\u009b)[0-?]*[ -/]*[@-~]|\u001b[ -/]*[0-~]/g;

/** True for a text that may hold control sequences. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
export const MAY_HOLD_SEQUENCES = /[\u001b\u0090-\u009f]/;

/** The text that a terminal would show, without the sequences that it would obey. */
export function withoutSequences(text: string): string {
  return text.replace(SEQUENCES, '');
}
