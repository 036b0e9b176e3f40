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

/** A rotated file is let go after so many rounds without anything new. */
const QUIET_ROUNDS = 40;

/**
 * The files of one host that are followed, through rotations: what to ask for next, after each list of what is there. What
 * was rotated away is read first, then files that came and went meanwhile, then those that are there now. Nothing in here
 * goes by a path where an identity will do.
 */
export class FollowedFiles {
  readonly #options: FollowOptions;
  readonly #files = new Map<FileId, FollowedFile>();
  readonly #refused = new RefusedNames();
  /** Files that were there at the first look and are not open yet. */
  readonly #firstIds = new Set<FileId>();
  #isRefusedAnew = false;
  readonly #notices: FileNotice[] = [];
  readonly #cuts = new CutFiles();
  #isFirst = true;
  /** Rounds in a row in which something was not where it had been. */
  #searches = 0;

  constructor(options: FollowOptions) {
    this.#options = options;
  }

  get(id: FileId): FollowedFile | undefined {
    return this.#files.get(id);
  }

  /** Rotated files are to be listed, too. */
  get wantsAll(): boolean {
    const isLooking = this.#isFirst || this.#searches > 0 || this.#cuts.isSearching;
    return isLooking || [...this.#files.values()].some(({ isOld }) => isOld);
  }

  /** There is more to read, as far as is known. */
  get hasMore(): boolean {
    const isLost = this.#searches > 0 && this.#searches < MAX_MISSES;
    return (
      this.#isFirst || this.#isRefusedAnew || isLost || this.#cuts.isSearching || this.behind().length > 0
    );
  }

  /** Logs that there is more to read of. */
  behind(): string[] {
    return [...this.#files.values()].flatMap(({ log, isOpen, isLive, at, size }) =>
      !isOpen || (isLive && at < size) ? [log] : [],
    );
  }

  /** Follows a file from a byte on. */
  start(file: LogFile, at: number): void {
    this.#files.set(file.id, new FollowedFile(file, at, file.log));
  }

  /** The host has opened a file, and would begin there. */
  begun(id: FileId, at: number): void {
    const file = this.#files.get(id);
    if (file !== undefined) this.#refused.opened(file.path);
    file?.begun(at);
    if (file?.size === 0) file.isLive = false;
    this.#firstIds.delete(id);
  }

  /** What the host would not open is tried again. */
  tryAgain(): void {
    this.#refused.tryAgain();
  }

  /** Nobody looked for a while: what happened to the files meanwhile does not show in their sizes. */
  doubt(): void {
    for (const file of this.#files.values()) file.isDoubtful = true;
  }

  linkLost(): void {
    this.doubt();
    for (const file of this.#files.values()) file.linkLost();
    this.#refused.tryAgain();
    this.#searches = 1;
  }

  /** What is there now. `isWhole`: with what was rotated away. */
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

  /** What to ask for now. `isFull`: no more of a log is wanted. */
  asks(isFull: (log: string) => boolean = () => false): Ask[] {
    return [...this.#cuts.asks(), ...asksOf(this.#readable(), this.#options, isFull)];
  }

  /** Asks for the number of lines that will not be shown. */
  skips(): Ask[] {
    return skipsOf(this.#readable());
  }

  /** It was read up to `end`, and the lines are taken. `before`: where it was read from. */
  wasRead(file: FollowedFile, before: number, end: number): void {
    file.isLive = end > before;
    if (file.isOld && end > before) file.quietRounds = 0;
    file.misses = 0;
    if (file.isOld) return;
    // The others are next.
    this.#files.delete(file.id);
    this.#files.set(file.id, file);
  }

  /** How a file begins; `bytes` undefined: it could not be read. */
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
    // Another file is there now: the next list says where this one is.
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

  /** What there was to tell since the last time. */
  notices(): FileNotice[] {
    return this.#notices.splice(0);
  }

  /** Of the names of a file the one by which it is followed, else one that was not refused. */
  #byId(files: readonly LogFile[]): Map<FileId, LogFile> {
    const byId = new Map<FileId, LogFile>();
    for (const file of files) {
      const isFollowed = this.#files.get(file.id)?.path === file.path;
      if (isFollowed || (!byId.has(file.id) && !this.#refused.has(file))) byId.set(file.id, file);
    }
    return byId;
  }

  /** A file that was cut waits until its copy is found. */
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

  /** Goes on in the copies of files that were cut, and with what is in those files now. */
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

  /** Its pattern no longer names it. False: it is nowhere, which may only mean that it was being renamed. */
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

  /** Files that came and went while nobody looked: newer than the one that was followed. */
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
