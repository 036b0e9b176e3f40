import type { ParsedKey } from 'ssh2';
import { stringOf } from './agent-keys.js';
import { keyType } from './known-hosts.js';
import { readString } from './openssh-key.js';
import type { Ssh2 } from './ssh2.js';

/** Kinds of keys that ssh2 does not know. An agent can sign with them all the same. */
export type ForeignKind = 'certificate' | 'FIDO key';

/** What kind a key is that ssh2 cannot use by itself; undefined when it can. */
export function foreignKind(blob: Buffer): ForeignKind | undefined {
  const type = keyType(blob) ?? '';
  if (type.includes('-cert-v0')) return 'certificate';
  return type.startsWith('sk-') ? 'FIDO key' : undefined;
}

/**
 * Makes ssh2 offer a key of a type that it does not know: it takes the name and the wire form from here, and nothing else of
 * the key, as it is another that signs. The name of a certificate of an RSA key says with which hash (RFC 8332).
 */
export function foreignKey(ssh2: Ssh2, blob: Buffer): ParsedKey {
  const base = ssh2.utils.parseKey(stringsOf('ssh-ed25519', Buffer.alloc(32)));
  if (base instanceof Error) throw base;
  const type = keyType(blob) ?? '';
  const shown = type === 'ssh-rsa-cert-v01@openssh.com' ? 'rsa-sha2-512-cert-v01@openssh.com' : type;
  return Object.create(base, { type: { value: shown }, getPublicSSH: { value: () => blob } }) as ParsedKey;
}

/** How many fields of a certificate are its public key, by the type of that (PROTOCOL.certkeys). */
const KEY_FIELDS: ReadonlyMap<string, number> = new Map([
  ['ssh-ed25519', 1],
  ['ssh-rsa', 2],
  ['ecdsa-sha2-nistp256', 2],
  ['ecdsa-sha2-nistp384', 2],
  ['ecdsa-sha2-nistp521', 2],
  ['sk-ssh-ed25519@openssh.com', 2],
  ['sk-ecdsa-sha2-nistp256@openssh.com', 3],
]);

/** The public key that a certificate is about: who holds the private half can sign for both. */
export function certifiedKey(certificate: Buffer): Buffer | undefined {
  const name = keyType(certificate) ?? '';
  const type = name.startsWith('sk-')
    ? name.replace('-cert-v01@openssh.com', '@openssh.com')
    : name.replace('-cert-v01@openssh.com', '');
  const count = KEY_FIELDS.get(type);
  // Before the key stand its type and a nonce.
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
