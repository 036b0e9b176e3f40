import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { pathBytes } from './remote-path.js';

/** The limits for one name, with room for a suffix, and for a path below the folder. In bytes. */
const MAX_NAME = 240;
const MAX_PATH = 1500;

/**
 * The local path of a host's file, below the folder of a fetch: HOST/path. Characters that are unsafe in a local name (line ends,
 * escapes, bytes that are not UTF-8) become %XX. So does `%`, so that no two names are equal. A name that is too long for a file
 * system is replaced by its digest. The manifest has the original path.
 */
export function localName(host: string, path: string): string {
  const names = path.split('/').filter((name) => name !== '' && name !== '.');
  const name = join(host, ...names.map(shortName));
  return Buffer.byteLength(name) <= MAX_PATH ? name : join(host, '%long', digestOf(path));
}

/** The local path during the transfer. */
export function partName(host: string, path: string): string {
  return join(partFolder(host), digestOf(path));
}

/** No file of a host has this name. */
export function partFolder(host: string): string {
  return join(host, '%part');
}

function shortName(name: string): string {
  const plain = name === '..' ? '%2e%2e' : name.replace(/[\p{C}\p{Zl}\p{Zp}%]/gu, encoded);
  if (Buffer.byteLength(plain) <= MAX_NAME) return plain;
  return `%cut${digestOf(name)}`;
}

function encoded(character: string): string {
  return [...pathBytes(character)].map((byte) => `%${byte.toString(16).padStart(2, '0')}`).join('');
}

function digestOf(text: string): string {
  return createHash('sha256').update(pathBytes(text)).digest('hex').slice(0, 32);
}
