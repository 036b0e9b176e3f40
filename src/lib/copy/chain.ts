import type { Host } from '../inventory/inventory-types.js';
import { StepFailure, THIS_MACHINE } from '../run/step-handler.js';
import type { Session } from '../ssh/transport.js';
import { movedTemplate, notPacked, tooSlow } from './faults.js';
import { type Link, Links } from './links.js';
import { type FeedEnd, Member } from './member.js';
import type { Place } from './placement.js';
import { TemplateFeeder, type TemplateWork } from './template-feeder.js';

/** A host that wants the archive. */
export interface Joiner {
  readonly host: Host;
  readonly session: Session;
  readonly onBytes: (bytes: number) => void;
  readonly signal: AbortSignal;
}

export interface ChainOptions extends TemplateWork {
  readonly width: number;
  readonly templateName: string;
  /** Gives the archive from this machine to a member that no host can log in on. */
  readonly relay: (receiver: Member, signal: AbortSignal) => Promise<void>;
}

interface Joined {
  readonly member: Member;
  readonly joiner: Joiner;
  readonly fail: (error: unknown) => void;
  relayed: boolean;
  breaks: number;
}

/** So often members on the way are asked how much they have, and slow links are looked for. */
const LOOK_EVERY_MS = 500;
/** A link that breaks again and again with one host is that host's fault. */
const MOST_BREAKS = 5;
const MOST_RELAYS = 4;

const NOT_PACKED = 254;
const NO_LINK = 255;

/**
 * One archive on its way through a chain of hosts: each takes, keeps and gives it on at the same time, so that the time for all
 * is that of one. Hosts join when they like, also when the others are done; one that dies or is slow is passed by.
 */
export class Chain {
  readonly #options: ChainOptions;
  readonly #links: Links;
  readonly #joined = new Map<string, Joined>();
  readonly #members = new Set<Member>();
  readonly #relays = new Set<string>();
  readonly #template: TemplateFeeder;
  #timer: NodeJS.Timeout | undefined;
  #proven = false;

  constructor(options: ChainOptions) {
    this.#options = options;
    this.#links = new Links(options.templateName, options.packed.bytes, options.width);
    this.#template = new TemplateFeeder(options, this.#listener, (lost) => {
      for (const receiver of this.#links.receiversOf(options.templateName))
        this.#joined.get(receiver)?.fail(lost);
    });
  }

  /**
   * Brings the archive to a host, whole and checked, in the file `part` of the member's spool. The member goes on giving it
   * to others until close().
   * @throws {StepFailure} when the host cannot take it or the template moved; what the connection throws
   */
  async join(joiner: Joiner): Promise<Member> {
    const { host, session } = joiner;
    this.#leave(host.name);
    const member = new Member(host, session, 'receiver', this.#options, this.#listener);
    this.#members.add(member);
    try {
      await member.ready;
      await this.#receive(member, joiner);
      return member;
    } catch (error) {
      this.#leave(host.name);
      void member.end().then(() => this.#members.delete(member));
      throw error;
    }
  }

  /** Ends all members, which take everything away again. */
  async close(): Promise<void> {
    clearInterval(this.#timer);
    await Promise.all([this.#template.end(), ...[...this.#members].map((member) => member.end())]);
  }

  async #receive(member: Member, joiner: Joiner): Promise<void> {
    const { packed, templateName } = this.#options;
    const failed = new Promise<never>((_, fail) => {
      this.#joined.set(member.name, { member, joiner, fail, relayed: false, breaks: 0 });
      joiner.signal.addEventListener('abort', () => fail(joiner.signal.reason), { once: true });
    });
    failed.catch(() => undefined);
    this.#links.add(member.name, performance.now());
    this.#timer ??= setInterval(() => this.#look(), LOOK_EVERY_MS).unref();
    this.#settle();
    const digest = await Promise.race([member.received, failed]);
    this.#heard(member.name, packed.bytes);
    if (digest !== packed.digest) {
      // Once one host has the right one, the template gave the right one.
      if (this.#proven) throw new StepFailure('failed', 'what arrived is not what was sent (digest)');
      throw movedTemplate(templateName);
    }
    this.#proven = true;
  }

  readonly #listener = {
    onBytes: (member: Member, bytes: number) => {
      if (this.#joined.get(member.name)?.member === member) this.#heard(member.name, bytes);
    },
    onFeedEnd: (feeder: Member, end: FeedEnd) => this.#feedEnded(feeder.name, end),
  };

  #heard(name: string, bytes: number): void {
    if (!this.#links.has(name)) return;
    this.#links.heard(name, bytes, performance.now());
    this.#joined.get(name)?.joiner.onBytes(bytes);
    if (bytes < this.#options.packed.bytes) return;
    this.#links.unlink(name);
    this.#settle();
  }

  /** Gives everyone who waits a feeder, as far as there are some. */
  #settle(): void {
    const tried = new Set<string>();
    for (;;) {
      const receiver = this.#links.waiting().find((name) => !tried.has(name));
      if (receiver === undefined) return;
      tried.add(receiver);
      if (this.#links.isShunned(receiver) && this.#relay(receiver)) continue;
      const place = this.#links.placeFor(receiver);
      if (place !== undefined) this.#put(receiver, place);
    }
  }

  #put(receiver: string, { feeder, displaced }: Place): void {
    if (displaced !== undefined) {
      this.#break({ feeder, receiver: displaced });
      this.#links.unlink(displaced);
    }
    this.#make({ feeder, receiver });
  }

  #make(link: Link): void {
    this.#links.link(link, performance.now());
    const receiver = this.#joined.get(link.receiver)?.member;
    if (receiver === undefined) return;
    if (link.feeder !== this.#options.templateName) {
      this.#joined.get(link.feeder)?.member.feed(receiver);
      return;
    }
    this.#template.ready().then(
      (template) => {
        if (this.#links.feederOf(link.receiver) === link.feeder) template.feed(receiver);
      },
      (error) => this.#failAll(error),
    );
  }

  #break({ feeder, receiver }: Link): void {
    const member = this.#joined.get(receiver)?.member;
    if (member === undefined) return;
    if (feeder === this.#options.templateName) this.#template.halt(member);
    else this.#joined.get(feeder)?.member.halt(member);
  }

  #feedEnded(feeder: string, { receiver, status, words }: FeedEnd): void {
    const joined = this.#joined.get(receiver);
    // A link that was ended by us, or that is no longer the one in use, says nothing.
    if (joined === undefined || this.#links.feederOf(receiver) !== feeder) return;
    this.#links.unlink(receiver);
    if (status === 0) this.#heard(receiver, this.#options.packed.bytes);
    else if (status === NOT_PACKED) this.#failAll(notPacked(this.#options.templateName, words));
    else if (status !== NO_LINK)
      this.#fail(joined, new StepFailure('failed', words || `receiving ended with status ${status}`));
    else this.#linkFailed({ feeder, receiver }, joined, words);
    this.#settle();
  }

  #linkFailed(link: Link, joined: Joined, words: string): void {
    if (!this.#links.hasGiven(link)) {
      // It cannot log in there, or can do nothing any more: whose fault that is, others will show.
      for (const each of this.#links.refuse(link)) this.#break(each);
      return;
    }
    joined.breaks++;
    if (joined.breaks < MOST_BREAKS) return;
    const message = `the link from ${link.feeder} breaks again and again: ${words}`;
    this.#fail(joined, new StepFailure('failed', message));
  }

  /** This machine gives it the archive, if it did not try that before and has not enough of that to do. */
  #relay(name: string): boolean {
    const joined = this.#joined.get(name);
    if (joined === undefined || joined.relayed || this.#relays.size >= MOST_RELAYS) return false;
    joined.relayed = true;
    this.#relays.add(name);
    this.#links.link({ feeder: THIS_MACHINE, receiver: name }, performance.now());
    this.#options
      .relay(joined.member, joined.joiner.signal)
      .then(() => this.#heard(name, this.#options.packed.bytes))
      .catch((error) => this.#fail(joined, error))
      .finally(() => this.#relays.delete(name));
    return true;
  }

  #look(): void {
    for (const { member } of this.#joined.values())
      if (this.#links.bytesOf(member.name) < this.#options.packed.bytes) member.askSize();
    const [link] = this.#links.slow(performance.now());
    const joined = link && this.#joined.get(link.receiver);
    if (link?.verdict === 'hopeless' && joined) this.#fail(joined, tooSlow(link));
    if (link?.verdict === 'bypass') {
      const { ended, made } = this.#links.bypass(link);
      for (const each of ended) this.#break(each);
      if (made !== undefined) this.#make(made);
    }
    this.#settle();
  }

  /** It is out at once, so that nobody is to feed it while its end is on the way. */
  #fail(joined: Joined, error: unknown): void {
    joined.fail(error);
    if (this.#joined.get(joined.member.name) === joined) this.#leave(joined.member.name);
  }

  #leave(name: string): void {
    this.#joined.delete(name);
    if (!this.#links.has(name)) return;
    this.#links.remove(name);
    this.#settle();
  }

  #failAll(error: unknown): void {
    for (const [name, joined] of this.#joined)
      if (this.#links.bytesOf(name) < this.#options.packed.bytes) joined.fail(error);
  }
}
