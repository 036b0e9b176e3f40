import { BlockList, isIP } from 'node:net';
import type { Doubt } from './doubt.js';
import type { ConfigLine, Criterion, Origin } from './parse.js';
import { matchesList } from './patterns.js';
import type { ClientConfig } from './read.js';

/** The host for which a Match line is read, with what is known about it so far. */
export interface Subject {
  readonly config: ClientConfig;
  readonly asked: { readonly names: readonly string[]; readonly address?: string | undefined };
  /** The names of the host at this point, in lower case. */
  readonly hosts: readonly string[];
  readonly user: string;
  readonly tag: string;
  readonly isFinalPass: boolean;
  wantsFinalPass: boolean;
  doubt(origin: Origin, sentence: string, weight: Doubt['weight']): void;
}

/** Whether a criterion is met; undefined if kuafu cannot know. */
type Judge = (argument: string, subject: Subject) => boolean | undefined;

const JUDGES: Readonly<Record<string, Judge>> = {
  all: () => true,
  final: (_, subject) => subject.isFinalPass,
  canonical: (_, subject) => subject.isFinalPass,
  host: (list, { hosts }) => matchesList(hosts, list.toLowerCase()),
  originalhost: (list, { asked: { names, address } }) =>
    matchesList(
      [...names, ...(address ? [address] : [])].map((name) => name.toLowerCase()),
      list.toLowerCase(),
    ),
  user: (list, { user }) => matchesList([user], list),
  localuser: (list, { config }) => matchesList([config.machine.userName], list),
  tagged: (list, { tag }) => (tag === '' ? list === '' : matchesList([tag], list)),
  sessiontype: (list) => matchesList(['exec'], list),
  localnetwork: (list, { config }) => isInOneOf(config.machine.addresses(), list),
};

/** One Match line for one host. */
export class MatchLine {
  readonly #line: ConfigLine & { kind: 'match' };
  readonly #subject: Subject;

  constructor(line: ConfigLine & { kind: 'match' }, subject: Subject) {
    this.#line = line;
    this.#subject = subject;
  }

  /**
   * Whether all criteria are met. kuafu never runs a program to find out, and does not guess: if all other criteria are met,
   * it reports the unknown one and leaves the section out.
   */
  matches(mayMatch: boolean): boolean {
    const subject = this.#subject;
    const { criteria, origin } = this.#line;
    if (criteria.some(({ name }) => name === 'final')) subject.wantsFinalPass = true;
    const unknown: Criterion[] = [];
    for (const criterion of criteria) {
      const met = JUDGES[criterion.name]?.(criterion.argument, subject);
      if (met === undefined) unknown.push(criterion);
      else if (met === criterion.isNegated) return false;
    }
    if (unknown.length === 0) return true;
    if (mayMatch)
      for (const criterion of unknown)
        subject.doubt(origin, `${sentenceOf(criterion)}, so its section is left out`, 'says');
    return false;
  }
}

function sentenceOf({ name, isNegated, argument }: Criterion): string {
  const written = `Match ${isNegated ? '!' : ''}${name}${argument === '' ? '' : ` ${argument}`}`;
  return name === 'exec' ? `${written}: kuafu runs no program to find out` : `${written}: kuafu cannot tell`;
}

/** @returns undefined if the list is not one of networks such as 198.18.0.0/15 */
function isInOneOf(addresses: readonly string[], list: string): boolean | undefined {
  const networks = new BlockList();
  for (const network of list.split(',')) {
    const [base = '', bits] = network.split('/');
    const family = isIP(base) === 6 ? 'ipv6' : 'ipv4';
    const longest = family === 'ipv6' ? 128 : 32;
    if (isIP(base) === 0 || Number(bits ?? longest) > longest) return undefined;
    networks.addSubnet(base, Number(bits ?? longest), family);
  }
  return addresses.some((address) => networks.check(address, isIP(address) === 6 ? 'ipv6' : 'ipv4'));
}
