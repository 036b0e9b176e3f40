import { isIP } from 'node:net';
import { sentenceOf } from '../errors.js';
import type { Doubt } from './doubt.js';
import { type Asked, evaluate, type Found, type Setting } from './evaluate.js';
import { type Jump, parseJumps } from './jump.js';
import type { Origin } from './parse.js';
import type { ClientConfig } from './read.js';
import { expandPath, expandTokens, fileTokens, proxyTokens, type Tokens } from './tokens.js';

/** A value, and the line of ssh_config that gives it. */
export interface Given<T> {
  readonly value: T;
  readonly origin: Origin;
}

/** What ssh_config says about one host, for the options that kuafu follows, with tokens replaced. */
export interface ClientSettings {
  /** The address to dial, if ssh_config gives one. */
  readonly hostName: Given<string> | undefined;
  readonly user: Given<string> | undefined;
  readonly port: Given<number> | undefined;
  /** In order, with the line that names the first of them. Undefined: no line names one. Empty: `none`. */
  readonly identityFiles: Given<readonly string[]> | undefined;
  readonly certificateFiles: Given<readonly string[]> | undefined;
  readonly identitiesOnly: Given<boolean> | undefined;
  /** The socket of an agent; null: no agent. */
  readonly identityAgent: Given<string | null> | undefined;
  /** Nearest to us first; empty: none. */
  readonly proxyJump: Given<readonly Jump[]> | undefined;
  readonly proxyCommand: Given<string> | undefined;
  readonly userKnownHostsFiles: Given<readonly string[]> | undefined;
  readonly globalKnownHostsFiles: Given<readonly string[]> | undefined;
  readonly hostKeyAlias: Given<string> | undefined;
  /** `yes`, `ask`, `accept-new`, `no`. */
  readonly strictHostKeyChecking: Given<string> | undefined;
  readonly connectTimeoutMs: Given<number> | undefined;
  readonly addressFamily: Given<4 | 6> | undefined;
  readonly bindAddress: Given<string> | undefined;
  /** Why ssh_config does not let us connect at all: it forbids it, or has a value that is invalid for this host. */
  readonly refusal: Given<string> | undefined;
  readonly doubts: readonly Doubt[];
}

/** The host to look up, and what kuafu's own configuration already says about it. */
export interface AskedFor extends Asked {
  readonly port?: number | undefined;
}

const SPELLINGS: Readonly<Record<string, string>> = { true: 'yes', false: 'no', off: 'no' };
const FAMILIES: Readonly<Record<string, 4 | 6>> = { inet: 4, inet6: 6 };

/** Looks one host up. */
export function clientSettings(config: ClientConfig, asked: AskedFor): ClientSettings {
  const found = evaluate(config, asked);
  const reader = new SettingsReader(config, asked, found);
  return reader.read();
}

class SettingsReader {
  readonly #config: ClientConfig;
  readonly #asked: AskedFor;
  readonly #found: Found;
  #refusal: Given<string> | undefined;

  constructor(config: ClientConfig, asked: AskedFor, found: Found) {
    this.#config = config;
    this.#asked = asked;
    this.#found = found;
  }

  read(): ClientSettings {
    const alias = this.#word('hostkeyalias', (text) => text.toLowerCase());
    const hostName = this.#hostName();
    const refused = this.#found.settings.get('refuseconnection');
    if (refused !== undefined) this.#refuse(refused.origin, `refuseconnection: ${refused.values[0]}`);
    const port = this.#word('port', Number);
    const user = this.#word('user', (text) => text);
    const facts = {
      name: this.#asked.names[0] ?? '',
      hostName: this.#asked.address ?? hostName?.value ?? this.#asked.names[0]?.toLowerCase() ?? '',
      port: this.#asked.port ?? port?.value ?? 22,
      user: this.#asked.user ?? user?.value ?? this.#config.machine.userName,
      hostKeyAlias: alias?.value,
      proxyJump: this.#found.settings.get('proxyjump')?.values[0] ?? '',
    };
    const tokens = fileTokens(this.#config.machine, facts);
    const proxyJump = this.#jumps(proxyTokens(facts));
    return {
      hostName,
      user: this.#expandedUser(user, tokens),
      port,
      identityFiles: this.#files('identityfile', tokens),
      certificateFiles: this.#files('certificatefile', tokens),
      identitiesOnly: this.#word('identitiesonly', (text) => text === 'yes'),
      identityAgent: this.#agent(tokens),
      proxyJump,
      proxyCommand: this.#proxyCommand(),
      userKnownHostsFiles: this.#list('userknownhostsfile', (path) =>
        expandPath(path, this.#config.machine, tokens),
      ),
      globalKnownHostsFiles: this.#list('globalknownhostsfile', (path) => path),
      hostKeyAlias: alias,
      strictHostKeyChecking: this.#word('stricthostkeychecking', (text) => SPELLINGS[text] ?? text),
      connectTimeoutMs: this.#unless('connecttimeout', 'none', (text) => Number(text) * 1000),
      addressFamily: this.#unless('addressfamily', 'any', (text) => FAMILIES[text] ?? 4),
      bindAddress: this.#word('bindaddress', (text) => text),
      refusal: this.#refusal,
      doubts: this.#found.doubts,
    };
  }

  #hostName(): Given<string> | undefined {
    return this.#word('hostname', () => {
      const found = this.#found.hostName ?? '';
      return isIP(found) > 0 ? found : found.toLowerCase();
    });
  }

  /** Later versions of ssh replace tokens in it; earlier ones do not. */
  #expandedUser(user: Given<string> | undefined, { r: _, ...tokens }: Tokens): Given<string> | undefined {
    return (
      user &&
      this.#try(user.origin, () => ({ ...user, value: expandPath(user.value, this.#config.machine, tokens) }))
    );
  }

  #files(keyword: string, tokens: Tokens): Given<readonly string[]> | undefined {
    const settings = this.#found.lists.get(keyword);
    const origin = settings?.[0]?.origin;
    if (settings === undefined || origin === undefined) return undefined;
    const files = settings
      .filter(({ values: [path = ''] }) => path.toLowerCase() !== 'none')
      .map((setting) =>
        this.#try(setting.origin, () => expandPath(setting.values[0] ?? '', this.#config.machine, tokens)),
      );
    return { value: files.filter((file) => file !== undefined), origin };
  }

  #agent(tokens: Tokens): Given<string | null> | undefined {
    const { machine } = this.#config;
    return this.#word('identityagent', (written) => {
      if (written === 'none') return null;
      if (written === 'SSH_AUTH_SOCK') return machine.env.SSH_AUTH_SOCK ?? null;
      const variable = /^\$([A-Za-z_]\w*)$/.exec(written)?.[1];
      if (variable !== undefined) return machine.env[variable] ?? null;
      return expandPath(written, machine, tokens);
    });
  }

  #jumps(tokens: Tokens): Given<readonly Jump[]> | undefined {
    return this.#word('proxyjump', (text) => parseJumps(text === 'none' ? text : expandTokens(text, tokens)));
  }

  #proxyCommand(): Given<string> | undefined {
    const command = this.#word('proxycommand', (text) => text);
    return command?.value.toLowerCase() === 'none' ? undefined : command;
  }

  #list(keyword: string, read: (word: string) => string): Given<readonly string[]> | undefined {
    return this.#setting(keyword, ({ values }) => (values[0] === 'none' ? [] : values.map(read)));
  }

  #word<T>(keyword: string, read: (word: string) => T): Given<T> | undefined {
    return this.#setting(keyword, ({ values: [word = ''] }) => read(word));
  }

  #unless<T>(keyword: string, nothing: string, read: (word: string) => T): Given<T> | undefined {
    return this.#found.settings.get(keyword)?.values[0] === nothing ? undefined : this.#word(keyword, read);
  }

  #setting<T>(keyword: string, read: (setting: Setting) => T): Given<T> | undefined {
    const setting = this.#found.settings.get(keyword);
    return setting && this.#try(setting.origin, () => ({ value: read(setting), origin: setting.origin }));
  }

  /** A value that cannot be read for this host is a reason not to connect: ssh does not connect either. */
  #try<T>(origin: Origin, read: () => T): T | undefined {
    try {
      return read();
    } catch (error) {
      this.#refuse(origin, sentenceOf(error));
      return undefined;
    }
  }

  #refuse(origin: Origin, value: string): void {
    this.#refusal ??= { value, origin };
  }
}
