import { stat } from 'node:fs/promises';
import type { ParsedKey } from 'ssh2';
import { sentenceOf } from '../errors.js';
import { NotOursError } from '../own-files/not-ours.js';
import { otherReaders } from '../own-files/owners.js';
import { readOwnFile, readTextFile } from '../own-files/read.js';
import { quoteWord } from '../shell/quote.js';
import { foreignKind } from './foreign-keys.js';
import { keyType } from './known-hosts.js';
import { readKeyFile } from './openssh-key.js';

/** A key that can be offered to a host. */
export interface Identity {
  /** The key's name in messages: its file, or the agent's comment. */
  readonly label: string;
  readonly publicKey: ParsedKey;
  /** A person may have to act before it signs: type a passphrase, touch a token, confirm in the agent. */
  readonly mayAskHuman: () => boolean;
  readonly sign: (data: Buffer, hash: string | undefined) => Promise<Buffer>;
  /** The signature is complete, with the name of its algorithm: for a key that ssh2 does not know. */
  readonly signsWhole?: boolean;
}

/** A key that cannot be used, and why; shown if no other key was accepted. */
export interface UnusableKey {
  readonly label: string;
  readonly why: string;
  readonly hint: string | undefined;
  /** The library does not support this kind of key: certificates, FIDO, PKCS#8. */
  readonly unsupported: boolean;
}

export type LoadedKey = { readonly identity: Identity } | { readonly unusable: UnusableKey };

/** A file with only a public key selects that key of the agent (ssh_config(5), IdentityFile). */
export type KeyFileContent = LoadedKey | { readonly selects: Buffer; readonly label: string };

export type AskPassphrase = (file: string) => Promise<string | undefined>;
type ParseKey = (data: Buffer | string, passphrase?: string) => ParsedKey | Error;

/** Reads one identity file. An encrypted key is decrypted only when a host accepts its public half. */
export async function loadKeyFile(
  file: string,
  parseKey: ParseKey,
  ask?: AskPassphrase,
): Promise<KeyFileContent> {
  let text: string;
  try {
    text = await readOwnFile(file);
  } catch (error) {
    if (error instanceof NotOursError) return refused(file, error);
    return unusable(file, `cannot be read (${sentenceOf(error)})`);
  }
  const content = readKeyFile(text);
  if (content.kind === 'public' && content.publicBlob) return { selects: content.publicBlob, label: file };
  const readers = otherReaders(await stat(file));
  if (readers !== undefined)
    return unusable(file, `can be read by ${readers}, so it is not used`, `chmod 600 ${quoteWord(file)}`);
  if (content.kind === 'pkcs8')
    return unusable(
      file,
      'is a PKCS#8 key, which is not supported',
      `ssh-keygen -p -f ${quoteWord(file)} rewrites it in OpenSSH's format`,
      true,
    );
  const publicBlob = content.publicBlob ?? (content.encrypted ? await besides(file) : undefined);
  // The file of a FIDO key is only a handle: the agent asks the token to sign.
  if (publicBlob && foreignKind(publicBlob)) return { selects: publicBlob, label: file };
  if (!content.encrypted) return fromParsed(file, parseKey(text));
  if (!publicBlob)
    return unusable(
      file,
      'is encrypted in an old format without a public half beside it',
      `ssh-keygen -y -f ${quoteWord(file)} > ${quoteWord(`${file}.pub`)}, or ssh-add ${quoteWord(file)}`,
    );
  const publicKey = parseKey(publicBlob);
  if (publicKey instanceof Error) return unusable(file, `is not understood (${publicKey.message})`);
  return { identity: encryptedIdentity(file, publicKey, lockedKey(file, text, parseKey, ask)) };
}

/** Why a key that needs an agent cannot be used without one; undefined if ssh2 can use it. */
export function whyUnsupported(file: string, blob: Buffer): { why: string; hint: string } | undefined {
  const kind = foreignKind(blob);
  if (kind === undefined) return undefined;
  const type = keyType(blob);
  const key = file.replace(/(-cert)?\.pub$/, '');
  return kind === 'certificate'
    ? {
        why: `is an OpenSSH certificate (${type}), which kuafu can use by an agent alone`,
        hint: `ssh-add ${quoteWord(key)} gives the agent the key and its certificate`,
      }
    : {
        why: `is a FIDO key (${type}), which kuafu can use by an agent alone`,
        hint: `ssh-add ${quoteWord(key)} gives it to the agent`,
      };
}

function fromParsed(file: string, key: ParsedKey | Error): LoadedKey {
  if (key instanceof Error) return unusable(file, `is not understood (${key.message})`);
  return {
    identity: {
      label: file,
      publicKey: key,
      mayAskHuman: () => false,
      sign: async (data, hash) => signWith(key, data, hash),
    },
  };
}

interface LockedKey {
  readonly isOpen: () => boolean;
  readonly open: () => Promise<ParsedKey>;
}

/** Asks for the passphrase once, even if many hosts want the key at the same time. */
function lockedKey(
  file: string,
  text: string,
  parseKey: ParseKey,
  ask: AskPassphrase | undefined,
): LockedKey {
  let opening: Promise<ParsedKey> | undefined;
  let isOpen = false;
  const openOnce = async () => {
    const passphrase = await ask?.(file);
    if (passphrase === undefined) throw new Error(`${file} is encrypted and there is no passphrase for it`);
    const key = parseKey(text, passphrase);
    if (key instanceof Error) throw new Error(`the passphrase of ${file} is wrong`);
    isOpen = true;
    return key;
  };
  return {
    isOpen: () => isOpen,
    open: () => {
      opening ??= openOnce();
      return opening;
    },
  };
}

function encryptedIdentity(file: string, publicKey: ParsedKey, locked: LockedKey): Identity {
  return {
    label: file,
    publicKey,
    mayAskHuman: () => !locked.isOpen(),
    sign: async (data, hash) => signWith(await locked.open(), data, hash),
  };
}

function signWith(key: ParsedKey, data: Buffer, hash: string | undefined): Buffer {
  const signature: Buffer | Error = key.sign(data, hash);
  if (signature instanceof Error) throw signature;
  return signature;
}

async function besides(file: string): Promise<Buffer | undefined> {
  const text = await readTextFile(`${file}.pub`).catch(() => '');
  return readKeyFile(text).publicBlob;
}

/** Like ssh, ignores such a key and reports it. */
function refused(file: string, { message, hint }: NotOursError): LoadedKey {
  return unusable(file, `${message.replace(`${file} `, '')}, so it is not used`, hint);
}

function unusable(label: string, why: string, hint?: string, unsupported = false): LoadedKey {
  return { unusable: { label, why, hint, unsupported } };
}
