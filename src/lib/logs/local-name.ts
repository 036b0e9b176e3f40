import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { pathBytes } from './remote-path.js';

/** Of one name, with room for what is put behind it; and of a path below the folder. In bytes. */
const MAX_NAME = 240;
const MAX_PATH = 1500;

/**
 * Where a file of a host is put, below the folder of a fetch: HOST/path. Names that a host may have and we would rather
 * not (line ends, escapes, bytes that are no UTF-8) have them as %XX, and `%` itself, so that no two are alike; what is too
 * long for a file system goes by its digest. The manifest has the path as it was.
 */
export function localName(host: string, path: string): string {
  const names = path.split('/').filter((name) => name !== '' && name !== '.');
  const name = join(host, ...names.map(shortName));
  return Buffer.byteLength(name) <= MAX_PATH ? name : join(host, '%long', digestOf(path));
}

/** Where it is while it is on its way. */
export function partName(host: string, path: string): string {
  return join(partFolder(host), digestOf(path));
}

/** No file of a host is called so. */
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
