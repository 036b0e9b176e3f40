import { createHash, createHmac } from 'node:crypto';
import { matchesList } from '../ssh-config/patterns.js';

/** A key that a known_hosts file holds for a host. `key` is its SSH wire form in base64. */
export interface KnownKey {
  readonly type: string;
  readonly key: string;
  readonly file: string;
  readonly line: number;
}

interface Entry extends KnownKey {
  readonly matches: (name: string) => boolean;
}

/** Lists of host keys, one or several. */
export interface HostKeyList {
  /** Whether this exact key is listed for this name. */
  has(name: string, key: string): boolean;
  /** Every key that is listed for this name. Checks all hashed entries: for messages, not for every connection. */
  keysOf(name: string): readonly KnownKey[];
  /** Key types to ask the host for first. A guess when entries are hashed; empty when nothing is known. */
  likelyTypes(names: readonly string[]): ReadonlySet<string>;
  /** The line that revokes this key for one of the names. */
  revocation(names: readonly string[], key: string): KnownKey | undefined;
  /** A line that trusts a certificate authority for one of the names; ssh2 cannot check host certificates. */
  authority(names: readonly string[]): KnownKey | undefined;
}

/** Several lists as one. Each is parsed once, even if several joined lists contain it. */
export function joinedLists(lists: readonly KnownHosts[]): HostKeyList {
  return {
    has: (name, key) => lists.some((list) => list.has(name, key)),
    keysOf: (name) => lists.flatMap((list) => list.keysOf(name)),
    likelyTypes: (names) => {
      const plain = new Set(lists.flatMap((list) => [...list.typesOf(names)]));
      if (plain.size > 0) return plain;
      const hashed = new Set(lists.flatMap((list) => [...list.hashedTypes()]));
      return hashed.size === 1 ? hashed : plain;
    },
    revocation: (names, key) => firstOf(lists, (list) => list.revocation(names, key)),
    authority: (names) => firstOf(lists, (list) => list.authority(names)),
  };
}

function firstOf<T>(lists: readonly KnownHosts[], find: (list: KnownHosts) => T | undefined): T | undefined {
  for (const list of lists) {
    const found = find(list);
    if (found !== undefined) return found;
  }
  return undefined;
}

/**
 * The keys of a known_hosts file (sshd(8), SSH_KNOWN_HOSTS FILE FORMAT). Plain names are looked up in constant time. A
 * hashed entry costs one HMAC for each name that is compared with it, so hashed entries are found by key if possible.
 */
export class KnownHosts {
  readonly #exact = new Map<string, KnownKey[]>();
  readonly #patterns: Entry[] = [];
  readonly #hashed: Entry[] = [];
  readonly #hashedByKey = new Map<string, Entry[]>();
  readonly #revoked: Entry[] = [];
  readonly #authorities: Entry[] = [];

  /**
   * Adds the lines of one file. With `firstWins`, a name keeps the key of its first line. That is the rule for a file to
   * which several processes append: a second, different key must not be trusted.
   */
  add(file: string, text: string, firstWins = false): void {
    text.split('\n').forEach((content, index) => {
      const fields = content.trim().split(/\s+/);
      const first = fields[0] ?? '';
      if (first === '' || first.startsWith('#')) return;
      const marker = first.startsWith('@') ? fields.shift() : undefined;
      const [patterns = '', named, encoded = ''] = fields;
      const blob = Buffer.from(encoded, 'base64');
      const type = keyType(blob);
      // Like ssh, ignores a line that names one key type and holds another.
      if (type === undefined || type !== named || !isWhole(blob) || patterns.startsWith('@')) return;
      const known: KnownKey = { type, key: blob.toString('base64'), file, line: index + 1 };
      this.#addLine(marker, patterns, known, firstWins);
    });
  }

  has(name: string, key: string): boolean {
    const wanted = name.toLowerCase();
    const same = (entry: KnownKey) => entry.key === key;
    return (
      (this.#exact.get(wanted)?.some(same) ?? false) ||
      this.#patterns.some((entry) => same(entry) && entry.matches(wanted)) ||
      (this.#hashedByKey.get(key)?.some((entry) => entry.matches(wanted)) ?? false)
    );
  }

  keysOf(name: string): KnownKey[] {
    const wanted = name.toLowerCase();
    const searched = [...this.#patterns, ...this.#hashed].filter((entry) => entry.matches(wanted));
    return [...(this.#exact.get(wanted) ?? []), ...searched];
  }

  /** Types of the keys that are listed for one of the names, without hashed entries. */
  typesOf(names: readonly string[]): ReadonlySet<string> {
    const wanted = names.map((name) => name.toLowerCase());
    const plain = wanted.flatMap((name) => this.#exact.get(name) ?? []);
    const matching = this.#patterns.filter((entry) => wanted.some((name) => entry.matches(name)));
    return new Set([...plain, ...matching].map((entry) => entry.type));
  }

  /** Types of the keys of all hashed entries, for any host. */
  hashedTypes(): ReadonlySet<string> {
    return new Set(this.#hashed.map((entry) => entry.type));
  }

  revocation(names: readonly string[], key: string): KnownKey | undefined {
    const wanted = names.map((name) => name.toLowerCase());
    return this.#revoked.find((entry) => entry.key === key && wanted.some((name) => entry.matches(name)));
  }

  authority(names: readonly string[]): KnownKey | undefined {
    const wanted = names.map((name) => name.toLowerCase());
    return this.#authorities.find((entry) => wanted.some((name) => entry.matches(name)));
  }

  #addLine(marker: string | undefined, patterns: string, known: KnownKey, firstWins: boolean): void {
    const entry: Entry = { ...known, matches: matcher(patterns) };
    if (marker === '@revoked') this.#revoked.push(entry);
    else if (marker === '@cert-authority') this.#authorities.push(entry);
    else if (marker !== undefined) return;
    else if (patterns.startsWith('|')) {
      this.#hashed.push(entry);
      append(this.#hashedByKey, known.key, entry);
    } else if (/[*?!]/.test(patterns)) this.#patterns.push(entry);
    else
      for (const name of patterns.toLowerCase().split(','))
        if (!firstWins || !this.#exact.get(name)?.some((other) => other.file === known.file))
          append(this.#exact, name, known);
  }
}

/** `SHA256:…`, as ssh-keygen -l shows it. */
export function fingerprintOf(blob: Buffer): string {
  return `SHA256:${createHash('sha256')
    .update(blob)
    .digest('base64')
    .replace(/(?<!=)=+$/, '')}`;
}

/** `ssh-ed25519 SHA256:…` of a key as known_hosts has it: type and base64. */
export function describeHostKey(hostKey: string): string {
  const [type = '', encoded = ''] = hostKey.split(' ');
  return `${type} ${fingerprintOf(Buffer.from(encoded, 'base64'))}`;
}

/** The type in the first field of a key in wire form (RFC 4253, 6.6); undefined if it is not a key. */
export function keyType(blob: Buffer): string | undefined {
  if (blob.length < 8) return undefined;
  const length = blob.readUInt32BE(0);
  if (length === 0 || length > 64 || blob.length <= 4 + length) return undefined;
  const type = blob.toString('latin1', 4, 4 + length);
  return /^[\x21-\x7e]+$/.test(type) ? type : undefined;
}

/** Whether the bytes are complete fields to the end, and more than the name of a type: a truncated key is not a key. */
function isWhole(blob: Buffer): boolean {
  let fields = 0;
  for (let at = 0; at < blob.length; fields++) {
    if (at + 4 > blob.length) return false;
    at += 4 + blob.readUInt32BE(at);
    if (at > blob.length) return false;
  }
  return fields > 1;
}

/** A host on a port, as known_hosts writes it. */
export function hostPattern(name: string, port: number): string {
  return port === 22 ? name : `[${name}]:${port}`;
}

function matcher(patterns: string): (name: string) => boolean {
  if (patterns.startsWith('|')) return hashMatcher(patterns);
  const list = patterns.toLowerCase();
  return (name) => matchesList([name], list);
}

/** The salt is as long as the digest. */
const SALT_BYTES = 20;

/** `|1|base64 salt|base64 HMAC-SHA1 of the name under the salt`. */
function hashMatcher(pattern: string): (name: string) => boolean {
  const [, version, salt, hash] = pattern.split('|');
  if (version !== '1' || !salt || !hash) return () => false;
  const key = Buffer.from(salt, 'base64');
  if (key.length !== SALT_BYTES) return () => false;
  const expected = Buffer.from(hash, 'base64');
  return (name) => createHmac('sha1', key).update(name).digest().equals(expected);
}

function append<T>(map: Map<string, T[]>, key: string, value: T): void {
  const list = map.get(key);
  if (list) list.push(value);
  else map.set(key, [value]);
}
