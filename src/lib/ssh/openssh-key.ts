import { keyType } from './known-hosts.js';

/** What can be known of a key file without a passphrase. */
export interface KeyFile {
  readonly kind: 'private' | 'public' | 'pkcs8' | 'unreadable';
  readonly encrypted: boolean;
  /** The public key in wire form, if the file shows it. */
  readonly publicBlob: Buffer | undefined;
}

const MAGIC = 'openssh-key-v1\0';

/**
 * Reads the public parts of a key file. OpenSSH's own format shows the public key of an encrypted key (PROTOCOL.key). So the
 * key can be offered to a host before a person is asked for the passphrase.
 */
export function readKeyFile(text: string): KeyFile {
  const openssh = /-----BEGIN OPENSSH PRIVATE KEY-----([\w+/=\s]+)-----END OPENSSH PRIVATE KEY-----/.exec(
    text,
  );
  if (openssh?.[1] !== undefined) return readOpenssh(Buffer.from(openssh[1], 'base64'));
  if (/-----BEGIN (?:ENCRYPTED )?PRIVATE KEY-----/.test(text))
    return { kind: 'pkcs8', encrypted: text.includes('BEGIN ENCRYPTED'), publicBlob: undefined };
  if (/-----BEGIN (?:RSA|EC|DSA) PRIVATE KEY-----/.test(text))
    return { kind: 'private', encrypted: /^Proc-Type: 4,ENCRYPTED/m.test(text), publicBlob: undefined };
  const blob = Buffer.from(text.trim().split(/\s+/)[1] ?? '', 'base64');
  if (keyType(blob) === undefined) return { kind: 'unreadable', encrypted: false, publicBlob: undefined };
  return { kind: 'public', encrypted: false, publicBlob: blob };
}

function readOpenssh(data: Buffer): KeyFile {
  const unreadable: KeyFile = { kind: 'unreadable', encrypted: false, publicBlob: undefined };
  if (data.toString('latin1', 0, MAGIC.length) !== MAGIC) return unreadable;
  const cipher = readString(data, MAGIC.length);
  const kdf = cipher && readString(data, cipher.end);
  const kdfOptions = kdf && readString(data, kdf.end);
  // Between the options and the first public key is the number of keys, four bytes.
  const publicKey = kdfOptions && readString(data, kdfOptions.end + 4);
  if (!publicKey) return unreadable;
  return {
    kind: 'private',
    encrypted: cipher.value.toString('latin1') !== 'none',
    publicBlob: publicKey.value,
  };
}

/** A length-prefixed string (RFC 4251, 5); undefined when the data ends before it does. */
export function readString(data: Buffer, at: number): { value: Buffer; end: number } | undefined {
  if (at + 4 > data.length) return undefined;
  const end = at + 4 + data.readUInt32BE(at);
  if (end > data.length) return undefined;
  return { value: data.subarray(at + 4, end), end };
}

/** A key pair in the formats of OpenSSH; the public half is `ssh-ed25519 BASE64`. */
export interface KeyPair {
  readonly private: string;
  readonly public: string;
}

/** A new Ed25519 key without a passphrase, for one operation. */
export async function newKeyPair(): Promise<KeyPair> {
  const { default: ssh2 } = await import('ssh2');
  const pair = ssh2.utils.generateKeyPairSync('ed25519');
  return { private: pair.private, public: pair.public.trim().split(' ').slice(0, 2).join(' ') };
}
