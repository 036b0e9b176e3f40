/** Options of a server by keyword, in their order; options without a value have an empty one. */
export type ServerOptions = ReadonlyMap<string, string>;

export interface ServerLine {
  readonly name: string;
  /** As written in the file: an address, a name, a path. */
  readonly address: string;
  readonly port: number | undefined;
  /** Includes those of the default-server lines that apply there. */
  readonly options: ServerOptions;
}

/** What a configuration file says of one backend. */
export interface BackendLines {
  readonly servers: readonly ServerLine[];
  /** Options of the default-server lines at the end of the section. */
  readonly defaults: ServerOptions;
  /** Words of the last `balance`, `hash-type` and `cookie` lines that apply. */
  readonly balance: readonly string[];
  readonly hashType: readonly string[];
  readonly cookie: readonly string[];
}

// Configuration Manual, 2.1 and 3 to 4: the words that begin a section.
const SECTIONS = new Set(
  `global defaults frontend backend listen peers resolvers userlist mailers cache program http-errors ring
  log-forward log-profile fcgi-app crt-store traces acme`.split(/\s+/),
);

// Configuration Manual, 5.2: keywords of a server line that have no value.
const WITHOUT_VALUE = new Set(
  `agent-check allow-0rtt backup check check-send-proxy check-ssl check-via-socks4 disabled enabled force-sslv3
  force-tlsv10 force-tlsv11 force-tlsv12 force-tlsv13 non-stick send-proxy send-proxy-v2 send-proxy-v2-ssl
  send-proxy-v2-ssl-cn ssl ssl-reuse stick tfo tls-tickets check-reuse-pool`.split(/\s+/),
);
const WITH_VALUE = new Set(
  `addr agent-addr agent-inter agent-port agent-send alpn ca-file check-alpn check-pool-conn-name check-proto check-sni
  ciphers ciphersuites client-sigalgs cookie crl-file crt curves downinter error-limit fall fastinter guid hash-key id
  init-addr init-state inter interface log-bufsize log-proto max-reuse maxconn maxqueue minconn namespace npn observe
  on-error on-marked-down on-marked-up pool-conn-name pool-low-conn pool-max-conn pool-purge-delay port proto
  proxy-v2-options redir resolve-net resolve-opts resolve-prefer resolvers rise shard sigalgs slowstart sni socks4 source
  ssl-max-ver ssl-min-ver strict-maxconn tcp-md5sig tcp-ut track usesrc verify verifyhost weight ws`.split(
    /\s+/,
  ),
);

interface Draft {
  servers: ServerLine[];
  defaults: ServerOptions;
  balance: readonly string[];
  hashType: readonly string[];
  cookie: readonly string[];
}

const EMPTY: Draft = { servers: [], defaults: new Map(), balance: [], hashType: [], cookie: [] };

/**
 * What the configuration of HAProxy says of a backend. Undefined if there is no backend of that name, or if conditions
 * (`.if`) or variables in the section leave its meaning open.
 */
export function parseBackend(text: string, backend: string): BackendLines | undefined {
  const named = new Map<string, Draft>();
  let lastDefaults = EMPTY;
  let section: Draft | undefined;
  let found: Draft | undefined;
  for (const words of text.split('\n').map(wordsOf)) {
    const [first = '', second = '', third = '', fourth = ''] = words;
    if (first === '') continue;
    if (first.startsWith('.') && first !== '.notice') return undefined;
    if (!SECTIONS.has(first)) {
      if (section !== undefined && !read(words, section)) return undefined;
      continue;
    }
    section = undefined;
    const base = (third === 'from' ? named.get(fourth) : undefined) ?? lastDefaults;
    if (first === 'defaults') {
      section = {
        ...(second === 'from' ? (named.get(third) ?? EMPTY) : third === 'from' ? base : EMPTY),
        servers: [],
      };
      lastDefaults = section;
      if (second !== '' && second !== 'from') named.set(second, section);
    } else if ((first === 'backend' || first === 'listen') && second === backend) {
      section = { ...base, servers: [] };
      found = section;
    }
  }
  return found;
}

/** Adds a line of a section to the draft. False: its meaning cannot be known. */
function read(words: readonly string[], section: Draft): boolean {
  const [first, ...rest] = words;
  if (first === 'balance') section.balance = rest;
  if (first === 'hash-type') section.hashType = rest;
  if (first === 'cookie') section.cookie = rest;
  if (first === 'no' && rest[0] === 'cookie') section.cookie = [];
  if (first === 'default-server') {
    const options = merge(section.defaults, rest);
    if (options === undefined) return false;
    section.defaults = options;
  }
  if (first !== 'server' && first !== 'server-template') return true;
  const [name = '', ...behind] = rest;
  const [address = '', ...words_] = first === 'server' ? behind : behind.slice(1);
  const options = merge(section.defaults, words_);
  if (options === undefined || address === '') return false;
  // Configuration Manual, 11.1: an address family may come first, and IPv6 may be in brackets.
  const [, host = address, port] = /^(?:ipv[46]@)?\[?(.*?)\]?(?::(\d{1,5}))?$/.exec(address) ?? [];
  section.servers.push({ name, address: host, port: port === undefined ? undefined : Number(port), options });
  return true;
}

/** `no-check` removes an earlier `check`. Undefined for an unknown keyword. */
function merge(before: ServerOptions, words: readonly string[]): ServerOptions | undefined {
  const options = new Map(before);
  for (let index = 0; index < words.length; index++) {
    const word = words[index] ?? '';
    const positive = word.replace(/^no-/, '');
    if (WITHOUT_VALUE.has(word)) options.set(word, '');
    else if (WITH_VALUE.has(word)) options.set(word, words[++index] ?? '');
    else if (word !== positive && (WITHOUT_VALUE.has(positive) || positive === 'verifyhost'))
      options.delete(positive);
    else if (/^no-(sslv3|tlsv1[0-3]|ssl-reuse|tls-tickets)$/.test(word)) options.set(word, '');
    else return undefined;
    if (word === 'enabled') options.delete('disabled');
  }
  return options;
}

/** Words of a line without quotes and escapes (Configuration Manual, 2.2); a variable stays as it is written. */
function wordsOf(line: string): string[] {
  const words: string[] = [];
  let word: string | undefined;
  let quote = '';
  for (let index = 0; index < line.length; index++) {
    const character = line[index] ?? '';
    if (character === '\\' && quote !== "'") {
      word = (word ?? '') + (line[++index] ?? '');
    } else if (quote !== '') {
      if (character === quote) quote = '';
      else word = (word ?? '') + character;
    } else if (character === '"' || character === "'") {
      quote = character;
      word ??= '';
    } else if (character === '#') break;
    else if (/\s/.test(character)) {
      if (word !== undefined) words.push(word);
      word = undefined;
    } else word = (word ?? '') + character;
  }
  if (word !== undefined) words.push(word);
  return words;
}
