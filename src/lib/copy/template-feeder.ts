import type { Host } from '../inventory/inventory-types.js';
import type { FileTree } from '../plan/plan.js';
import { LinkLostError } from '../ssh/connect-error.js';
import type { Session } from '../ssh/transport.js';
import { Member, type MemberListener, type MemberWork } from './member.js';

export interface TemplateWork extends MemberWork {
  readonly tree: FileTree;
  /** The template host and a connection to it. */
  readonly template: () => Promise<{ readonly host: Host; readonly session: Session }>;
}

/** The template host in a chain: its process is begun when it is first to feed somebody, and anew after it was lost. */
export class TemplateFeeder {
  readonly #work: TemplateWork;
  readonly #listener: MemberListener;
  readonly #onLost: (error: LinkLostError) => void;
  #member: Promise<Member> | undefined;

  constructor(work: TemplateWork, listener: MemberListener, onLost: (error: LinkLostError) => void) {
    this.#work = work;
    this.#listener = listener;
    this.#onLost = onLost;
  }

  /** @throws what the connection throws, and StepFailure when its process ends before it can feed */
  async ready(): Promise<Member> {
    this.#member ??= this.#start().catch((error) => {
      this.#member = undefined;
      throw error;
    });
    return await this.#member;
  }

  halt(receiver: Member): void {
    void this.#member?.then((member) => member.halt(receiver)).catch(() => undefined);
  }

  async end(): Promise<void> {
    await this.#member?.then((member) => member.end()).catch(() => undefined);
  }

  async #start(): Promise<Member> {
    const { host, session } = await this.#work.template();
    const member = new Member(host, session, { template: this.#work.tree }, this.#work, this.#listener);
    void member.over.then(() => {
      this.#member = undefined;
      this.#onLost(
        new LinkLostError(host.name, `template host ${host.name} was lost while it gave its files`),
      );
    });
    await member.ready;
    return member;
  }
}
