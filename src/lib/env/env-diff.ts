import type { EnvConfig } from '../config/config-types.js';
import type { SecretText } from '../masking/secret.js';
import type { EnvValue } from './actions.js';
import { accessAfterPush } from './env-access.js';
import type { EnvFileState } from './env-facts.js';
import { renderEnvFile } from './env-file.js';
import { type EnvMask, shownValue } from './env-mask.js';
import { envFileRefusal, parseEnvBytes } from './env-parse.js';

/**
 * One difference between the file of a host and what the configuration would write. Safe to show: values that may be secret
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
  const { bytes, systemd } = file;
  const content = [
    ...refusedWhole(bytes, systemd),
    ...contentDifferences({ bytes, systemd }, wanted, textOf, mask),
  ];
  return [...found, ...(content.length > 0 ? content : [ofFile('written', null, null)])];
}

function refusedWhole(bytes: Buffer, systemd: number | undefined): EnvDifference[] {
  const why = envFileRefusal(bytes, systemd);
  return why === undefined ? [] : [ofFile('refused', why, null)];
}

function contentDifferences(
  { bytes, systemd }: { readonly bytes: Buffer; readonly systemd: number | undefined },
  wanted: readonly EnvValue[],
  textOf: (value: SecretText) => string,
  mask: EnvMask,
): EnvDifference[] {
  const entries = parseEnvBytes(bytes, systemd);
  const present = new Map(
    entries.flatMap((entry) => (entry.kind === 'value' ? [[entry.name, entry.value]] : [])),
  );
  const known = new Map(wanted.map(({ name, value }) => [name, value]));
  const names = [...new Set([...present.keys(), ...known.keys()])].sort();
  const values = names.flatMap((name) =>
    valueDifference(name, present.get(name), known.get(name), textOf, mask),
  );
  const lines = entries.flatMap((entry): EnvDifference[] => {
    if (entry.kind === 'value') return [];
    const text = entry.kind === 'comment' ? mask.comment(entry.text) : mask.text(entry.text);
    return [{ what: 'line', name: '', is: text, wanted: null }];
  });
  return [...values, ...lines];
}

function valueDifference(
  name: string,
  is: string | undefined,
  wanted: SecretText | undefined,
  textOf: (value: SecretText) => string,
  mask: EnvMask,
): EnvDifference[] {
  const shown = is === undefined ? null : mask.value(name, is);
  if (wanted === undefined) return [{ what: 'unknown', name, is: shown, wanted: null }];
  if (is === textOf(wanted)) return [];
  return [
    { what: is === undefined ? 'lacking' : 'value', name, is: shown, wanted: shownValue(name, wanted) },
  ];
}

function ofFile(what: EnvDifference['what'], is: string | null, wanted: string | null): EnvDifference {
  return { what, name: '', is, wanted };
}
