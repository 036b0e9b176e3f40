import { setTimeout as sleep } from 'node:timers/promises';
import { sentenceOf } from '../errors.js';
import { ConnectError, HostError, reasonOf } from '../ssh/connect-error.js';
import { LineCutter, type RawLine } from '../ssh/lines.js';
import type { CommandResult, ReadSession } from '../ssh/transport.js';
import { BAD_PATTERN, badPattern } from './follow-command.js';
import { grepCommand } from './grep-command.js';
import type { GrepRequest, HostGrepTools, SearchEnd } from './grep-request.js';
import { firstOf, Why, whyNot } from './left-out.js';
import { findAgain, type LogListing, listLogs } from './list.js';
import type { LogFile } from './listing.js';
import { LogStream } from './log-stream.js';
import { MAX_WAITING } from './pace.js';
import { shownPath } from './remote-path.js';
import { type HostLogs, waitingFor } from './sources.js';

const FULL_MS = 20;
/** The exit status of grep without a match. */
const NO_MATCH = 1;
/** A file may be rotated between the list and the search, and again after that. */
const SEARCHES = 3;

/** The search on one host: its logs in parallel, the files of each log from the oldest to the newest. */
export class HostGrep {
  readonly #logs: HostLogs;
  readonly #request: GrepRequest;
  readonly #tools: HostGrepTools;
  #isWhole = true;
  /** Whether a file could be opened, by its identity: of its several names only some may be usable. */
  readonly #opened = new Map<string, Promise<boolean>>();

  constructor(logs: HostLogs, request: GrepRequest, tools: HostGrepTools) {
    this.#logs = logs;
    this.#request = request;
    this.#tools = tools;
  }

  /** @throws {UsageError} for a pattern that grep does not understand */
  async run(): Promise<SearchEnd> {
    const { host, sources } = this.#logs;
    const { connections, signal } = this.#tools;
    try {
      const session = await connections.session(host, signal);
      const listing = await listLogs(session, sources, signal);
      await this.#judgeMissing(listing);
      for (const message of firstOf(listing.failures)) this.#fail(message);
      for (const message of firstOf(listing.notices)) this.#tools.notice(host.name, message);
      const logs = [...new Set(listing.files.map(({ log }) => log))];
      const searches = [
        ...logs.map((log) => this.#searchLog(session, log, listing)),
        ...(sources.journal === undefined ? [] : [this.#searchJournal(session, sources.journal, listing)]),
      ];
      this.#tools.onHeard(host.name);
      await Promise.all(searches);
      return this.#isWhole ? 'searched' : 'failed';
    } catch (error) {
      if (signal.aborted) return 'searched';
      if (!(error instanceof HostError)) throw error;
      this.#fail(reasonOf(sentenceOf(error), host));
      return error instanceof ConnectError ? 'unreachable' : 'failed';
    }
  }

  async #judgeMissing({ missing }: LogListing): Promise<void> {
    for (const message of firstOf(missing)) {
      const why = await waitingFor(this.#logs, message);
      if (why === undefined) this.#fail(message);
      else this.#tools.notice(this.#logs.host.name, why);
    }
  }

  async #searchLog(session: ReadSession, log: string, listing: LogListing): Promise<void> {
    const { sinceMs = 0 } = this.#request;
    const files = listing.files.filter((file) => file.log === log && file.mtimeMs + 1000 >= sinceMs);
    await this.#searchAll(session, log, files, listing);
  }

  async #searchJournal(session: ReadSession, unit: string, listing: LogListing): Promise<void> {
    await this.#searchAll(session, unit, [unit], listing);
  }

  async #searchAll(
    session: ReadSession,
    source: string,
    parts: readonly (LogFile | string)[],
    { clockMs, zoneMinutes }: LogListing,
  ): Promise<void> {
    const stream = new LogStream(this.#logs.host.name, source, this.#tools.merge, {
      stamps: this.#request.stamps(),
      sinceMs: undefined,
      aheadMs: 0,
    });
    stream.merge.expectMore(true, Date.now());
    const context = { zoneMinutes, nowMs: clockMs };
    const add = async (lines: readonly RawLine[]) => {
      stream.add(this.#inTime(lines, stream, context), Date.now(), context);
      while (stream.merge.waiting > MAX_WAITING && !this.#tools.signal.aborted) await sleep(FULL_MS);
    };
    try {
      for (const part of parts) {
        const search = async () => this.#judge(await this.#searchPart(session, part, add), part);
        if (typeof part === 'string') await search();
        else await this.#openOnce(part.id, search);
      }
    } finally {
      stream.merge.expectMore(false, Date.now());
    }
  }

  /** Opens a file with several names by the first name that works. */
  async #openOnce(id: string, search: () => Promise<boolean>): Promise<void> {
    const before = this.#opened.get(id);
    const opened = (async () => (await before) === true || (await search()))();
    this.#opened.set(id, opened);
    await opened;
  }

  async #searchPart(
    session: ReadSession,
    part: LogFile | string,
    add: (lines: readonly RawLine[]) => Promise<void>,
  ): Promise<CommandResult> {
    const { signal } = this.#tools;
    for (let search = 1, where = part; ; search++) {
      const cutter = new LineCutter();
      const onStdout = (chunk: Buffer) => add(cutter.cut(chunk));
      const result = await session.run(grepCommand(this.#request, where), { onStdout, signal });
      const rest = cutter.rest();
      if (rest !== undefined) await add([rest]);
      if (typeof where === 'string' || result.exitCode !== Why.gone || search === SEARCHES) return result;
      where = await findAgain(session, this.#logs.sources, where, signal);
    }
  }

  /** The lines in the requested period; a line without a time goes with the line before it. */
  #inTime(lines: readonly RawLine[], stream: LogStream, context: Parameters<LogStream['timeOf']>[1]) {
    const { sinceMs = Number.NEGATIVE_INFINITY, untilMs = Number.POSITIVE_INFINITY } = this.#request;
    if (sinceMs === Number.NEGATIVE_INFINITY && untilMs === Number.POSITIVE_INFINITY) return lines;
    return lines.filter(({ text }) => {
      const at = stream.timeOf(text, context);
      return at === undefined || (at >= sinceMs && at <= untilMs);
    });
  }

  /** Whether the file was opened. Decided only by the exit status: text on standard error may come from the login. */
  #judge({ exitCode, signal, stderr }: CommandResult, part: LogFile | string): boolean {
    if (exitCode === BAD_PATTERN) throw badPattern(stderr);
    if (exitCode !== null && exitCode <= NO_MATCH) return true;
    const what = typeof part === 'string' ? `the journal of ${part}` : part.path;
    if (exitCode === null) this.#fail(`the search of ${shownPath(what)} was ended by ${signal}`);
    else
      this.#fail(
        whyNot(exitCode, what, this.#logs.host.ssh.user) ??
          `${shownPath(what)}: its search ended with status ${exitCode}`,
      );
    return exitCode === Why.notWhole || exitCode === Why.grepGaveUp;
  }

  #fail(message: string): void {
    this.#isWhole = false;
    this.#tools.notice(this.#logs.host.name, message);
  }
}
