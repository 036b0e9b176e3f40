import type { BaseAgent, ParsedKey } from 'ssh2';
import { sentenceOf } from '../errors.js';
import type { Deadline } from './deadline.js';
import type { Identity } from './identity.js';
import type { Ssh2 } from './keyring.js';

/** The signatures that failed while one host was tried; shown when no other key was accepted either. */
export interface SignFailure {
  readonly label: string;
  readonly why: string;
  readonly wasLocked: boolean;
}

/**
 * Presents the identities to ssh2 as if one agent held them: ssh2 then offers one public key after the other and
 * asks for a signature only when the host accepts one, which is when a passphrase is first needed.
 */
export function hostAgent(
  ssh2: Ssh2,
  identities: readonly Identity[],
  deadline: Deadline,
  failures: SignFailure[],
): BaseAgent<ParsedKey> {
  const byKey = new Map(identities.map((identity) => [identity.publicKey, identity]));

  const sign = async (key: ParsedKey, data: Buffer, hash: string | undefined): Promise<Buffer> => {
    const identity = byKey.get(key);
    if (!identity) throw new Error('a key that was not offered');
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
      callback(undefined, [...byKey.keys()]);
    }

    sign(key: ParsedKey, data: Buffer, ...rest: unknown[]): void {
      const callback = rest.find((each) => typeof each === 'function');
      const options = rest.find((each) => typeof each === 'object' && each !== null);
      const hash = options && 'hash' in options ? String(options.hash) : undefined;
      sign(key, data, hash === 'undefined' ? undefined : hash).then(
        (signature) => callback?.(null, signature),
        (error: unknown) => callback?.(error instanceof Error ? error : new Error(sentenceOf(error))),
      );
    }
  }
  return new HostAgent();
}
