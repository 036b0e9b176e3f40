import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { random } from './random.js';

/** A configuration of ssh made by chance, and the host that is asked for. */
export interface Generated {
  readonly file: string;
  readonly host: string;
  readonly user: string | undefined;
  readonly port: number | undefined;
  readonly address: string | undefined;
}

const HOSTS = ['web', 'web-1', 'Web-2', 'db.example.org', '198.18.1.11', 'a,b', 'gw', 'x', 'fd00::1'];
const PATTERNS = [
  '*',
  'web*',
  'web-?',
  '?',
  '*.example.*',
  '198.18.1.*',
  'a,b',
  'gw',
  'Web-2',
  'web-2',
  'db.*',
  '???',
  'f*:*',
];
const USERS = ['ops', 'root', 'deploy', 'Ops'];
const NAMES = ['203.0.113.7', 'h.example.org', '%h', '%h.example.org', 'x-%h', 'H.Example.ORG', 'fd00::7'];
const FILES = [
  '~/.ssh/a',
  '/k/%h-%n',
  '/k/%r@%h:%p',
  '"/k/with blank"',
  '/k/%%/%u',
  '%d/x',
  '/k/${KUAFU_FUZZ}/y',
  '/k/%l%L%i',
  '~root/z',
  '/k/%k',
  "'/k/q'",
  '/k/a\\ b',
  'k#x',
];
const JUMPS = [
  'gw',
  'ops@gw',
  'gw:2201',
  'ssh://ops@gw:2201',
  'a,b',
  'ops@a:22,b',
  'none',
  'NONE',
  '%r@gw-%h',
  '[fd00::2]:22',
  'gw # near',
  '198.18.0.1',
  'ops@198.18.0.1:99',
];
const VALUES: Readonly<Record<string, readonly string[]>> = {
  User: [...USERS, '"with blank"', 'ops # not root', 'o\\"q'],
  HostName: NAMES,
  Port: ['22', '2201', '65535', '"77"', 'ssh'],
  IdentityFile: [...FILES, 'none'],
  CertificateFile: FILES,
  UserKnownHostsFile: [...FILES, 'none', '/a /b', '/dev/null'],
  GlobalKnownHostsFile: ['/g/a', '/g/a /g/b', 'none', '/g/x'],
  IdentityAgent: ['none', '/run/a.sock', '~/a.sock', '/run/%r', '${KUAFU_FUZZ}/s'],
  IdentitiesOnly: ['yes', 'no', 'TRUE', 'false'],
  HostKeyAlias: ['alias', 'Alias-2'],
  ProxyJump: JUMPS,
  ProxyCommand: ['none', 'nc %h %p', 'nc -x "a b" %h', 'None'],
  StrictHostKeyChecking: ['yes', 'no', 'ask', 'off', 'accept-new', 'Accept-New'],
  ConnectTimeout: ['5', '1m30s', 'none', '2H'],
  AddressFamily: ['any', 'inet', 'inet6', 'INET'],
  BindAddress: ['198.18.0.9', '"198.18.0.8"'],
  ServerAliveInterval: ['30'],
  ForwardAgent: ['yes'],
};

/** Writes the configuration of a seed, with the files that it includes, to a folder of its own. */
export function generateSshConfig(folder: string, seed: number): Generated {
  return new Generator(join(folder, String(seed)), seed).generate();
}

class Generator {
  readonly #folder: string;
  readonly #random: () => number;
  #files = 0;

  constructor(folder: string, seed: number) {
    this.#folder = folder;
    this.#random = random(seed);
  }

  generate(): Generated {
    const host = this.#one(HOSTS);
    const file = this.#file(0);
    return {
      file,
      host,
      user: this.#chance(0.15) ? this.#one(USERS) : undefined,
      port: this.#chance(0.1) ? 2022 : undefined,
      address: undefined,
    };
  }

  #file(depth: number): string {
    this.#files += 1;
    const file = join(this.#folder, depth === 0 ? 'config' : `${this.#one(['d1', 'd2'])}/f${this.#files}`);
    const lines = Array.from({ length: 2 + Math.floor(this.#random() * 12) }, () => this.#line(depth));
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, lines.join(this.#chance(0.05) ? '\r\n' : '\n'));
    return file;
  }

  #line(depth: number): string {
    const kind = this.#random();
    if (kind < 0.2) return this.#indented(`Host${this.#gap()}${this.#patterns(' ')}`);
    if (kind < 0.34) return this.#indented(`Match${this.#gap()}${this.#criteria()}`);
    if (kind < 0.4 && depth < 3) return this.#indented(`Include ${this.#included(depth)}`);
    if (kind < 0.44) return this.#one(['', '# a comment', '   ', '\t# Host *', '#Host web']);
    const keyword = this.#one(Object.keys(VALUES));
    const value = `${this.#one(VALUES[keyword] ?? [])}${this.#one(['', '', ' ', '\t'])}`;
    if (this.#chance(0.1)) return this.#indented(`"${keyword}" ${value}`);
    const written = this.#one([keyword, keyword.toLowerCase(), keyword.toUpperCase()]);
    return this.#indented(`${written}${this.#gap()}${value}`);
  }

  #included(depth: number): string {
    const file = this.#file(depth + 1);
    const name = this.#one([file, `"${file}"`, `${file} /nonexistent/x`]);
    if (this.#chance(0.3)) return `${this.#folder}/d[12]/${this.#one(['*', 'f?', '*[0-9]'])}`;
    return this.#chance(0.2) ? `${this.#folder}/*/f${this.#files}` : name;
  }

  #criteria(): string {
    if (this.#chance(0.15)) return this.#one(['all', 'All', 'final', 'canonical', '!canonical', 'final all']);
    return Array.from({ length: 1 + Math.floor(this.#random() * 3) }, () => this.#criterion()).join(' ');
  }

  #criterion(): string {
    const negation = this.#chance(0.3) ? '!' : '';
    const name = this.#one(['host', 'originalhost', 'user', 'localuser', 'Host', 'final', 'canonical']);
    if (name === 'final' || name === 'canonical') return `${negation}${name}`;
    const list = name.endsWith('user')
      ? this.#one(['ops', 'ops,root', '*', 'r*,!root', '!ops', 'nobody'])
      : this.#patterns(',');
    return `${negation}${name}${this.#one([' ', ' ', '=', '  '])}${this.#one([list, `"${list}"`])}`;
  }

  #patterns(between: string): string {
    const count = 1 + Math.floor(this.#random() * 3);
    const pattern = () => {
      const text = this.#one([...PATTERNS, 'h.example.org', '203.0.113.*']);
      return `${this.#chance(0.25) ? '!' : ''}${between === ' ' && this.#chance(0.1) ? `"${text}"` : text}`;
    };
    return Array.from({ length: count }, pattern).join(between);
  }

  #indented(line: string): string {
    return `${this.#one(['', '  ', '\t', ' '])}${line}`;
  }

  #gap(): string {
    return this.#one([' ', ' ', ' ', '=', ' = ', '\t', '  ']);
  }

  #chance(probability: number): boolean {
    return this.#random() < probability;
  }

  #one<T>(list: readonly T[]): T {
    return list[Math.floor(this.#random() * list.length)] as T;
  }
}
