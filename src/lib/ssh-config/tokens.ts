import { createHash } from 'node:crypto';
import type { Machine } from './machine.js';

/** The value of `%x`, by its letter (ssh_config(5), TOKENS). */
export type Tokens = Readonly<Record<string, string>>;

/** What is known of a connection when its file names are made. */
export interface TokenFacts {
  /** The host's name as the user gives it. */
  readonly name: string;
  /** The address to dial. */
  readonly hostName: string;
  readonly port: number;
  readonly user: string;
  readonly hostKeyAlias: string | undefined;
  readonly proxyJump: string;
}

/** The tokens that the names of files and sockets may have. */
export function fileTokens(machine: Machine, facts: TokenFacts): Tokens {
  const { name, hostName, port, user, hostKeyAlias, proxyJump } = facts;
  const connection = machine.hostName + hostName + port + user + proxyJump;
  return {
    ...proxyTokens(facts),
    C: createHash('sha1').update(connection).digest('hex'),
    d: machine.home,
    i: String(machine.userId),
    j: proxyJump,
    k: hostKeyAlias ?? name,
    L: machine.hostName.replace(/\..*$/s, ''),
    l: machine.hostName,
    u: machine.userName,
  };
}

/** The tokens of ProxyCommand and ProxyJump. */
export function proxyTokens({
  name,
  hostName,
  port,
  user,
}: Omit<TokenFacts, 'hostKeyAlias' | 'proxyJump'>): Tokens {
  return { '%': '%', h: hostName, n: name, p: String(port), r: user };
}

/** @throws {Error} with a sentence for a token that does not exist */
export function expandTokens(text: string, tokens: Tokens): string {
  return text.replace(/%(.?)/gs, (_, letter: string) => {
    const value = tokens[letter];
    if (value === undefined)
      throw new Error(letter === '' ? 'a % stands at its end' : `there is no token %${letter}`);
    return value;
  });
}

/**
 * Replaces `~`, `~user`, `%x` and `${NAME}` in a file name. Inserted text is not expanded again.
 *
 * @throws {Error} with a sentence for an account, a token or a variable that does not exist
 */
export function expandPath(path: string, machine: Machine, tokens: Tokens): string {
  return expandTilde(path, machine).replace(
    /\$\{([^}]*)(\}?)|%(.?)/gs,
    (whole, name: string | undefined, close: string) => {
      if (name === undefined) return expandTokens(whole, tokens);
      if (close === '') throw new Error(`\${${name} is not closed`);
      const value = machine.env[name];
      if (value === undefined) throw new Error(`the variable ${name} is not set`);
      return value;
    },
  );
}

/** @throws {Error} with a sentence when there is no such account */
export function expandTilde(path: string, { home, homeOf }: Pick<Machine, 'home' | 'homeOf'>): string {
  const [, user, rest = ''] = /^~([^/]*)\/*(.*)$/s.exec(path) ?? [];
  if (user === undefined) return path;
  const folder = user === '' ? home : homeOf(user);
  if (folder === undefined) throw new Error(`there is no account ${user}`);
  return `${folder.replace(/\/$/, '')}/${rest}`;
}
