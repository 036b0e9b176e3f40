import type { Link } from './judge.js';
import type { Member } from './member.js';
import type { TemplateFeeder } from './template-feeder.js';

/** Where the orders for a link go. */
export interface OrderOptions {
  readonly templateName: string;
  readonly template: TemplateFeeder;
  /** A receiver, or a feeder other than the template; undefined when it has left the chain. */
  readonly memberOf: (name: string) => Member | undefined;
  /** The template cannot feed any host. */
  readonly onNoTemplate: (error: unknown) => void;
}

/** Tells the feeder of a link, a member or the template, to give the archive to its receiver, and to stop. */
export class Orders {
  readonly #options: OrderOptions;

  constructor(options: OrderOptions) {
    this.#options = options;
  }

  /** @param isWanted whether the link is still wanted once the template is ready */
  give({ feeder, receiver }: Link, isWanted: () => boolean): void {
    const { templateName, template, memberOf, onNoTemplate } = this.#options;
    const member = memberOf(receiver);
    if (member === undefined) return;
    if (feeder !== templateName) {
      memberOf(feeder)?.feed(member);
      return;
    }
    template.ready().then((source) => {
      if (isWanted()) source.feed(member);
    }, onNoTemplate);
  }

  stop({ feeder, receiver }: Link): void {
    const { templateName, template, memberOf } = this.#options;
    const member = memberOf(receiver);
    if (member === undefined) return;
    if (feeder === templateName) template.halt(member);
    else memberOf(feeder)?.halt(member);
  }
}
