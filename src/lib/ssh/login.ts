import type { AnyAuthMethod, Client, KeyboardInteractiveAuthMethod, NextAuthHandler } from 'ssh2';
import type { Host } from '../names/host.js';
import type { Deadline } from './deadline.js';
import { type HostAgentOptions, hostAgent, type SignFailure } from './host-agent.js';
import type { Offer } from './keyring.js';
import type { Ssh2 } from './ssh2.js';
import { onLoginRefusal } from './ssh2-internals.js';

/** One line that a host asks a person to type (RFC 4256, 3.2). */
export interface Prompt {
  readonly text: string;
  /** Whether the typed answer may be visible. */
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
  /** Undefined: there is no person to answer. */
  readonly answer: AnswerChallenge | undefined;
  /** Other hosts are reached through it: its questions are answered once for all of them. */
  readonly isJumpHost: boolean;
  readonly deadline: Deadline;
}

/** The same as in ssh (NumberOfPasswordPrompts). */
const TRIES = 3;
/** A host that asks more often than this is given up. */
const MOST_CHALLENGES = 12;
const MOST_PROMPTS = 8;

/**
 * The steps of a login, in order: the keys, then the answers to the host's questions. Questions are answered for a second
 * factor, and if the host takes no key. If a host takes keys but refuses ours, its password prompt is not answered: the
 * fault is a missing key.
 */
export class Login {
  readonly #options: LoginOptions;
  readonly #agent: HostAgentOptions;
  readonly #keys: Offer['identities'][number][];
  readonly failures: SignFailure[] = [];
  /** What the host accepted while it asked for more. */
  readonly accepted: string[] = [];
  /** Methods with which the host would go on, from its last message. */
  methods: readonly string[] = [];
  #current = '';
  #tries = 0;
  #challenges = 0;
  /** Why the host's questions got no answer. */
  unanswered: 'nobody' | 'endless' | undefined;

  constructor(client: Client, options: LoginOptions) {
    this.#options = options;
    this.#keys = [...options.offer.identities];
    const { ssh2, deadline } = options;
    this.#agent = { ssh2, client, deadline, failures: this.failures };
  }

  /** Call it after ssh2 has begun to connect. */
  listen(client: Client): void {
    onLoginRefusal(client, (methods, isPartial) => {
      this.methods = methods;
      if (isPartial) this.accepted.push(this.#current);
    });
  }

  /** ssh2's authHandler: the next method to try. */
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
      // ssh2 takes false as 'nothing more', but its types do not say so.
    } else callback(false as never);
  }

  /** Before the first refusal it is not known which methods the host takes. */
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
