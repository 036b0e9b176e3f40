import { randomBytes } from 'node:crypto';
import { PassThrough } from 'node:stream';
import type { Host } from '../inventory/inventory-types.js';
import type { PackedArchive } from '../plan/plan.js';
import { howItEnded } from '../run/remote.js';
import { StepFailure } from '../run/step-handler.js';
import type { CommandResult, Session } from '../ssh/transport.js';
import { type MemberRole, memberCommand } from './member-command.js';
import { SPOOLS } from './place.js';

/** How feeding a host ended. */
export interface FeedEnd {
  readonly receiver: string;
  /** 0: all was given. 255: no login, or the link broke. 254: it could not be packed. Others: the receiver failed. */
  readonly status: number;
  readonly words: string;
}

export interface MemberWork {
  readonly operation: string;
  readonly packed: PackedArchive;
  /** Addresses or networks that a receiver may be fed from. */
  readonly sources: readonly string[];
  readonly bytesPerSecond: number | undefined;
  readonly keys: { readonly private: string; readonly public: string };
}

export interface MemberListener {
  onBytes(member: Member, bytes: number): void;
  onFeedEnd(member: Member, end: FeedEnd): void;
}

/** Well below the 20 seconds after which a member that hears nothing takes everything away. */
const BEAT_MS = 5000;
const END_MS = 8000;

/**
 * A host of a chain, and the process there that takes, keeps and gives the archive on (templates/copy/member.sh). It lives
 * until end(), or until the host or its link fails.
 */
export class Member {
  readonly host: Host;
  readonly session: Session;
  /** Folder on the host that is this member's alone. */
  readonly spool: string;
  /** Resolves when the member can be fed and can feed. Rejects when it came to its end before that. */
  readonly ready: Promise<void>;
  /** The digest of what has arrived, when all has. Rejects when the member came to its end before that. */
  readonly received: Promise<string>;
  /** Resolves when the process there is over, however; never rejects. */
  readonly over: Promise<void>;
  #state: 'starting' | 'ready' | 'over' = 'starting';
  readonly #input = new PassThrough();
  readonly #listener: MemberListener;
  readonly #timer: NodeJS.Timeout;
  #settleReady: Settle<void>;
  #settleReceived: Settle<string>;
  #rest = '';

  constructor(host: Host, session: Session, role: MemberRole, work: MemberWork, listener: MemberListener) {
    this.host = host;
    this.session = session;
    this.spool = `${SPOOLS}/${work.operation}.${randomBytes(4).toString('hex')}`;
    this.#listener = listener;
    [this.ready, this.#settleReady] = settleable<void>();
    [this.received, this.#settleReceived] = settleable<string>();
    this.over = session
      .run(memberCommand(this.spool, role, work), {
        stdin: this.#input,
        onStdout: (chunk) => this.#read(chunk),
      })
      .then(
        (result) => this.#end(earlyEnd(result)),
        (error) => this.#end(error),
      );
    this.#send('key', Buffer.from(work.keys.private).toString('base64'));
    this.#send('public', work.keys.public);
    this.#timer = setInterval(() => this.#send('beat'), BEAT_MS).unref();
  }

  get name(): string {
    return this.host.name;
  }

  get isReady(): boolean {
    return this.#state === 'ready';
  }

  /** Gives the archive to another member from where that one stands; the end is told to the listener. */
  feed(receiver: Member): void {
    const { name, ssh } = receiver.host;
    this.#send('feed', name, ssh.user, ssh.address, String(ssh.port), receiver.session.hostKey);
  }

  /** How much it has by now; the listener hears the answer. */
  askSize(): void {
    this.#send('size');
  }

  halt(receiver: Member): void {
    this.#send('halt', receiver.name);
  }

  /** Has everything taken away again that was put on the host, and waits for that, within reason. */
  async end(): Promise<void> {
    this.#input.end();
    let timer: NodeJS.Timeout | undefined;
    const patience = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, END_MS);
    });
    await Promise.race([this.over, patience]);
    clearTimeout(timer);
  }

  /** Every word was checked (a name, an address, a key) and holds no blank. */
  #send(...words: readonly string[]): void {
    if (this.#state !== 'over' && !this.#input.writableEnded) this.#input.write(`${words.join(' ')}\n`);
  }

  #read(chunk: Buffer): void {
    const lines = (this.#rest + chunk.toString('utf8')).split('\n');
    this.#rest = lines.pop() ?? '';
    for (const line of lines) this.#hear(line);
  }

  #hear(line: string): void {
    const fed = /^fed (\S+) (\d+) ?(.*)$/.exec(line);
    const bytes = /^(\d+) bytes$/.exec(line)?.[1];
    const sum = /^sum ([0-9a-f]{128})$/.exec(line)?.[1];
    if (bytes !== undefined) this.#listener.onBytes(this, Number(bytes));
    else if (fed) {
      const [, receiver = '', status, words = ''] = fed;
      this.#listener.onFeedEnd(this, { receiver, status: Number(status), words });
    } else if (sum !== undefined) {
      this.#settleReceived.resolve(sum);
      // The key goes with the last byte; the host looks at the next word it hears.
      this.#send('beat');
    } else if (line === 'ready' && this.#state === 'starting') {
      this.#state = 'ready';
      this.#settleReady.resolve();
    }
  }

  #end(error: unknown): void {
    this.#state = 'over';
    clearInterval(this.#timer);
    this.#settleReady.reject(error);
    this.#settleReceived.reject(error);
  }
}

function earlyEnd(result: CommandResult): StepFailure {
  return new StepFailure('failed', `the process of the copy ${howItEnded(result)}`);
}

interface Settle<T> {
  readonly resolve: (value: T) => void;
  readonly reject: (error: unknown) => void;
}

/** A promise that may be rejected while nobody looks. */
function settleable<T>(): [Promise<T>, Settle<T>] {
  let settle: Settle<T> | undefined;
  const promise = new Promise<T>((resolve, reject) => {
    settle = { resolve, reject };
  });
  promise.catch(() => undefined);
  return [promise, settle as unknown as Settle<T>];
}
