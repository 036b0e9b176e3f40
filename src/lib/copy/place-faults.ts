import { StepFailure } from '../run/step-handler.js';
import { fitsNowhere } from './faults.js';
import { settleable } from './settleable.js';

/** How long a failure waits for other hosts that may explain it. */
const PATIENCE_MS = 120_000;

interface First {
  readonly host: string;
  readonly words: string;
  readonly settle: (fault: StepFailure) => void;
}

/**
 * Decides which host is at fault when an archive cannot be put in place. If it was put in place on another host, the failing
 * host is at fault. If two hosts with nothing in common except the archive fail in the same words, the template is. So the
 * first host that fails waits for the results of the others, if there are others.
 */
export class PlaceFaults {
  readonly #template: string;
  readonly #failed = new Map<string, string[]>();
  #waiting: First[] = [];
  /** Hosts that were called unfit when only one host had failed. */
  readonly #blamed: string[] = [];
  #underway = 0;
  #fits = false;

  constructor(template: string) {
    this.#template = template;
  }

  /** Runs work that ends with succeeded(), with a fault of faultOf(), or before either. */
  async during<T>(work: () => Promise<T>): Promise<T> {
    this.#underway++;
    try {
      return await work();
    } finally {
      this.#underway--;
      if (this.#underway <= this.#waiting.length) this.#blameHosts();
    }
  }

  succeeded(): void {
    this.#fits = true;
    this.#blameHosts();
  }

  /**
   * Why the archive could not be put in place on a host, and which host is to blame.
   * @param words how it ended, without words that differ by host (the name of its spool)
   * @param acquit withdraws the verdict "unfit" from a host that turns out not to be at fault
   */
  async faultOf(host: string, words: string, acquit: (host: string) => Promise<void>): Promise<StepFailure> {
    const own = new StepFailure('failed', words);
    if (this.#fits) return own;
    const hosts = [...(this.#failed.get(words) ?? []), host];
    this.#failed.set(words, hosts);
    if (hosts.length > 1) {
      const fault = fitsNowhere(this.#template, hosts, words);
      const alike = this.#waiting.filter((first) => first.words === words);
      for (const { settle } of alike) settle(fault);
      for (const blamed of this.#blamed.splice(0)) if (hosts.includes(blamed)) await acquit(blamed);
      return fault;
    }
    return await this.#waitForOthers(host, own);
  }

  async #waitForOthers(host: string, own: StepFailure): Promise<StepFailure> {
    if (this.#underway - this.#waiting.length <= 1) {
      this.#blamed.push(host);
      return own;
    }
    const { promise, resolve } = settleable<StepFailure>();
    const first = { host, words: own.message, settle: resolve };
    this.#waiting.push(first);
    const timer = setTimeout(() => resolve(own), PATIENCE_MS).unref();
    try {
      const settled = await promise;
      if (settled.culprit === undefined) this.#blamed.push(host);
      return settled;
    } finally {
      clearTimeout(timer);
      this.#waiting = this.#waiting.filter((each) => each !== first);
    }
  }

  #blameHosts(): void {
    for (const { words, settle } of this.#waiting) settle(new StepFailure('failed', words));
  }
}
