import type { BaseAgent, Client, ParsedKey } from 'ssh2';
import { sentenceOf } from '../errors.js';
import type { Deadline } from './deadline.js';
import type { Identity } from './identity.js';
import type { Ssh2 } from './ssh2.js';
import { sendSignedLogin } from './ssh2-internals.js';

/** The signatures that failed for one host; shown if no other key was accepted either. */
export interface SignFailure {
  readonly label: string;
  readonly why: string;
  readonly wasLocked: boolean;
}

export interface HostAgentOptions {
  readonly ssh2: Ssh2;
  readonly client: Client;
  readonly deadline: Deadline;
  /** Receives the failed signatures. */
  readonly failures: SignFailure[];
}

type SignCallback = (error: Error | null, signature?: Buffer) => void;

/**
 * Presents one identity to ssh2 as if an agent held it. ssh2 then offers the public key, and asks for a signature only if
 * the host accepts the key: only then a passphrase is needed.
 */
export function hostAgent(
  { ssh2, client, deadline, failures }: HostAgentOptions,
  identity: Identity,
): BaseAgent<ParsedKey> {
  const sign = async (data: Buffer, hash: string | undefined): Promise<Buffer> => {
    const wasLocked = identity.mayAskHuman();
    const work = () => identity.sign(data, hash);
    try {
      return await (wasLocked ? deadline.whileHuman(work) : work());
    } catch (error) {
      failures.push({ label: identity.label, why: sentenceOf(error), wasLocked });
      throw error;
    }
  };

  class HostAgent extends ssh2.BaseAgent<ParsedKey> {
    getIdentities(callback: (error?: Error, keys?: ParsedKey[]) => void): void {
      callback(undefined, [identity.publicKey]);
    }

    sign(_key: ParsedKey, data: Buffer, ...rest: unknown[]): void {
      const callback = rest.find((each): each is SignCallback => typeof each === 'function');
      const options = rest.find((each) => typeof each === 'object' && each !== null);
      const hash = options && 'hash' in options ? String(options.hash) : undefined;
      sign(data, hash === 'undefined' ? undefined : hash)
        .then((signature) => {
          if (identity.signsWhole) sendSignedLogin(client, data, signature);
          else callback?.(null, signature);
        })
        .catch((error: unknown) => callback?.(error instanceof Error ? error : new Error(sentenceOf(error))));
    }
  }
  return new HostAgent();
}
