import { isIP } from 'node:net';
import type { Doubt } from './doubt.js';
import { isKnownOption, UNFOLLOWED } from './keywords.js';
import { MatchLine, type Subject } from './match.js';
import type { ConfigFile, ConfigLine, Origin } from './parse.js';
import { matchesList, matchesPattern } from './patterns.js';
import type { ClientConfig } from './read.js';
import { expandTokens } from './tokens.js';

/** What one line sets for a host. */
export interface Setting {
  readonly values: readonly string[];
  readonly origin: Origin;
}

/** All that ssh_config says for one host: the first value of each option, and every value of the lists. */
export interface Found {
  readonly settings: ReadonlyMap<string, Setting>;
  readonly lists: ReadonlyMap<string, readonly Setting[]>;
  readonly doubts: readonly Doubt[];
  /** HostName, with `%h` replaced; undefined if there is none. */
  readonly hostName: string | undefined;
}

/** The host to look up, as on the command line of ssh. */
export interface Asked {
  /** The names that the user has for the host, the first as it would be given to ssh. A section for any of them applies. */
  readonly names: readonly string[];
  /** Its address, if that is known without ssh_config: as with `-o HostName=`. */
  readonly address?: string | undefined;
  /** As with `-l`. */
  readonly user?: string | undefined;
}

/** Options for which every value counts. */
const LISTS = new Set(['identityfile', 'certificatefile']);

/** Reads the files for one host as ssh does (ssh_config(5)): from the first line to the last, the first value wins. */
export function evaluate(config: ClientConfig, asked: Asked): Found {
  const first = new Evaluation(config, asked);
  first.readFiles();
  // "Match final": the files are read again, with the host name that the first reading gave.
  if (first.wantsFinalPass) first.readAgain();
  return first;
}

class Evaluation implements Found, Subject {
  readonly settings = new Map<string, Setting>();
  readonly lists = new Map<string, Setting[]>();
  readonly config: ClientConfig;
  readonly asked: Asked;
  isFinalPass = false;
  wantsFinalPass = false;
  readonly #doubts = new Map<string, Doubt>();
  #ignoredUnknown: string | undefined;

  constructor(config: ClientConfig, asked: Asked) {
    this.config = config;
    this.asked = asked;
  }

  get doubts(): readonly Doubt[] {
    return [...this.#doubts.values()];
  }

  get hostName(): string | undefined {
    const written = this.settings.get('hostname')?.values[0];
    if (written === undefined || this.isFinalPass) return written;
    return expandTokens(written, { '%': '%', h: this.asked.names[0] ?? '' });
  }

  get hosts(): readonly string[] {
    const found = [
      this.hostName ?? this.asked.names[0] ?? '',
      ...(this.asked.address ? [this.asked.address] : []),
    ];
    return found.map((name) => name.toLowerCase());
  }

  get user(): string {
    return this.asked.user ?? this.settings.get('user')?.values[0] ?? this.config.machine.userName;
  }

  get tag(): string {
    return this.settings.get('tag')?.values[0] ?? '';
  }

  readFiles(): void {
    for (const file of this.config.files) this.#read(file, true, true);
  }

  readAgain(): void {
    const final = this.hostName ?? this.asked.names[0] ?? '';
    this.isFinalPass = true;
    const origin = this.settings.get('hostname')?.origin ?? { file: '', line: 0 };
    this.settings.set('hostname', { values: [isIP(final) > 0 ? final : final.toLowerCase()], origin });
    this.readFiles();
    if (origin.file === '') this.settings.delete('hostname');
  }

  doubt(origin: Origin, sentence: string, weight: Doubt['weight']): void {
    this.#doubts.set(`${origin.file}:${origin.line}:${sentence}`, { origin, sentence, weight });
  }

  /** A file starts active if the place that includes it is active; otherwise none of its sections is active. */
  #read({ lines }: ConfigFile, isActiveHere: boolean, mayMatch: boolean): void {
    let isActive = isActiveHere;
    for (const line of lines) {
      if (line.kind === 'host') isActive = mayMatch && this.#isHost(line.patterns);
      else if (line.kind === 'match') isActive = new MatchLine(line, this).matches(mayMatch) && mayMatch;
      else if (line.kind === 'include') for (const file of line.files) this.#read(file, isActive, isActive);
      else if (isActive) this.#take(line);
    }
  }

  #isHost(patterns: readonly string[]): boolean {
    // In the second reading ssh looks for the host name that the first reading gave.
    const names = this.isFinalPass
      ? this.hosts
      : [...this.asked.names, ...(this.asked.address ? [this.asked.address] : [])];
    let isHost = false;
    for (const pattern of patterns) {
      const fits = names.some((name) => matchesPattern(name, pattern.replace(/^!/, '')));
      if (fits && pattern.startsWith('!')) return false;
      isHost ||= fits;
    }
    return isHost;
  }

  #take(line: ConfigLine & { kind: 'option' | 'other' }): void {
    const { keyword, values, origin } = line;
    if (line.kind === 'other') this.#tellOther(keyword, values, origin);
    else if (LISTS.has(keyword)) {
      const list = this.lists.get(keyword) ?? [];
      if (!list.some((each) => each.values[0] === values[0])) list.push({ values, origin });
      this.lists.set(keyword, list);
    } else if (!this.settings.has(keyword) && !this.#comesTooLate(keyword) && !saysNothing(keyword, values))
      this.settings.set(keyword, { values, origin });
  }

  /** ProxyCommand and ProxyJump set the same thing: the first of the two counts. */
  #comesTooLate(keyword: string): boolean {
    if (keyword === 'proxycommand') return this.settings.has('proxyjump');
    return keyword === 'proxyjump' && this.settings.has('proxycommand');
  }

  #tellOther(keyword: string, values: readonly string[], origin: Origin): void {
    if (keyword === 'ignoreunknown') this.#ignoredUnknown ??= values[0]?.toLowerCase();
    const unfollowed = UNFOLLOWED.get(keyword);
    const value = values.join(' ');
    if (unfollowed !== undefined && !unfollowed.harmless.test(value) && !this.settings.has(keyword)) {
      this.doubt(origin, `${unfollowed.name} ${value}: kuafu does not follow it`, unfollowed.weight);
    }
    if (unfollowed !== undefined && !this.settings.has(keyword))
      this.settings.set(keyword, { values, origin });
    if (isKnownOption(keyword) || matchesList([keyword], this.#ignoredUnknown ?? '')) return;
    this.doubt(origin, `${keyword} is no option that kuafu knows`, 'shows');
  }
}

/** For ssh, `ConnectTimeout none` is as if the line were not there: a later line still counts. */
function saysNothing(keyword: string, values: readonly string[]): boolean {
  return keyword === 'connecttimeout' && values[0] === 'none';
}
