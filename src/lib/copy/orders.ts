import type { Link } from './judge.js';
import type { Member } from './member.js';
import type { TemplateFeeder } from './template-feeder.js';

/** Whom to tell what is to be done for a link. */
export interface OrderOptions {
  readonly templateName: string;
  readonly template: TemplateFeeder;
  /** A receiver, or another feeder than the template; undefined when it is out. */
  readonly memberOf: (name: string) => Member | undefined;
  /** The template can give nothing. */
  readonly onNoTemplate: (error: unknown) => void;
}

/** Tells the feeder of a link, a member or the template, to give the archive to its receiver, and to stop. */
export class Orders {
  readonly #options: OrderOptions;

  constructor(options: OrderOptions) {
    this.#options = options;
  }

  /** @param isWanted whether the link is still to be made when the template is there at last */
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
