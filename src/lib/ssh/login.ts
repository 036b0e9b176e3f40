import type { AnyAuthMethod, Client, KeyboardInteractiveAuthMethod, NextAuthHandler } from 'ssh2';
import type { Host } from '../names/host.js';
import type { Deadline } from './deadline.js';
import { type HostAgentOptions, hostAgent, type SignFailure } from './host-agent.js';
import type { Offer } from './keyring.js';
import type { Ssh2 } from './ssh2.js';
import { onLoginRefusal } from './ssh2-internals.js';

/** One line that a host wants typed (RFC 4256, 3.2). */
export interface Prompt {
  readonly text: string;
  /** Whether the answer may be seen. */
  readonly isShown: boolean;
}

/** What a host asks before it lets us in. All of it is the host's own text. */
export interface Challenge {
  readonly host: string;
  readonly title: string;
  readonly instructions: string;
  readonly prompts: readonly Prompt[];
}

/** @returns an answer for each prompt */
export type AnswerChallenge = (challenge: Challenge) => Promise<readonly string[]>;

export interface LoginOptions {
  readonly ssh2: Ssh2;
  readonly host: Host;
  readonly offer: Offer;
  /** Undefined: nobody answers. */
  readonly answer: AnswerChallenge | undefined;
  /** Others are reached through it: what it asks is answered once for all of them. */
  readonly isJumpHost: boolean;
  readonly deadline: Deadline;
}

/** As ssh (NumberOfPasswordPrompts). */
const TRIES = 3;
/** A host that asks without end is left. */
const MOST_CHALLENGES = 12;
const MOST_PROMPTS = 8;

/**
 * Who we say we are, one thing after the other: the keys, then what the host asks. It is asked for a second factor, and
 * where no key will do; a host that refuses our keys and would take a password as well is not: that is a key that is missing.
 */
export class Login {
  readonly #options: LoginOptions;
  readonly #agent: HostAgentOptions;
  readonly #keys: Offer['identities'][number][];
  readonly failures: SignFailure[] = [];
  /** What the host accepted while it wanted more. */
  readonly accepted: string[] = [];
  /** Ways that the host would go on with, as it said last. */
  methods: readonly string[] = [];
  #current = '';
  #tries = 0;
  #challenges = 0;
  /** Why nobody answered what the host asked. */
  unanswered: 'nobody' | 'endless' | undefined;

  constructor(client: Client, options: LoginOptions) {
    this.#options = options;
    this.#keys = [...options.offer.identities];
    const { ssh2, deadline } = options;
    this.#agent = { ssh2, client, deadline, failures: this.failures };
  }

  /** To be called once ssh2 has begun to connect. */
  listen(client: Client): void {
    onLoginRefusal(client, (methods, isPartial) => {
      this.methods = methods;
      if (isPartial) this.accepted.push(this.#current);
    });
  }

  /** ssh2's authHandler: what is tried next. */
  next(callback: NextAuthHandler): void {
    const username = this.#options.host.ssh.user;
    const key = this.#takesKeys() ? this.#keys.shift() : undefined;
    if (key !== undefined) {
      this.#current = key.label;
      callback({ type: 'agent', username, agent: hostAgent(this.#agent, key) } as AnyAuthMethod);
    } else if (this.#mayAsk()) {
      this.#tries += 1;
      this.#current = 'what it asked';
      callback({ type: 'keyboard-interactive', username, prompt: this.#prompt });
      // ssh2 takes false for 'nothing more', and its types do not know.
    } else callback(false as never);
  }

  /** Before its first refusal nobody knows what it takes. */
  #takesKeys(): boolean {
    return this.methods.length === 0 || this.methods.includes('publickey');
  }

  #mayAsk(): boolean {
    const { offer, isJumpHost } = this.#options;
    const isWanted =
      this.accepted.length > 0 ||
      isJumpHost ||
      offer.identities.length === 0 ||
      !this.methods.includes('publickey');
    const takesAnswers = this.methods.length === 0 || this.methods.includes('keyboard-interactive');
    if (!isWanted || !takesAnswers || this.unanswered !== undefined) return false;
    if (this.#options.answer === undefined) this.unanswered = 'nobody';
    return this.unanswered === undefined && this.#tries < TRIES;
  }

  readonly #prompt: KeyboardInteractiveAuthMethod['prompt'] = (title, instructions, _, prompts, respond) => {
    this.#challenges += 1;
    if (this.#challenges > MOST_CHALLENGES || prompts.length > MOST_PROMPTS) {
      this.unanswered = 'endless';
      respond(prompts.map(() => ''));
      return;
    }
    const { host, answer, deadline } = this.#options;
    const wanted = prompts.map(({ prompt, echo }) => ({ text: prompt, isShown: echo === true }));
    const asked = { host: host.name, title, instructions, prompts: wanted };
    deadline
      .whileHuman(async () => (await answer?.(asked)) ?? [])
      .then(
        (answers) => respond([...answers]),
        (error: unknown) => deadline.fail(error),
      );
  };
}
