import type { ServerHostKeyAlgorithm } from 'ssh2';
import { FailedError, sentenceOf } from '../errors.js';
import type { Host, SshTarget } from '../names/host.js';
import { tooManyFiles } from '../open-files.js';
import { makeFolderOf } from '../own-files/folder.js';
import { NotOursError } from '../own-files/not-ours.js';
import { readOwnFile } from '../own-files/read.js';
import { openToAppend } from '../own-files/write.js';
import { quoteWord } from '../shell/quote.js';
import { ConnectError } from './connect-error.js';
import {
  fingerprintOf,
  type HostKeyList,
  hostPattern,
  joinedLists,
  KnownHosts,
  type KnownKey,
  keyType,
} from './known-hosts.js';

export interface HostKeyOptions {
  /**
   * For hosts that name no files of their own. Only read; a missing file is empty, and one that others can write is refused.
   */
  readonly knownHostsFiles: readonly string[];
  /** Read as well, and new keys are appended to it. */
  readonly newKeysFile: string;
  readonly onNewHostKey?: (host: string, fingerprint: string) => void;
}

/** The host showed a key of a type for which no key is known, but keys of other types are known: ask it for those. */
export class OtherKeyTypesKnown extends Error {
  constructor(readonly types: ReadonlySet<string>) {
    super('keys of other types are known');
  }
}

/** The signature algorithms of each key type. SHA-1 (`ssh-rsa`, RFC 8332) is left out. */
const ALGORITHMS: ReadonlyMap<string, readonly ServerHostKeyAlgorithm[]> = new Map([
  ['ssh-ed25519', ['ssh-ed25519']],
  ['ecdsa-sha2-nistp256', ['ecdsa-sha2-nistp256']],
  ['ecdsa-sha2-nistp384', ['ecdsa-sha2-nistp384']],
  ['ecdsa-sha2-nistp521', ['ecdsa-sha2-nistp521']],
  ['ssh-rsa', ['rsa-sha2-512', 'rsa-sha2-256']],
]);

/** Decides on host keys. Files are read once per process; the file of new keys is read again before each new key. */
export class HostKeys {
  readonly #options: HostKeyOptions;
  readonly #lists = new Map<string, Promise<KnownHosts>>();

  constructor(options: HostKeyOptions) {
    this.#options = options;
  }

  /** The keys that count for a host: those of its own lists, and the accepted keys of new hosts. */
  async load({ ssh }: Host): Promise<HostKeyList> {
    const files = this.#filesOf(ssh).filter((file) => file !== this.#options.newKeysFile);
    return joinedLists(
      await Promise.all([...files, this.#options.newKeysFile].map((file) => this.#list(file))),
    );
  }

  /** The file to which a user should add a host's key by hand. */
  userFile({ ssh }: Host): string {
    return this.#filesOf(ssh)[0] ?? this.#options.newKeysFile;
  }

  #filesOf({ knownHosts }: SshTarget): readonly string[] {
    return knownHosts ?? this.#options.knownHostsFiles;
  }

  #list(file: string): Promise<KnownHosts> {
    let list = this.#lists.get(file);
    if (list === undefined) {
      list = readList(file, file === this.#options.newKeysFile);
      this.#lists.set(file, list);
    }
    return list;
  }

  /**
   * Records the key of a new host, in one append, and reports it. Call it only after the key exchange: only then has the
   * host proved that the key is its own.
   *
   * @throws {ConnectError} host-key-changed when another process recorded a different key first
   */
  async record(host: Host, blob: Buffer): Promise<void> {
    const file = this.#options.newKeysFile;
    const key = blob.toString('base64');
    const names = identityNames(host);
    if (!(await this.#recorded(names, key))) {
      await appendLine(file, `${names.join(',')} ${keyType(blob)} ${key}`);
      this.#options.onNewHostKey?.(host.name, fingerprintOf(blob));
    }
    const text = await readIfPresent(file);
    const now = new KnownHosts();
    now.add(file, text, true);
    const other = names.flatMap((each) => now.keysOf(each)).find((each) => each.key !== key);
    if (other) throw changedError(host, blob, [other]);
    (await this.#list(file)).add(file, text, true);
  }

  async #recorded(names: readonly string[], key: string): Promise<boolean> {
    const now = await readList(this.#options.newKeysFile, true);
    return names.every((name) => now.has(name, key));
  }
}

/** Several processes append to the list of new keys, so there the first line for a name counts. */
async function readList(file: string, firstWins: boolean): Promise<KnownHosts> {
  const list = new KnownHosts();
  list.add(file, await readIfPresent(file), firstWins);
  return list;
}

/** Host key algorithms in the order to ask for them: first those for which a key is known. */
export function algorithmsFor(
  known: HostKeyList,
  host: Host,
  types?: ReadonlySet<string>,
): ServerHostKeyAlgorithm[] {
  const first = types ?? known.likelyTypes(identityNames(host).concat(looseNames(host)));
  const isFirst = ([type]: readonly [string, unknown]) => first.has(type);
  const ordered = [...[...ALGORITHMS].filter(isFirst), ...[...ALGORITHMS].filter((entry) => !isFirst(entry))];
  return ordered.flatMap(([, algorithms]) => algorithms);
}

/**
 * Judges the key that a host showed. The host's name decides if it is known, otherwise its address (as in ssh with
 * HostKeyAlias). A key that is known without the port is trusted, as in ssh. Returns whether the key is new.
 *
 * @throws {ConnectError} host-key-unknown, host-key-changed
 * @throws {OtherKeyTypesKnown} once per host, when asking for other algorithms may help
 */
export function judgeHostKey(
  known: HostKeyList,
  host: Host,
  blob: Buffer,
  how: JudgeOptions,
): 'known' | 'new' {
  const key = blob.toString('base64');
  const names = identityNames(host);
  const loose = looseNames(host);
  const revoked = known.revocation([...names, ...loose], key);
  if (revoked) throw revokedError(host, blob, revoked);
  for (const name of names) {
    if (known.has(name, key)) return 'known';
    const others = known.keysOf(name);
    if (others.length === 0) continue;
    const types = new Set(others.map((other) => other.type));
    if (!how.lastTry && !types.has(keyType(blob) ?? '')) throw new OtherKeyTypesKnown(types);
    throw changedError(host, blob, others);
  }
  if (loose.some((name) => known.has(name, key))) return 'known';
  if (host.ssh.hostKeys === 'accept-new') return 'new';
  throw unknownError(host, blob, how.addTo, known.authority([...names, ...loose]));
}

export interface JudgeOptions {
  /** The host was already asked for the known key types. */
  readonly lastTry: boolean;
  /** The file to which a user should add the key of an unknown host. */
  readonly addTo: string;
}

/** In the order in which they decide. An alias is used alone, without a port (ssh_config(5), HostKeyAlias). */
function identityNames({ name, ssh }: Host): string[] {
  if (ssh.hostKeyAlias !== undefined) return [ssh.hostKeyAlias];
  return [...new Set([name, ssh.address])].map((each) => hostPattern(each, ssh.port));
}

function looseNames({ name, ssh }: Host): string[] {
  return ssh.port === 22 || ssh.hostKeyAlias !== undefined ? [] : [...new Set([name, ssh.address])];
}

function unknownError(
  host: Host,
  blob: Buffer,
  addTo: string,
  authority: KnownKey | undefined,
): ConnectError {
  const line = `${identityNames(host).join(',')} ${keyType(blob)} ${blob.toString('base64')}`;
  const note = authority
    ? `; ${authority.file}:${authority.line} trusts a certificate authority for it, but host certificates are not supported here`
    : '';
  return new ConnectError(
    host.name,
    'host-key-unknown',
    `${host.name}: its host key is not known: ${keyType(blob)} ${fingerprintOf(blob)}${note}`,
    `compare it with what \`ssh-keygen -lf\` says on the host; if it is the host's own, add it: echo ${quoteWord(line)} >> ${quoteWord(addTo)}`,
  );
}

function changedError(host: Host, blob: Buffer, known: readonly KnownKey[]): ConnectError {
  const type = keyType(blob);
  const nearest = known.find((each) => each.type === type) ?? known[0];
  const expected = nearest
    ? `${nearest.file}:${nearest.line} has ${nearest.type} ${fingerprintOf(Buffer.from(nearest.key, 'base64'))}`
    : 'another one is known';
  const remove = nearest
    ? identityNames(host)
        .map((name) => `ssh-keygen -R ${quoteWord(name)} -f ${quoteWord(nearest.file)}`)
        .join('; ')
    : '';
  return new ConnectError(
    host.name,
    'host-key-changed',
    `${host.name}: its host key has changed: it shows ${type} ${fingerprintOf(blob)}, ${expected}`,
    `someone may be in between; if the host was installed anew: ${remove}`,
  );
}

function revokedError(host: Host, blob: Buffer, line: KnownKey): ConnectError {
  return new ConnectError(
    host.name,
    'host-key-changed',
    `${host.name}: it shows a host key that ${line.file}:${line.line} revokes: ${line.type} ${fingerprintOf(blob)}`,
    'give the host a new key; who has the old one can pretend to be it',
  );
}

/** A user who can write this file could impersonate any host. */
async function readIfPresent(file: string): Promise<string> {
  try {
    return await readOwnFile(file);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return '';
    if (error instanceof NotOursError) throw error;
    const ours = tooManyFiles(error);
    if (ours !== undefined) throw ours;
    throw new FailedError(`cannot read known hosts: ${sentenceOf(error)}`, `check the rights of ${file}`);
  }
}

/** One write with O_APPEND, which writes of other processes cannot split (write(2)). */
async function appendLine(file: string, line: string): Promise<void> {
  makeFolderOf(file);
  const handle = await openToAppend(file);
  try {
    const { size } = await handle.stat();
    const last = Buffer.alloc(1, '\n');
    if (size > 0) await handle.read(last, 0, 1, size - 1);
    await handle.write(`${last.toString() === '\n' ? '' : '\n'}${line}\n`);
  } finally {
    await handle.close();
  }
}
