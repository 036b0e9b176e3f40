import type { EnvConfig } from '../config/config-types.js';
import type { SecretText } from '../masking/secret.js';
import type { EnvValue } from './actions.js';
import { accessAfterPush } from './env-access.js';
import type { EnvFileState } from './env-facts.js';
import { renderEnvFile } from './env-file.js';
import { type EnvMask, shownValue } from './env-mask.js';
import { envFileRefusal, parseEnvBytes } from './env-parse.js';

/**
 * One difference between the file of a host and what would take its place. Safe to show: values that may be secret
 * are masked. `is` and `wanted` are null if there is no value.
 *
 * - `missing`, `kind` (a link or no file at all), `mode`, `owner`, `refused` (systemd rejects the file): about the file
 * - `value`: another value; `lacking`: not there; `unknown`: there, and not in the configuration
 * - `line`: a comment, or a line that systemd ignores
 * - `written`: the same values, in another order or with other quotes
 */
export interface EnvDifference {
  readonly what:
    | 'missing'
    | 'kind'
    | 'mode'
    | 'owner'
    | 'refused'
    | 'value'
    | 'lacking'
    | 'unknown'
    | 'line'
    | 'written';
  /** The name of the value; empty for a difference of the file itself. */
  readonly name: string;
  readonly is: string | null;
  readonly wanted: string | null;
}

/** All differences of a host's file; empty if a push would change nothing. `access`: what the configuration sets of it. */
export function envDifferences(
  file: EnvFileState,
  wanted: readonly EnvValue[],
  textOf: (value: SecretText) => string,
  mask: EnvMask,
  access: Pick<EnvConfig, 'mode' | 'owner'> = {},
): EnvDifference[] {
  if (file.kind === 'missing') return [ofFile('missing', null, null)];
  const found: EnvDifference[] = [];
  if (file.kind !== 'file') found.push(ofFile('kind', file.kind, 'file'));
  if (file.bytes === undefined) return found;
  if (file.kind === 'file') {
    const { mode, owner } = accessAfterPush(access, file);
    if (file.mode !== mode) found.push(ofFile('mode', file.mode, mode));
    if (file.owner !== owner) found.push(ofFile('owner', file.owner, owner));
  }
  if (Buffer.from(renderEnvFile(wanted, textOf)).equals(file.bytes)) return found;
  const known = new Map(
    wanted.map(({ name, value }) => [name, { text: textOf(value), shown: shownValue(name, value) }]),
  );
  const { values, lines } = contentOf(file, mask);
  const content = [
    ...refusedWhole(file),
    ...valueDifferences(values, known),
    ...lines.map((line): EnvDifference => ({ what: 'line', name: '', is: line, wanted: null })),
  ];
  return [...found, ...(content.length > 0 ? content : [ofFile('written', null, null)])];
}

/** What a rollback changes: the differences of the present file from the previous one, which takes its place as it is. */
export function rollbackDifferences(
  current: EnvFileState,
  previous: EnvFileState,
  mask: EnvMask,
): EnvDifference[] {
  const found: EnvDifference[] = [];
  if (current.kind === 'missing') found.push(ofFile('missing', null, null));
  else if (current.kind !== 'file') found.push(ofFile('kind', current.kind, 'file'));
  else {
    if (current.mode !== previous.mode) found.push(ofFile('mode', current.mode, previous.mode));
    if (current.owner !== previous.owner) found.push(ofFile('owner', current.owner, previous.owner));
    if (previous.bytes?.equals(current.bytes ?? EMPTY)) return found;
  }
  const [now, then] = [contentOf(current, mask), contentOf(previous, mask)];
  const content = [
    ...refusedWhole(previous),
    ...valueDifferences(now.values, then.values),
    ...without(now.lines, then.lines).map((line) => ofFile('line', line, null)),
    ...without(then.lines, now.lines).map((line) => ofFile('line', null, line)),
  ];
  return [...found, ...(found.length + content.length > 0 ? content : [ofFile('written', null, null)])];
}

const EMPTY = Buffer.alloc(0);

function without(lines: readonly string[], others: readonly string[]): string[] {
  return lines.filter((line) => !others.includes(line));
}

function refusedWhole({ bytes = EMPTY, systemd }: EnvFileState): EnvDifference[] {
  const why = envFileRefusal(bytes, systemd);
  return why === undefined ? [] : [ofFile('refused', why, null)];
}

/** A value, and how it is shown. */
interface ShownText {
  readonly text: string;
  readonly shown: string;
}

interface EnvContent {
  readonly values: ReadonlyMap<string, ShownText>;
  /** Comments, and lines that mean nothing, as they are shown. */
  readonly lines: readonly string[];
}

function contentOf({ bytes = EMPTY, systemd }: EnvFileState, mask: EnvMask): EnvContent {
  const entries = parseEnvBytes(bytes, systemd);
  return {
    values: new Map(
      entries.flatMap((entry) =>
        entry.kind === 'value'
          ? [[entry.name, { text: entry.value, shown: mask.value(entry.name, entry.value) }]]
          : [],
      ),
    ),
    lines: entries.flatMap((entry) => {
      if (entry.kind === 'value') return [];
      return [entry.kind === 'comment' ? mask.comment(entry.text) : mask.text(entry.text)];
    }),
  };
}

function valueDifferences(present: EnvContent['values'], wanted: EnvContent['values']): EnvDifference[] {
  const names = [...new Set([...present.keys(), ...wanted.keys()])].sort();
  return names.flatMap((name) => {
    const is = present.get(name);
    const will = wanted.get(name);
    if (is?.text === will?.text) return [];
    const what = will === undefined ? 'unknown' : is === undefined ? 'lacking' : 'value';
    return [{ what, name, is: is?.shown ?? null, wanted: will?.shown ?? null }];
  });
}

function ofFile(what: EnvDifference['what'], is: string | null, wanted: string | null): EnvDifference {
  return { what, name: '', is, wanted };
}
