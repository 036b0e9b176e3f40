import type { ParsedKey } from 'ssh2';
import { stringOf } from './agent-keys.js';
import { keyType } from './known-hosts.js';
import { readString } from './openssh-key.js';
import type { Ssh2 } from './ssh2.js';

/** Kinds of keys that ssh2 does not know. An agent can still sign with them. */
export type ForeignKind = 'certificate' | 'FIDO key';

/** The kind of a key that ssh2 cannot use by itself; undefined if ssh2 can use it. */
export function foreignKind(blob: Buffer): ForeignKind | undefined {
  const type = keyType(blob) ?? '';
  if (type.includes('-cert-v0')) return 'certificate';
  return type.startsWith('sk-') ? 'FIDO key' : undefined;
}

/**
 * Makes ssh2 offer a key of a type that it does not know. ssh2 takes only the name and the wire form from here, because the
 * signature is made elsewhere. For a certificate of an RSA key the name also gives the hash (RFC 8332).
 */
export function foreignKey(ssh2: Ssh2, blob: Buffer): ParsedKey {
  const base = ssh2.utils.parseKey(stringsOf('ssh-ed25519', Buffer.alloc(32)));
  if (base instanceof Error) throw base;
  const type = keyType(blob) ?? '';
  const shown = type === 'ssh-rsa-cert-v01@openssh.com' ? 'rsa-sha2-512-cert-v01@openssh.com' : type;
  return Object.create(base, { type: { value: shown }, getPublicSSH: { value: () => blob } }) as ParsedKey;
}

/** How many fields of a certificate are its public key, by the type of that key (PROTOCOL.certkeys). */
const KEY_FIELDS: ReadonlyMap<string, number> = new Map([
  ['ssh-ed25519', 1],
  ['ssh-rsa', 2],
  ['ecdsa-sha2-nistp256', 2],
  ['ecdsa-sha2-nistp384', 2],
  ['ecdsa-sha2-nistp521', 2],
  ['sk-ssh-ed25519@openssh.com', 2],
  ['sk-ecdsa-sha2-nistp256@openssh.com', 3],
]);

/** The public key in a certificate: the same private key signs for both. */
export function certifiedKey(certificate: Buffer): Buffer | undefined {
  const name = keyType(certificate) ?? '';
  const type = name.startsWith('sk-')
    ? name.replace('-cert-v01@openssh.com', '@openssh.com')
    : name.replace('-cert-v01@openssh.com', '');
  const count = KEY_FIELDS.get(type);
  // The type and a nonce come before the key.
  const nonce = readString(certificate, 4 + name.length);
  if (count === undefined || nonce === undefined) return undefined;
  let end = nonce.end;
  for (let field = 0; field < count; field++) {
    const next = readString(certificate, end);
    if (next === undefined) return undefined;
    end = next.end;
  }
  return Buffer.concat([stringOf(Buffer.from(type)), certificate.subarray(nonce.end, end)]);
}

function stringsOf(...fields: readonly (string | Buffer)[]): Buffer {
  return Buffer.concat(fields.map((field) => stringOf(Buffer.from(field))));
}
