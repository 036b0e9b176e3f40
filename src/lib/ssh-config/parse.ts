import { sentenceOf } from '../errors.js';
import { NotOursError } from '../own-files/not-ours.js';
import { FOLLOWED, isKnownOption, RENAMED } from './keywords.js';
import { readValue } from './values.js';
import { nextDelimited, splitKeyword, splitWords } from './words.js';

/** The file and line of a setting. */
export interface Origin {
  readonly file: string;
  /** From 1. */
  readonly line: number;
}

/** One condition of a Match line, such as `!user root`. */
export interface Criterion {
  readonly name: string;
  readonly isNegated: boolean;
  /** Empty for the criteria all, canonical and final. */
  readonly argument: string;
}

/** A line of ssh_config, with its values read. */
export type ConfigLine = { readonly origin: Origin } & (
  | { readonly kind: 'host'; readonly patterns: readonly string[] }
  | { readonly kind: 'match'; readonly criteria: readonly Criterion[] }
  | { readonly kind: 'include'; readonly files: readonly ConfigFile[] }
  | { readonly kind: 'option'; readonly keyword: string; readonly values: readonly string[] }
  /** An option that kuafu does not follow, or does not know. */
  | { readonly kind: 'other'; readonly keyword: string; readonly values: readonly string[] }
);

/** A file of ssh_config and what it includes. */
export interface ConfigFile {
  readonly path: string;
  readonly lines: readonly ConfigLine[];
}

/** A line for which ssh refuses the whole file. */
class ConfigLineError extends Error {
  constructor({ file, line }: Origin, why: string) {
    super(`${file}:${line}: ${why}`);
  }
}

/** An error of open(2): its message already names the file. */
function isOfSystem(error: unknown): boolean {
  return error instanceof Error && 'code' in error;
}

type ReadIncluded = (patterns: readonly string[]) => Promise<readonly ConfigFile[]>;

/**
 * Reads the lines of one file. A value that ssh refuses is refused here too, if kuafu follows the option. A keyword that
 * this code does not know may come from another version: it is kept, to be reported.
 *
 * @throws {ConfigLineError}
 */
export async function parseConfig(
  text: string,
  file: string,
  readIncluded: ReadIncluded,
): Promise<readonly ConfigLine[]> {
  const lines: ConfigLine[] = [];
  for (const [index, content] of text.split('\n').entries()) {
    const directive = splitKeyword(content);
    if (directive === undefined) continue;
    const origin = { file, line: index + 1 };
    try {
      lines.push(await parseLine(directive.keyword, directive.rest, origin, readIncluded));
    } catch (error) {
      if (error instanceof ConfigLineError || error instanceof NotOursError || isOfSystem(error)) throw error;
      throw new ConfigLineError(origin, `${directive.keyword}: ${sentenceOf(error)}`);
    }
  }
  return lines;
}

async function parseLine(
  written: string,
  rest: string,
  origin: Origin,
  readIncluded: ReadIncluded,
): Promise<ConfigLine> {
  const keyword = RENAMED.get(written) ?? written;
  switch (keyword) {
    case 'host':
      return { origin, kind: 'host', patterns: readValue('words', rest) };
    case 'match':
      return { origin, kind: 'match', criteria: readCriteria(rest) };
    case 'include':
      return { origin, kind: 'include', files: await readIncluded(readValue('words', rest)) };
  }
  const kind = FOLLOWED.get(keyword);
  if (kind !== undefined) return { origin, kind: 'option', keyword, values: readValue(kind, rest) };
  if (rest === '' && isKnownOption(keyword)) throw new Error('nothing stands behind it');
  return { origin, kind: 'other', keyword, values: splitWords(rest) ?? [rest] };
}

const WITHOUT_ARGUMENT = new Set(['all', 'canonical', 'final']);
/** Criteria whose argument may be empty. */
const MAY_BE_EMPTY = new Set(['tagged', 'command']);

/** @throws {Error} with a sentence */
function readCriteria(line: string): readonly Criterion[] {
  const criteria: Criterion[] = [];
  let rest = line;
  const next = (): string | undefined => {
    const [word, more = ''] = nextDelimited(rest) ?? [];
    rest = more;
    return word?.startsWith('#') ? undefined : word;
  };
  for (let word = next(); word !== undefined && word !== ''; word = next()) {
    const isNegated = word.startsWith('!');
    const name = word.replace('!', '').toLowerCase();
    const argument = WITHOUT_ARGUMENT.has(name) ? '' : next();
    if (argument === undefined || (argument === '' && !WITHOUT_ARGUMENT.has(name) && !MAY_BE_EMPTY.has(name)))
      throw new Error(`nothing stands behind ${name}`);
    criteria.push({ name, isNegated, argument });
    if (name === 'all') break;
  }
  requireAlone(criteria, next());
  return criteria;
}

function requireAlone(criteria: readonly Criterion[], after: string | undefined): void {
  if (criteria.length === 0) throw new Error('it has no condition');
  const isAll = criteria.at(-1)?.name === 'all';
  if (isAll && (criteria.length > 2 || (after !== undefined && after !== '')))
    throw new Error('all stands beside other conditions');
}
