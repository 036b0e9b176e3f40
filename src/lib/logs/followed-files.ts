import type { Ask } from './ask.js';
import { CutFiles, newerParts } from './cut-files.js';
import { asksOf, type FollowOptions, skipsOf } from './file-asks.js';
import { FileHead } from './file-head.js';
import type { FileNotice } from './file-notice.js';
import { FollowedFile } from './followed-file.js';
import type { FileId } from './frames.js';
import { Why } from './left-out.js';
import { type Listing, type LogFile, readableAsItIs } from './listing.js';
import { MAX_MISSES, RefusedNames } from './refused-names.js';

/** After this many rounds without new data, a rotated file is no longer followed. */
const QUIET_ROUNDS = 40;

/**
 * The followed files of one host, through rotations: which requests to send next, after each list of files. Rotated files are
 * read first, then files that came and went meanwhile, then the present files. Files are identified by their identity and not by
 * their path, if possible.
 */
export class FollowedFiles {
  readonly #options: FollowOptions;
  readonly #files = new Map<FileId, FollowedFile>();
  readonly #refused = new RefusedNames();
  /** Files that existed at the first look and are not open yet. */
  readonly #firstIds = new Set<FileId>();
  #isRefusedAnew = false;
  readonly #notices: FileNotice[] = [];
  readonly #cuts = new CutFiles();
  #isFirst = true;
  /** Rounds in a row in which a file was not at its place. */
  #searches = 0;

  constructor(options: FollowOptions) {
    this.#options = options;
  }

  get(id: FileId): FollowedFile | undefined {
    return this.#files.get(id);
  }

  /** Whether rotated files must be listed too. */
  get wantsAll(): boolean {
    const isLooking = this.#isFirst || this.#searches > 0 || this.#cuts.isSearching;
    return isLooking || [...this.#files.values()].some(({ isOld }) => isOld);
  }

  /** Whether there is more to read, as far as is known. */
  get hasMore(): boolean {
    const isLost = this.#searches > 0 && this.#searches < MAX_MISSES;
    return (
      this.#isFirst || this.#isRefusedAnew || isLost || this.#cuts.isSearching || this.behind().length > 0
    );
  }

  /** Logs with unread data. */
  behind(): string[] {
    return [...this.#files.values()].flatMap(({ log, isOpen, isLive, at, size }) =>
      !isOpen || (isLive && at < size) ? [log] : [],
    );
  }

  /** Follows a file from this byte on. */
  start(file: LogFile, at: number): void {
    this.#files.set(file.id, new FollowedFile(file, at, file.log));
  }

  /** The host has opened a file, and starts at this byte. */
  begun(id: FileId, at: number): void {
    const file = this.#files.get(id);
    if (file !== undefined) this.#refused.opened(file.path);
    file?.begun(at);
    if (file?.size === 0) file.isLive = false;
    this.#firstIds.delete(id);
  }

  /** Files that the host could not open are tried again. */
  tryAgain(): void {
    this.#refused.tryAgain();
  }

  /** The files were not watched for a while: changes to them meanwhile cannot be seen in their sizes. */
  doubt(): void {
    for (const file of this.#files.values()) file.isDoubtful = true;
  }

  linkLost(): void {
    this.doubt();
    for (const file of this.#files.values()) file.linkLost();
    this.#refused.tryAgain();
    this.#searches = 1;
  }

  /** Takes a list of the present files. `isWhole`: it includes rotated files. */
  listed({ named, rotated }: Listing, isWhole: boolean): void {
    const namedNow = this.#byId(named);
    const rotatedNow = this.#byId(rotated);
    this.#isRefusedAnew = false;
    let isAllThere = true;
    for (const file of [...this.#files.values()]) {
      const now = namedNow.get(file.id);
      if (now !== undefined) this.#isThere(file, now);
      else if (!isWhole || !this.#isAway(file, rotatedNow, namedNow)) isAllThere = false;
    }
    this.#searches = isAllThere ? 0 : this.#searches + 1;
    if (isWhole) this.#cuts.listed(rotated, (id) => !this.#files.has(id));
    this.#foundCopies(rotatedNow, namedNow);
    for (const file of named) {
      if (this.#isFirst) this.#firstIds.add(file.id);
      if (!this.#files.has(file.id) && !this.#refused.has(file) && readableAsItIs(file))
        this.#files.set(file.id, new FollowedFile(file, this.#firstIds.has(file.id) ? undefined : 0));
    }
    this.#isFirst = false;
  }

  /** The requests for now. `isFull`: no more lines of a log are wanted. */
  asks(isFull: (log: string) => boolean = () => false): Ask[] {
    return [...this.#cuts.asks(), ...asksOf(this.#readable(), this.#options, isFull)];
  }

  /** Requests the number of lines that will be skipped. */
  skips(): Ask[] {
    return skipsOf(this.#readable());
  }

  /** The file was read from `before` to `end`, and its lines were passed on. */
  wasRead(file: FollowedFile, before: number, end: number): void {
    file.isLive = end > before;
    if (file.isOld && end > before) file.quietRounds = 0;
    file.misses = 0;
    if (file.isOld) return;
    // It goes to the end, so that the other files are next.
    this.#files.delete(file.id);
    this.#files.set(file.id, file);
  }

  /** Takes the head of a file; `bytes` undefined: it could not be read. */
  headRead(id: FileId, bytes: Buffer | undefined): void {
    const file = this.#files.get(id);
    if (file === undefined) this.#cuts.headRead(id, bytes);
    else if (bytes === undefined) this.#searches++;
    else if (file.head !== undefined && !file.head.isOf(bytes)) this.#cuts.begin(file);
    else {
      file.head = FileHead.of(bytes);
      file.isDoubtful = false;
    }
  }

  refused(id: FileId, why: number): void {
    const file = this.#files.get(id);
    if (file === undefined) return;
    // Another file is at this path now: the next list shows where this one is.
    if (why === Why.gone || why === Why.noFile) this.#searches++;
    if (file.isOpen) {
      file.isLive = false;
      return;
    }
    file.misses++;
    const told = this.#refused.refused(file, why);
    if (told === undefined) return;
    this.#files.delete(id);
    this.#isRefusedAnew = true;
    this.#notices.push({ what: 'left-out', path: file.path, why: told });
  }

  /** The messages since the last call. */
  notices(): FileNotice[] {
    return this.#notices.splice(0);
  }

  /** Of a file with several names: the name by which it is followed, else a name that was not refused. */
  #byId(files: readonly LogFile[]): Map<FileId, LogFile> {
    const byId = new Map<FileId, LogFile>();
    for (const file of files) {
      const isFollowed = this.#files.get(file.id)?.path === file.path;
      if (isFollowed || (!byId.has(file.id) && !this.#refused.has(file))) byId.set(file.id, file);
    }
    return byId;
  }

  /** A truncated file waits until its copy is found. */
  #readable(): FollowedFile[] {
    return [...this.#files.values()].filter(({ id }) => !this.#cuts.has(id));
  }

  #isThere(file: FollowedFile, now: LogFile): void {
    file.isOld = false;
    file.log = now.path;
    file.listed(now);
    if (file.isOpen) file.misses = 0;
    if (now.size < file.at && !this.#cuts.has(file.id)) this.#cuts.begin(file);
  }

  /** Goes on in the copies of truncated files, and then with the new content of these files. */
  #foundCopies(rotated: ReadonlyMap<FileId, LogFile>, named: ReadonlyMap<FileId, LogFile>): void {
    for (const { file, copy } of this.#cuts.found()) {
      this.#notices.push({ what: 'truncated', path: file.path, at: file.at, copy: copy?.path });
      if (copy !== undefined) {
        const old = FollowedFile.rotated(copy, file.at, file.log);
        this.#files.set(copy.id, old);
        this.#adoptNewer(old, rotated, named);
      }
      file.restart();
    }
  }

  /** The pattern no longer names the file. False: it was not found, perhaps only because it was being renamed. */
  #isAway(
    file: FollowedFile,
    rotated: ReadonlyMap<FileId, LogFile>,
    named: ReadonlyMap<FileId, LogFile>,
  ): boolean {
    const now = rotated.get(file.id);
    if (now === undefined) {
      file.misses++;
      if (file.misses < MAX_MISSES) return false;
      if (!file.isOld && !this.#refused.hasPath(file.log))
        this.#notices.push({ what: 'gone', path: file.log, at: file.at });
      this.#files.delete(file.id);
      return true;
    }
    file.listed(now);
    if (file.isOpen) file.misses = 0;
    if (!file.isOld) {
      file.isOld = true;
      file.quietRounds = 0;
      this.#adoptNewer(file, rotated, named);
    }
    file.quietRounds++;
    if (file.quietRounds > QUIET_ROUNDS && file.at >= file.size) this.#files.delete(file.id);
    return true;
  }

  /** Adds files that came and went while the host was not watched: newer than the followed file. */
  #adoptNewer(
    old: FollowedFile,
    rotated: ReadonlyMap<FileId, LogFile>,
    named: ReadonlyMap<FileId, LogFile>,
  ): void {
    for (const file of newerParts(old, rotated.values()))
      if (!this.#files.has(file.id) && !named.has(file.id))
        this.#files.set(file.id, FollowedFile.rotated(file, 0, old.log));
  }
}
