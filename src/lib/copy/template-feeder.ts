import type { Host } from '../names/host.js';
import { StepFailure } from '../run/step-handler.js';
import { LinkLostError } from '../ssh/connect-error.js';
import type { Session } from '../ssh/transport.js';
import { NoMember } from './faults.js';
import type { FileTree } from './file-tree.js';
import { Member, type MemberListener } from './member.js';
import type { MemberWork } from './member-command.js';
import { requireSecondSession } from './second-session.js';

export interface TemplateWork extends MemberWork {
  readonly tree: FileTree;
  /** The template host and a connection to it. */
  readonly template: () => Promise<{ readonly host: Host; readonly session: Session }>;
}

/** The template host in a chain. Its process is started when it is first needed as a feeder, and again after it was lost. */
export class TemplateFeeder {
  readonly #work: TemplateWork;
  readonly #listener: MemberListener;
  readonly #onLost: (error: unknown) => void;
  #member: Promise<Member> | undefined;

  /** @param onLost gets the reason why the receivers of the template get nothing more from it */
  constructor(work: TemplateWork, listener: MemberListener, onLost: (error: unknown) => void) {
    this.#work = work;
    this.#listener = listener;
    this.#onLost = onLost;
  }

  /** @throws what the connection throws, and StepFailure if its process ends before it can feed */
  async ready(): Promise<Member> {
    this.#member ??= this.#start().catch((error) => {
      this.#member = undefined;
      throw error;
    });
    return await this.#member;
  }

  /** Asks the template how much it has given. */
  askGiven(): void {
    void this.#member?.then((member) => member.askSize()).catch(() => undefined);
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
    void member.over.then((error) => {
      this.#member = undefined;
      const why = error instanceof StepFailure ? `: ${error.message}` : '';
      const words = `template host ${host.name} was lost while it gave its files${why}`;
      this.#onLost(new LinkLostError(host.name, words));
    });
    await member.ready;
    // Other commands of kuafu on the template would wait for its member for ever.
    requireSecondSession(session).catch((error) => {
      if (error instanceof NoMember) this.#onLost(error);
      void member.end();
    });
    return member;
  }
}
