import { THIS_MACHINE } from '../run/step-handler.js';
import { NoMember, notPacked, tooSlow } from './faults.js';
import type { Link, SlowLink } from './judge.js';
import { Links } from './links.js';
import type { Member, MemberListener } from './member.js';
import type { FeedEnd } from './member-words.js';
import { Orders } from './orders.js';
import type { Place } from './placement.js';
import { Relays } from './relays.js';
import { TemplateFeeder, type TemplateWork } from './template-feeder.js';

export interface FeedingOptions extends TemplateWork {
  readonly width: number;
  readonly templateName: string;
  /** Gives the archive from this machine to a member that no other host can log in to. */
  readonly relay: (receiver: Member, signal: AbortSignal) => Promise<void>;
}

/** A member that wants the archive, and the callbacks for its result. */
export interface Wanting {
  readonly member: Member;
  readonly onBytes: (bytes: number) => void;
  /** The member is out of the chain; called once at most. */
  readonly fail: (error: unknown) => void;
  readonly signal: AbortSignal;
}

/** How often members that are still receiving are asked how much they have, and slow links are looked for. */
const LOOK_EVERY_MS = 500;
/** A link that breaks a second time is not tried again. */
const MOST_BREAKS = 2;
const NOT_PACKED = 254;

/**
 * The links of a chain. Links decides; this class makes, watches and ends them, by what the members report. Each host is only
 * trusted about itself. What it reports about another host ends the link between the two, no more. A host is given up only
 * for its own words, or for what the template or this machine saw while feeding it.
 */
export class Feeding {
  readonly #options: FeedingOptions;
  readonly #links: Links;
  readonly #wanting = new Map<string, Wanting>();
  /** How often the link between two hosts broke. */
  readonly #breaks = new Map<string, number>();
  readonly #relays = new Relays();
  readonly #template: TemplateFeeder;
  readonly #orders: Orders;
  #timer: NodeJS.Timeout | undefined;
  #closed: NoMember | undefined;

  constructor(options: FeedingOptions) {
    this.#options = options;
    const { templateName, packed, width, bytesPerSecond } = options;
    const limit = bytesPerSecond === undefined ? undefined : bytesPerSecond / 1000;
    this.#links = new Links(templateName, packed.bytes, width, limit);
    this.#template = new TemplateFeeder(options, this.listener, (lost) => this.#templateLost(lost));
    this.#orders = new Orders({
      templateName,
      template: this.#template,
      memberOf: (name) => this.#wanting.get(name)?.member,
      onNoTemplate: (error) => this.#failAll(error),
    });
  }

  readonly listener: MemberListener = {
    onBytes: (member, bytes) => {
      if (this.#wanting.get(member.name)?.member === member) this.#heard(member.name, bytes);
    },
    onGiven: ({ name }, receiver, bytes) => {
      if (this.#links.has(receiver) && this.#links.feederOf(receiver) === name)
        this.#links.gave(receiver, bytes, performance.now());
    },
    onFeedEnd: ({ name }, end) => this.#feedEnded(name, end),
  };

  /** Why the template can feed no host; undefined while there is no known reason. */
  get closed(): NoMember | undefined {
    return this.#closed;
  }

  /** A member is ready to be fed and to feed. */
  add(wanting: Wanting): void {
    const { name } = wanting.member;
    this.#wanting.set(name, wanting);
    this.#links.add(name, performance.now());
    this.#timer ??= setInterval(() => this.#look(), LOOK_EVERY_MS).unref();
    this.#settle();
  }

  /** Whether this machine gave the member the archive. */
  wasRelayed(member: Member): boolean {
    return this.#relays.wasRelayed(member);
  }

  /** A member has the whole archive, and the digest is right. */
  whole(name: string): void {
    this.#heard(name, this.#options.packed.bytes);
  }

  /**
   * A member has the whole archive, and the digest is wrong. Which feeder spoiled it cannot be known, so none of its feeders
   * is trusted.
   */
  spoiled(name: string): void {
    if (this.#links.has(name)) this.#links.distrustFeedersOf(name);
  }

  /** A host has left the chain, or joins again. */
  remove(name: string): void {
    this.#wanting.delete(name);
    if (!this.#links.has(name)) return;
    this.#links.remove(name);
    this.#settle();
  }

  async end(): Promise<void> {
    clearInterval(this.#timer);
    await this.#template.end();
  }

  #heard(name: string, bytes: number): void {
    if (!this.#links.has(name)) return;
    this.#links.heard(name, bytes, performance.now());
    this.#wanting.get(name)?.onBytes(bytes);
    if (bytes < this.#options.packed.bytes) return;
    this.#links.unlink(name);
    this.#settle();
  }

  /** Gives each waiting member a feeder, as far as there are free feeders. */
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
    if (displaced !== undefined) this.#cut({ feeder, receiver: displaced });
    this.#make({ feeder, receiver });
  }

  #make(link: Link): void {
    this.#links.link(link, performance.now());
    this.#orders.give(link, () => this.#links.feederOf(link.receiver) === link.feeder);
  }

  #cut(link: Link): void {
    this.#orders.stop(link);
    this.#links.unlink(link.receiver);
  }

  /** What a feeder reports ends its own link, and does no more. */
  #feedEnded(feeder: string, { receiver, status, words }: FeedEnd): void {
    const wanting = this.#wanting.get(receiver);
    // A link that kuafu ended, or that has been replaced, tells nothing.
    if (wanting === undefined || !this.#links.has(receiver) || this.#links.feederOf(receiver) !== feeder)
      return;
    if (status === 0) {
      this.#links.claimed(receiver, performance.now());
      wanting.member.askSize();
      return;
    }
    this.#links.unlink(receiver);
    if (status === NOT_PACKED && feeder === this.#options.templateName)
      this.#failAll(notPacked(feeder, words));
    else this.#linkFailed({ feeder, receiver });
    this.#settle();
  }

  /** The feeder cannot log in there, stopped working, or the link broke. Which end is at fault, other links will show. */
  #linkFailed(link: Link): void {
    const key = `${link.feeder} ${link.receiver}`;
    const count = (this.#breaks.get(key) ?? 0) + 1;
    this.#breaks.set(key, count);
    if (!this.#links.hasGiven(link) || count >= MOST_BREAKS) this.#refuse(link);
  }

  #refuse(link: Link): void {
    for (const each of this.#links.refuse(link)) this.#orders.stop(each);
  }

  /** Lets this machine feed the member, if it has not tried that before and has a free place. */
  #relay(name: string): boolean {
    const wanting = this.#wanting.get(name);
    if (wanting === undefined || !this.#relays.mayRelay(wanting.member)) return false;
    const { member, signal } = wanting;
    this.#links.link({ feeder: THIS_MACHINE, receiver: name }, performance.now());
    this.#relays
      .relay(member, () => this.#options.relay(member, signal))
      .catch((error) => this.#fail(wanting, error))
      .finally(() => this.#settle());
    return true;
  }

  #look(): void {
    const { packed, templateName } = this.#options;
    const nowMs = performance.now();
    for (const { member } of this.#wanting.values())
      if (this.#links.bytesOf(member.name) < packed.bytes) member.askSize();
    if (this.#links.receiversOf(templateName).length > 0) this.#template.askGiven();
    for (const link of this.#links.falselyClaimed(nowMs)) {
      this.#cut(link);
      this.#refuse(link);
    }
    const [link] = this.#links.slow(nowMs);
    if (link !== undefined) this.#pass(link);
    this.#settle();
  }

  #pass(link: SlowLink): void {
    const wanting = this.#wanting.get(link.receiver);
    if (link.verdict === 'hopeless') {
      if (wanting !== undefined) this.#fail(wanting, tooSlow(link));
    } else if (link.verdict === 'appeal') {
      this.#cut(link);
      this.#make({ feeder: this.#options.templateName, receiver: link.receiver });
    } else {
      const { ended, made } = this.#links.bypass(link);
      for (const each of ended) this.#orders.stop(each);
      if (made !== undefined) this.#make(made);
    }
  }

  /** The member leaves at once, so that no feeder is chosen for it while its end is on the way. */
  #fail(wanting: Wanting, error: unknown): void {
    wanting.fail(error);
    if (this.#wanting.get(wanting.member.name) === wanting) this.remove(wanting.member.name);
  }

  #templateLost(error: unknown): void {
    if (error instanceof NoMember) {
      this.#closed = error;
      this.#failAll(error);
    }
    for (const receiver of this.#links.receiversOf(this.#options.templateName))
      this.#wanting.get(receiver)?.fail(error);
  }

  #failAll(error: unknown): void {
    for (const [name, wanting] of this.#wanting)
      if (this.#links.bytesOf(name) < this.#options.packed.bytes) wanting.fail(error);
  }
}
