import { formatBytes } from '../../bytes.js';
import { fold } from '../../names/fold.js';
import { LiveLine } from '../frame/live-line.js';
import { say } from '../frame/output.js';

/** Without a live line, newly finished hosts are reported at most this often. */
const SAY_MS = 2000;
const LOOK_MS = 100;

/** Shows a running fetch on stderr: one live line on a terminal, otherwise the hosts that are done. */
export class FetchView {
  readonly #line: LiveLine | undefined;
  readonly #timer: NodeJS.Timeout | undefined;
  readonly #ended = new Set<string>();
  /** The finished hosts that are not reported yet. */
  #unsaid: string[] = [];
  #saidMs = performance.now();
  #bytes = '';

  constructor(isLive: boolean) {
    this.#line = isLive ? new LiveLine(() => this.#text()) : undefined;
    this.#timer = isLive ? undefined : setInterval(() => this.#tick(), LOOK_MS).unref();
  }

  /** Bytes that are on this machine, and bytes in total. */
  readonly progress = (done: number, total: number): void => {
    this.#bytes = `${formatBytes(done)} of ${formatBytes(total)}`;
  };

  /** A host is done: its files were fetched, or could not be. */
  readonly ended = (host: string): void => {
    this.#ended.add(host);
    this.#unsaid.push(host);
  };

  /** Stops drawing, and removes the line. */
  async done(): Promise<void> {
    clearInterval(this.#timer);
    await this.#line?.done();
  }

  #text(): string {
    if (this.#bytes === '') return '';
    return `${this.#bytes} fetched, ${this.#ended.size} ${this.#ended.size === 1 ? 'host' : 'hosts'} done`;
  }

  #tick(): void {
    if (this.#unsaid.length === 0 || performance.now() - this.#saidMs < SAY_MS) return;
    this.#saidMs = performance.now();
    say(`${fold(this.#unsaid.splice(0))}: done; ${this.#bytes || 'nothing'} fetched so far`);
  }
}
