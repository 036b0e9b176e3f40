import { FailedError } from '../errors.js';
import { withPort } from '../names/addresses.js';
import type { Host } from '../names/host.js';
import { unlessAborted } from './abort.js';
import { connectionsBehind } from './behind.js';
import { ConnectError, LinkLostError } from './connect-error.js';
import { Deadline } from './deadline.js';
import { dialDuring } from './dial.js';
import { shakeHands } from './handshake.js';
import {
  algorithmsFor,
  type HostKeyOptions,
  HostKeys,
  judgeHostKey,
  OtherKeyTypesKnown,
} from './host-keys.js';
import { Keyring, type KeyringOptions, type Offer } from './keyring.js';
import type { HostKeyList } from './known-hosts.js';
import { KEEPALIVE, type Keepalive, type Link } from './link.js';
import type { AnswerChallenge } from './login.js';
import type { MaskCut } from './login-noise.js';
import { Questions } from './questions.js';
import { retryDropped } from './retry.js';
import { type FindJumpHost, type Route, routeTo } from './route.js';
import { SshSession } from './session.js';
import { loadSsh2, type Ssh2 } from './ssh2.js';
import { StartLimits, type StartOptions } from './start-limits.js';
import type { Connections, ReadConnections, Session } from './transport.js';

export interface ConnectionOptions extends HostKeyOptions, KeyringOptions, StartOptions {
  readonly findJumpHost: FindJumpHost;
  /** Answers what a host asks of a person; undefined: there is no person to ask. */
  readonly answerChallenge?: AnswerChallenge | undefined;
  /** Called for each host before it is dialled for the first time, including jump hosts. */
  readonly onDial?: ((host: Host) => void) | undefined;
  /** Other connections, whose jump hosts are reused so that no jump host asks a person twice. They must stay open longer. */
  readonly through?: ReadConnections | undefined;
  /** The queue of questions to a person; all connections of one process share it, because there is one terminal. */
  readonly questions?: Questions | undefined;
  readonly keepalive?: Keepalive;
  /** Hides secrets in what a login shell printed, before it is put into a message. */
  readonly mask?: MaskCut;
}

const TRIES = 6;
const CLOSE_MS = 1000;

/** The connections of one operation. Loads ssh2 and reads keys and known hosts at the first session(). */
export function openConnections(options: ConnectionOptions): Connections {
  return new SshConnections(options);
}

interface Tools {
  readonly ssh2: Ssh2;
  readonly keyring: Keyring;
}

class SshConnections implements Connections {
  readonly #options: ConnectionOptions;
  readonly #hostKeys: HostKeys;
  readonly #starts: StartLimits;
  readonly #dialled = new Set<string>();
  /** Routes that other routes go through. */
  readonly #bastions = new Set<string>();
  readonly #sessions = new Map<string, Promise<SshSession>>();
  readonly #links = new Set<Link>();
  readonly #closing = new AbortController();
  readonly #questions: Questions;
  #tools: Tools | undefined;

  constructor(options: ConnectionOptions) {
    this.#options = options;
    this.#hostKeys = new HostKeys(options);
    this.#starts = new StartLimits(options);
    this.#questions = options.questions ?? new Questions();
  }

  get #answer(): AnswerChallenge | undefined {
    const { answerChallenge } = this.#options;
    return answerChallenge && ((challenge) => this.#questions.inTurn(() => answerChallenge(challenge)));
  }

  async session(host: Host, signal?: AbortSignal): Promise<Session> {
    signal?.throwIfAborted();
    this.#closing.signal.throwIfAborted();
    return await unlessAborted(this.#shared(routeTo(host, this.#options.findJumpHost)), signal);
  }

  hangUp(host: Host): void {
    const { key } = routeTo(host, this.#options.findJumpHost);
    const present = this.#sessions.get(key);
    if (!present || this.#bastions.has(key)) return;
    this.#sessions.delete(key);
    present.then(
      (session) => session.link.end(),
      () => undefined,
    );
  }

  async close(): Promise<void> {
    this.#closing.abort(new FailedError('the connections were closed'));
    // Jump hosts last: they were opened first, and carry the closing messages of the others.
    const links = [...this.#links].reverse();
    for (const link of links) link.end();
    const timer = setTimeout(() => {
      for (const link of links) link.destroy('it was closed here');
    }, CLOSE_MS);
    const ended = links.map((link) => new Promise((resolve) => link.onLost(resolve)));
    await Promise.all(ended);
    clearTimeout(timer);
  }

  /**
   * One connection a route, shared also by callers that ask while it is being opened. Forgotten when it fails or is lost.
   */
  #shared(route: Route): Promise<SshSession> {
    const present = this.#sessions.get(route.key);
    if (present) return present;
    const opening = this.#open(route);
    const forget = () => {
      if (this.#sessions.get(route.key) === opening) this.#sessions.delete(route.key);
    };
    this.#sessions.set(route.key, opening);
    opening.then((session) => session.link.onLost(forget), forget);
    return opening;
  }

  #open(route: Route): Promise<SshSession> {
    if (!this.#dialled.has(route.key)) this.#options.onDial?.(route.host);
    this.#dialled.add(route.key);
    return retryDropped(() => this.#connect(route), {
      tries: TRIES,
      withinMs: route.host.ssh.connectTimeoutMs * 3,
      signal: this.#closing.signal,
    });
  }

  async #connect(route: Route): Promise<SshSession> {
    const jump = route.via && (await this.#jumpSession(route.host, route.via));
    // The bastion's own connection is open by now, so no start can wait for another start.
    const release = await this.#starts.acquire(route, this.#closing.signal);
    try {
      return await this.#connectOnce(route, jump);
    } catch (error) {
      if (!(error instanceof OtherKeyTypesKnown)) throw error;
      return await this.#connectOnce(route, jump, error.types);
    } finally {
      release();
    }
  }

  #sharedJump(via: Route): Promise<SshSession> {
    const through = this.#options.through && connectionsBehind(this.#options.through);
    if (through instanceof SshConnections) return through.#sharedJump(via);
    this.#bastions.add(via.key);
    return this.#shared(via);
  }

  async #jumpSession(host: Host, via: Route): Promise<SshSession> {
    try {
      return await this.#sharedJump(via);
    } catch (error) {
      if (!(error instanceof ConnectError)) throw error;
      // It was retried already if that helps; another retry for each host behind it would only take longer.
      const failure = error.failure === 'dropped' ? 'unreachable' : error.failure;
      throw new ConnectError(host.name, failure, `${host.name}: its jump host: ${error.message}`, error.hint);
    }
  }

  async #connectOnce(
    { host, key }: Route,
    jump: SshSession | undefined,
    keyTypes?: ReadonlySet<string>,
  ): Promise<SshSession> {
    let progress = 'no answer';
    const timedOut = () => timeoutError(host, jump, progress);
    const deadline = new Deadline(host.ssh.connectTimeoutMs, timedOut, this.#closing.signal);
    let newKey: Buffer | undefined;
    try {
      const prepare = () => this.#prepare(host);
      const [socket, { ssh2, known, offer }] = await dialDuring(prepare, host, jump, deadline);
      progress = 'it accepts connections and then says nothing';
      const link = await shakeHands({
        ssh2,
        host,
        socket,
        offer,
        hostKeyAlgorithms: algorithmsFor(known, host, keyTypes),
        judgeHostKey: (blob) => {
          const how = { lastTry: keyTypes !== undefined, addTo: this.#hostKeys.userFile(host) };
          const isNew = judgeHostKey(known, host, blob, how) === 'new';
          newKey = isNew ? blob : undefined;
          progress = 'it did not finish the login';
        },
        keepalive: this.#options.keepalive ?? KEEPALIVE,
        answer: this.#answer,
        isJumpHost: this.#bastions.has(key),
        deadline,
      });
      return await this.#accept(host, link, newKey);
    } finally {
      deadline.clear();
    }
  }

  async #prepare(host: Host): Promise<{ ssh2: Ssh2; known: HostKeyList; offer: Offer }> {
    const known = await this.#hostKeys.load(host);
    const { ssh2, keyring } = this.#loadTools();
    return { ssh2, known, offer: await keyring.offerFor(host.ssh) };
  }

  async #accept(host: Host, link: Link, newKey: Buffer | undefined): Promise<SshSession> {
    this.#links.add(link);
    link.onLost(() => this.#links.delete(link));
    try {
      if (newKey) await this.#hostKeys.record(host, newKey);
    } catch (error) {
      link.end();
      throw error;
    }
    if (link.lost) throw new LinkLostError(host.name);
    return new SshSession(link, this.#options.mask ?? ((text) => text));
  }

  #loadTools(): Tools {
    if (this.#tools === undefined) {
      const ssh2 = loadSsh2();
      this.#tools = { ssh2, keyring: new Keyring(ssh2, this.#options, this.#questions) };
    }
    return this.#tools;
  }
}

function timeoutError(host: Host, jump: Session | undefined, progress: string): ConnectError {
  const { address, port, connectTimeoutMs } = host.ssh;
  const through = jump ? ` through ${jump.host}` : '';
  return new ConnectError(
    host.name,
    'timed-out',
    `${host.name} (${withPort(address, port)})${through}: ${progress} within ${connectTimeoutMs / 1000} s`,
    'is it up? connectTimeout in the configuration sets how long to wait',
  );
}
