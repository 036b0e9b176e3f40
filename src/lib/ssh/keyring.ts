import type { ParsedKey } from 'ssh2';
import type { SshTarget } from '../names/host.js';
import { readTextFile } from '../own-files/read.js';
import { type AgentIdentity, type AgentOffer, NO_AGENT, readAgent } from './agent-identities.js';
import { certifiedKey, foreignKind } from './foreign-keys.js';
import {
  type AskPassphrase,
  type Identity,
  type KeyFileContent,
  loadKeyFile,
  type UnusableKey,
  whyUnsupported,
} from './identity.js';
import { readKeyFile } from './openssh-key.js';
import type { Questions } from './questions.js';
import type { Ssh2 } from './ssh2.js';

export interface KeyringOptions {
  readonly agentSocket?: string | undefined;
  readonly askPassphrase?: AskPassphrase | undefined;
}

/** The keys to offer to a host, in order, and the keys that cannot be offered. */
export interface Offer {
  readonly identities: readonly Identity[];
  readonly unusable: readonly UnusableKey[];
}

/** The fields of a target that decide which keys it is offered. */
type KeysOf = Pick<SshTarget, 'identityFiles' | 'certificateFiles' | 'identitiesOnly' | 'agentSocket'>;

/** The keys of this process: each file is read and parsed once, and each agent is asked for its list once. */
export class Keyring {
  readonly #ssh2: Ssh2;
  readonly #options: KeyringOptions;
  readonly #questions: Questions;
  readonly #files = new Map<string, Promise<KeyFileContent>>();
  readonly #offers = new Map<string, Promise<Offer>>();
  readonly #agents = new Map<string, Promise<AgentOffer>>();

  constructor(ssh2: Ssh2, options: KeyringOptions, questions: Questions) {
    this.#ssh2 = ssh2;
    this.#options = options;
    this.#questions = questions;
  }

  /**
   * The keys for a host. The keys of its identity files come first, signed by the agent if it holds them, each after its
   * certificate. With IdentitiesOnly there are no others. A server counts each refused key and hangs up after six
   * (sshd_config(5), MaxAuthTries), so the other keys of a full agent must not come first.
   */
  offerFor({ identityFiles, certificateFiles, identitiesOnly, agentSocket }: KeysOf): Promise<Offer> {
    const keys = { identityFiles, certificateFiles, identitiesOnly, agentSocket };
    const key = JSON.stringify([identityFiles, certificateFiles, identitiesOnly, agentSocket]);
    let offer = this.#offers.get(key);
    if (!offer) {
      offer = this.#makeOffer(keys);
      this.#offers.set(key, offer);
    }
    return offer;
  }

  async #makeOffer({ identityFiles, certificateFiles, identitiesOnly, agentSocket }: KeysOf): Promise<Offer> {
    const agent = await this.#agent(agentSocket === undefined ? this.#options.agentSocket : agentSocket);
    const identities: Identity[] = [];
    const unusable: UnusableKey[] = [];
    const add = (found: readonly (Identity | UnusableKey)[]) => {
      for (const each of found)
        if (!('publicKey' in each)) unusable.push(each);
        else if (!identities.includes(each)) identities.push(each);
    };
    // As in ssh: if no certificate is named, those beside the keys count.
    const certificates = certificateFiles ?? identityFiles.map((file) => `${file}-cert.pub`);
    for (const file of certificates) add(await certificateOf(file, agent));
    for (const file of identityFiles) add(await this.#keyOf(file, agent));
    if (!identitiesOnly) add(agent.keys);
    return { identities, unusable: [...unusable, ...agent.unusable] };
  }

  async #keyOf(file: string, agent: AgentOffer): Promise<(Identity | UnusableKey)[]> {
    const content = await this.#file(file);
    if ('unusable' in content) return [content.unusable];
    if ('identity' in content) return [heldBy(agent.keys, content.identity)];
    const held = agent.keys.find((each) => each.blob.equals(content.selects));
    return [held ?? notInAgent(content.label, content.selects)];
  }

  #file(file: string): Promise<KeyFileContent> {
    let content = this.#files.get(file);
    if (!content) {
      const ask = this.#options.askPassphrase;
      const askInTurn = ask && ((name: string) => this.#questions.inTurn(() => ask(name)));
      content = loadKeyFile(file, this.#ssh2.utils.parseKey, askInTurn);
      this.#files.set(file, content);
    }
    return content;
  }

  #agent(socket: string | null | undefined): Promise<AgentOffer> {
    if (!socket) return Promise.resolve(NO_AGENT);
    let agent = this.#agents.get(socket);
    if (!agent) {
      agent = readAgent(this.#ssh2, socket);
      this.#agents.set(socket, agent);
    }
    return agent;
  }
}

/** The agent signs without a passphrase, so it is used before the file of the same key. */
function heldBy(agentKeys: readonly AgentIdentity[], identity: Identity): Identity {
  const blob = (identity.publicKey as ParsedKey).getPublicSSH();
  return agentKeys.find((held) => held.blob.equals(blob)) ?? identity;
}

/** A certificate from a file: the agent must hold it or its key; otherwise the certificate cannot be used. */
async function certificateOf(file: string, agent: AgentOffer): Promise<(Identity | UnusableKey)[]> {
  const { publicBlob } = readKeyFile(await readTextFile(file).catch(() => ''));
  if (publicBlob === undefined || foreignKind(publicBlob) !== 'certificate') return [];
  const held = agent.keys.find((each) => each.blob.equals(publicBlob));
  const key = certifiedKey(publicBlob);
  const signer = held ?? agent.keys.find((each) => key !== undefined && each.blob.equals(key));
  const limits = whyUnsupported(file, publicBlob);
  if (signer !== undefined) return [signer === held ? held : signer.certified(file, publicBlob)];
  return limits === undefined ? [] : [{ label: file, ...limits, unsupported: true }];
}

function notInAgent(label: string, blob: Buffer): UnusableKey {
  const limits = whyUnsupported(label, blob);
  if (limits) return { label, ...limits, unsupported: true };
  return {
    label,
    why: 'is only a public key, and the agent does not hold its private half',
    hint: undefined,
    unsupported: false,
  };
}
