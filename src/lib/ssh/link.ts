import type { Duplex } from 'node:stream';
import type { Client } from 'ssh2';
import { LinkLostError } from './connect-error.js';

export interface Keepalive {
  /** A ping is sent this often, in milliseconds. */
  readonly intervalMs: number;
  /** After this many intervals without a byte from the peer the link is dead. */
  readonly count: number;
}

export const KEEPALIVE: Keepalive = { intervalMs: 5000, count: 3 };

/**
 * An authenticated connection. It detects when it is lost, and tells every caller that waits on it.
 *
 * ssh2's own keepalive counts unanswered pings, but a ping waits behind data on a slow link. So ssh2's keepalive only sends
 * here, and silence is judged by what arrives: window adjustments and replies alike.
 */
export class Link {
  readonly client: Client;
  readonly host: string;
  /** The key with which the host proved its identity, as known_hosts has it. */
  readonly hostKey: string;
  readonly #socket: Duplex;
  readonly #watchers = new Set<(lost: LinkLostError) => void>();
  readonly #timer: NodeJS.Timeout;
  #lost: LinkLostError | undefined;
  #cause: string | undefined;
  #heard = true;
  #silent = 0;

  constructor(host: string, hostKey: string, client: Client, socket: Duplex, keepalive: Keepalive) {
    this.host = host;
    this.hostKey = hostKey;
    this.client = client;
    this.#socket = socket;
    socket.on('data', () => {
      this.#heard = true;
    });
    this.#timer = setInterval(() => this.#check(keepalive), keepalive.intervalMs).unref();
    // The bytes were not SSH, or the socket broke: a peer that goes on sending would keep the link alive for ever.
    client.on('error', (error) => this.destroy(error.message));
    client.once('close', () => this.#lose());
  }

  get lost(): LinkLostError | undefined {
    return this.#lost;
  }

  /** Calls the watcher when the link is lost (at once if it is). The returned function removes the watcher. */
  onLost(watcher: (lost: LinkLostError) => void): () => void {
    if (this.#lost) watcher(this.#lost);
    else this.#watchers.add(watcher);
    return () => this.#watchers.delete(watcher);
  }

  /** Says goodbye and hangs up. Running work is told that the link is lost. */
  end(): void {
    this.#cause ??= 'it was closed here';
    this.client.end();
  }

  /** Hangs up without waiting for the peer. */
  destroy(cause: string): void {
    this.#cause ??= cause;
    this.#socket.destroy();
    this.#lose();
  }

  #check({ intervalMs, count }: Keepalive): void {
    this.#silent = this.#heard ? 0 : this.#silent + 1;
    this.#heard = false;
    if (this.#silent >= count) this.destroy(`nothing came for ${(intervalMs * count) / 1000} s`);
  }

  #lose(): void {
    clearInterval(this.#timer);
    if (this.#lost) return;
    const why = this.#cause ? `: ${this.#cause}` : '';
    this.#lost = new LinkLostError(this.host, `${this.host}: the connection was lost${why}`);
    const watchers = [...this.#watchers];
    this.#watchers.clear();
    for (const watcher of watchers) watcher(this.#lost);
  }
}
