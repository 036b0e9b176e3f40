import { access } from 'node:fs/promises';
import { join } from 'node:path';
import type { BaseAgent, ParsedKey, SigningRequestOptions } from 'ssh2';
import { homeFolder } from '../config/folders.js';
import { sentenceOf } from '../errors.js';
import { readTextFile } from '../own-files/read.js';
import { type AgentKey, listAgentKeys } from './agent-keys.js';
import {
  type AskPassphrase,
  type Identity,
  type KeyFileContent,
  loadKeyFile,
  type UnusableKey,
  whyUnsupported,
} from './identity.js';
import { readKeyFile } from './openssh-key.js';

export type Ssh2 = typeof import('ssh2');

export interface KeyringOptions {
  readonly agentSocket?: string | undefined;
  readonly askPassphrase?: AskPassphrase | undefined;
}

/** What a host is offered, in order, and what could not be offered. */
export interface Offer {
  readonly identities: readonly Identity[];
  readonly unusable: readonly UnusableKey[];
}

interface AgentIdentity extends Identity {
  readonly blob: Buffer;
}

/** The keys of this process: each file is read and parsed once, the agent is asked once for its list. */
export class Keyring {
  readonly #ssh2: Ssh2;
  readonly #options: KeyringOptions;
  readonly #files = new Map<string, Promise<KeyFileContent>>();
  readonly #offers = new Map<string, Promise<Offer>>();
  #agent: Promise<{ keys: AgentIdentity[]; unusable: UnusableKey[] }> | undefined;
  #prompt: Promise<unknown> = Promise.resolve();

  constructor(ssh2: Ssh2, options: KeyringOptions) {
    this.#ssh2 = ssh2;
    this.#options = options;
  }

  /**
   * The keys for hosts with these identity files (none: OpenSSH's default files that exist). Those of the files come
   * first, through the agent where it holds them: a server counts each refused key, and hangs up after six
   * (sshd_config(5), MaxAuthTries), so an agent full of other keys must not stand in front.
   */
  offerFor(identityFiles: readonly string[]): Promise<Offer> {
    const key = JSON.stringify(identityFiles);
    let offer = this.#offers.get(key);
    if (!offer) {
      offer = this.#makeOffer(identityFiles);
      this.#offers.set(key, offer);
    }
    return offer;
  }

  async #makeOffer(identityFiles: readonly string[]): Promise<Offer> {
    const files = identityFiles.length > 0 ? identityFiles : await defaultFiles();
    const agent = await this.#agentKeys();
    const fromFiles = await Promise.all(files.map((file) => this.#file(file)));
    const identities: Identity[] = [];
    const unusable: UnusableKey[] = [];
    for (const file of files) unusable.push(...(await certificateOf(file)));
    for (const content of fromFiles) {
      if ('unusable' in content) unusable.push(content.unusable);
      else if ('identity' in content) identities.push(heldBy(agent.keys, content.identity));
      else {
        const held = agent.keys.find((each) => each.blob.equals(content.selects));
        if (held) identities.push(held);
        else unusable.push(notInAgent(content.label, content.selects));
      }
    }
    const rest = agent.keys.filter((held) => !identities.includes(held));
    return { identities: [...identities, ...rest], unusable: [...unusable, ...agent.unusable] };
  }

  #file(file: string): Promise<KeyFileContent> {
    let content = this.#files.get(file);
    if (!content) {
      const ask = this.#options.askPassphrase;
      const askInTurn = ask && ((name: string) => this.#inTurn(() => ask(name)));
      content = loadKeyFile(file, this.#ssh2.utils.parseKey, askInTurn);
      this.#files.set(file, content);
    }
    return content;
  }

  /** One question on the terminal at a time. */
  #inTurn<T>(question: () => Promise<T>): Promise<T> {
    const answer = this.#prompt.then(question);
    this.#prompt = answer.catch(() => undefined);
    return answer;
  }

  #agentKeys(): Promise<{ keys: AgentIdentity[]; unusable: UnusableKey[] }> {
    this.#agent ??= this.#readAgent();
    return this.#agent;
  }

  async #readAgent(): Promise<{ keys: AgentIdentity[]; unusable: UnusableKey[] }> {
    const socket = this.#options.agentSocket;
    if (!socket) return { keys: [], unusable: [] };
    let listed: AgentKey[];
    try {
      listed = await listAgentKeys(socket);
    } catch (error) {
      const why = `cannot be asked (${sentenceOf(error)})`;
      const dead = { label: `ssh-agent at ${socket}`, why, hint: undefined, unsupported: false };
      return { keys: [], unusable: [dead] };
    }
    const agent = this.#ssh2.createAgent(socket);
    const keys: AgentIdentity[] = [];
    const unusable: UnusableKey[] = [];
    for (const { blob, comment } of listed) {
      const label = `${comment || 'a key'} (ssh-agent)`;
      const limits = whyUnsupported(blob);
      const publicKey = this.#ssh2.utils.parseKey(blob);
      if (limits) unusable.push({ label, ...limits, unsupported: true });
      else if (!(publicKey instanceof Error)) keys.push(agentIdentity(agent, label, blob, publicKey));
    }
    return { keys, unusable };
  }
}

function agentIdentity(agent: BaseAgent, label: string, blob: Buffer, publicKey: ParsedKey): AgentIdentity {
  return {
    label,
    blob,
    publicKey,
    // The agent may ask for a touch or a confirmation (ssh-add -c), and does not say so.
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
  };
}

/** The agent signs without a passphrase, so it goes before the file of the same key. */
function heldBy(agentKeys: readonly AgentIdentity[], identity: Identity): Identity {
  const blob = identity.publicKey.getPublicSSH();
  return agentKeys.find((held) => held.blob.equals(blob)) ?? identity;
}

/** ssh would use the certificate beside a key (ssh_config(5), CertificateFile); here only the key itself is tried. */
async function certificateOf(file: string): Promise<UnusableKey[]> {
  const label = `${file}-cert.pub`;
  const { publicBlob } = readKeyFile(await readTextFile(label).catch(() => ''));
  const limits = publicBlob && whyUnsupported(publicBlob);
  return limits ? [{ label, ...limits, unsupported: true }] : [];
}

function notInAgent(label: string, blob: Buffer): UnusableKey {
  const limits = whyUnsupported(blob);
  if (limits) return { label, ...limits, unsupported: true };
  return {
    label,
    why: 'is only a public key, and the agent does not hold its private half',
    hint: undefined,
    unsupported: false,
  };
}

async function defaultFiles(): Promise<string[]> {
  const present: string[] = [];
  for (const name of ['id_ed25519', 'id_ecdsa', 'id_rsa']) {
    const file = join(homeFolder(process.env), '.ssh', name);
    const isThere = await access(file).then(
      () => true,
      () => false,
    );
    if (isThere) present.push(file);
  }
  return present;
}
