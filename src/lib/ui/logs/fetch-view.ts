import { formatBytes } from '../../bytes.js';
import { fold } from '../../names/fold.js';
import { isAsking } from '../frame/keys.js';
import { type LiveDisplay, say, setLiveDisplay, write } from '../frame/output.js';

const FRAME_MS = 100;
/** Without a live line, hosts that were read meanwhile are said at most so often. */
const SAY_MS = 2000;

/** A fetch on stderr while it runs: one line on a terminal that is redrawn and goes away, else who was read to the end. */
export class FetchView implements LiveDisplay {
  readonly #isLive: boolean;
  readonly #timer: NodeJS.Timeout;
  readonly #ended = new Set<string>();
  /** Of those, who was not said yet. */
  #unsaid: string[] = [];
  #saidMs = performance.now();
  #bytes = '';
  #isDrawn = false;

  constructor(isLive: boolean) {
    this.#isLive = isLive;
    this.#timer = setInterval(() => this.#tick(), FRAME_MS).unref();
    if (isLive) setLiveDisplay(this);
  }

  /** Bytes that are on this machine, of all that will be. */
  readonly progress = (done: number, total: number): void => {
    this.#bytes = `${formatBytes(done)} of ${formatBytes(total)}`;
  };

  /** All there is to fetch of a host was fetched, or could not be. */
  readonly ended = (host: string): void => {
    this.#ended.add(host);
    this.#unsaid.push(host);
  };

  draw(): void {
    if (isAsking() || this.#bytes === '') return;
    const columns = (process.stderr.columns || 80) - 1;
    const line = `${this.#bytes} fetched, ${this.#ended.size} ${this.#ended.size === 1 ? 'host' : 'hosts'} done`;
    write(process.stderr, `\r${line.slice(0, columns)}\x1b[K`);
    this.#isDrawn = true;
  }

  clear(): void {
    if (this.#isDrawn) write(process.stderr, '\r\x1b[K');
    this.#isDrawn = false;
  }

  /** Stops drawing, and takes the line away. */
  done(): void {
    clearInterval(this.#timer);
    if (!this.#isLive) return;
    setLiveDisplay(undefined);
    this.clear();
  }

  #tick(): void {
    if (this.#isLive) this.draw();
    else if (this.#unsaid.length > 0 && performance.now() - this.#saidMs >= SAY_MS) {
      this.#saidMs = performance.now();
      say(`${fold(this.#unsaid.splice(0))}: done; ${this.#bytes || 'nothing'} fetched so far`);
    }
  }
}
