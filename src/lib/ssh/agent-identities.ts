import type { BaseAgent, ParsedKey, SigningRequestOptions } from 'ssh2';
import { sentenceOf } from '../errors.js';
import { type AgentKey, listAgentKeys, signWithAgent } from './agent-keys.js';
import { foreignKey, foreignKind } from './foreign-keys.js';
import type { Identity, UnusableKey } from './identity.js';
import type { Ssh2 } from './ssh2.js';

/** A key that an agent holds. */
export interface AgentIdentity extends Identity {
  readonly blob: Buffer;
  /** The same key with a certificate that the agent does not hold. */
  certified(label: string, certificate: Buffer): Identity;
}

/** The keys that an agent offers, and those that cannot be used. */
export interface AgentOffer {
  readonly keys: readonly AgentIdentity[];
  readonly unusable: readonly UnusableKey[];
}

export const NO_AGENT: AgentOffer = { keys: [], unusable: [] };

/**
 * The keys of the agent at a socket, including those that ssh2 does not know. An agent that does not answer is reported as
 * unusable.
 */
export async function readAgent(ssh2: Ssh2, socket: string): Promise<AgentOffer> {
  let listed: AgentKey[];
  try {
    listed = await listAgentKeys(socket);
  } catch (error) {
    const why = `cannot be asked (${sentenceOf(error)})`;
    return {
      keys: [],
      unusable: [{ label: `ssh-agent at ${socket}`, why, hint: undefined, unsupported: false }],
    };
  }
  const agent = ssh2.createAgent(socket);
  const keys = listed.flatMap(({ blob, comment }) => {
    const label = `${comment || 'a key'} (ssh-agent)`;
    if (foreignKind(blob) !== undefined) return [foreignIdentity(ssh2, socket, label, blob, blob)];
    const publicKey = ssh2.utils.parseKey(blob);
    return publicKey instanceof Error ? [] : [plainIdentity(ssh2, agent, socket, { label, blob, publicKey })];
  });
  // A certificate comes before its key: a user who has a certificate wants it to be used.
  const isForeign = ({ signsWhole }: Identity) => signsWhole === true;
  return { keys: [...keys.filter(isForeign), ...keys.filter((key) => !isForeign(key))], unusable: [] };
}

function plainIdentity(
  ssh2: Ssh2,
  agent: BaseAgent,
  socket: string,
  { label, blob, publicKey }: { label: string; blob: Buffer; publicKey: ParsedKey },
): AgentIdentity {
  return {
    label,
    blob,
    publicKey,
    // The agent may ask for a touch or a confirmation (ssh-add -c), and does not tell us whether it will.
    mayAskHuman: () => true,
    sign: (data, hash) =>
      new Promise((resolve, reject) => {
        const options: SigningRequestOptions = {};
        if (hash === 'sha256' || hash === 'sha512') options.hash = hash;
        agent.sign(publicKey, data, options, (error, signature) => {
          if (signature) resolve(signature);
          else reject(error ?? new Error('the agent gave no signature'));
        });
      }),
    certified: (file, certificate) => foreignIdentity(ssh2, socket, file, certificate, blob),
  };
}

/** @param blob what is shown to the host. @param signer the key by which the agent knows it */
function foreignIdentity(
  ssh2: Ssh2,
  socket: string,
  label: string,
  blob: Buffer,
  signer: Buffer,
): AgentIdentity {
  return {
    label,
    blob,
    publicKey: foreignKey(ssh2, blob),
    mayAskHuman: () => true,
    signsWhole: true,
    sign: (data) => signWithAgent(socket, signer, data),
    certified: (file, certificate) => foreignIdentity(ssh2, socket, file, certificate, signer),
  };
}
