import { isUtf8 } from 'node:buffer';

/** U+DC80 to U+DCFF represent bytes that are not UTF-8, as in Python (PEP 383): no name is lost, and no two names are equal. */
const ESCAPE = 0xdc00;
const LONGEST_SEQUENCE = 4;
const MOST_SHOWN = 240;

/** The path of a file on a host, from the bytes of its name. */
export function pathOf(bytes: Buffer): string {
  if (isUtf8(bytes)) return bytes.toString('utf8');
  let path = '';
  for (let at = 0; at < bytes.length; ) {
    const size = sequenceAt(bytes, at);
    path +=
      size === 0 ? String.fromCharCode(ESCAPE + (bytes[at] ?? 0)) : bytes.toString('utf8', at, at + size);
    at += size || 1;
  }
  return path;
}

function sequenceAt(bytes: Buffer, at: number): number {
  for (let size = 1; size <= LONGEST_SEQUENCE && at + size <= bytes.length; size++)
    if (isUtf8(bytes.subarray(at, at + size))) return size;
  return 0;
}

/** The bytes of a path on its host. */
export function pathBytes(path: string): Buffer {
  if (!/[\udc80-\udcff]/.test(path)) return Buffer.from(path);
  return Buffer.concat(Array.from(path, bytesOf));
}

function bytesOf(character: string): Buffer {
  const code = character.codePointAt(0) ?? 0;
  const isByte = code >= ESCAPE + 0x80 && code <= ESCAPE + 0xff;
  return isByte ? Buffer.of(code - ESCAPE) : Buffer.from(character);
}

/** A path for the scripts of templates/logs: one harmless word, with every byte except letters, digits and ./_- as \0ooo. */
export function pathWord(path: string): string {
  if (/^[A-Za-z0-9./_-]*$/.test(path)) return path;
  let word = '';
  for (const byte of pathBytes(path)) {
    const character = String.fromCharCode(byte);
    word += /[A-Za-z0-9./_-]/.test(character) ? character : `\\0${byte.toString(8).padStart(3, '0')}`;
  }
  return word;
}

/**
 * A path in a message: control characters, backslashes and line separators are escaped, because they would change how it reads.
 * The middle of a long path is left out.
 */
export function shownPath(path: string): string {
  const shown = path.replace(/[\p{C}\p{Zl}\p{Zp}\\]/gu, escaped);
  if (shown.length <= MOST_SHOWN) return shown;
  return `${shown.slice(0, MOST_SHOWN / 2)}…${shown.slice(-MOST_SHOWN / 2)}`;
}

function escaped(character: string): string {
  if (character === '\n') return '\\n';
  if (character === '\\') return '\\\\';
  return [...bytesOf(character)].map((byte) => `\\x${byte.toString(16).padStart(2, '0')}`).join('');
}
