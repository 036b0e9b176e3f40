import type { EnvConfig } from '../config/config-types.js';
import { hideLooks, saysSecret, soundsSecret } from '../masking/looks-secret.js';
import { HIDDEN } from '../masking/masked.js';
import { maskedText, type Secrets, type SecretText } from '../masking/secret.js';
import { parseEnvFile } from './env-parse.js';

/** What a line of a key or token looks like, for text of unknown meaning. */
const LOOKS_SECRET = /[A-Za-z0-9+/=]{40,}|[A-Za-z0-9+=_-]{20,}/g;

/** Hides what may be secret in a host's environment file, which may be older than the configuration. */
export class EnvMask {
  readonly #secretNames: ReadonlySet<string>;
  readonly #secrets: Pick<Secrets, 'mask'>;

  constructor(env: EnvConfig, secrets: Pick<Secrets, 'mask'>) {
    const values = [env.common, ...env.rooms.values()].flatMap((each) => [...each]);
    this.#secretNames = new Set(
      values.flatMap(([name, value]) => (value.some((part) => typeof part !== 'string') ? [name] : [])),
    );
    this.#secrets = secrets;
  }

  isSecret(name: string): boolean {
    return this.#secretNames.has(name);
  }

  /** The value that a host has for a name. */
  value(name: string, value: string): string {
    if (value !== '' && (this.isSecret(name) || soundsSecret(name))) return HIDDEN;
    return hideLooks(this.#secrets.mask(value));
  }

  /** A comment: often a former value. A comment that continues has several lines. */
  comment(text: string): string {
    return text
      .split('\n')
      .map((line) => this.#commentLine(line))
      .join('\n');
  }

  #commentLine(text: string): string {
    const [mark = ''] = /^[#;\s]*(export\s+)?/.exec(text) ?? [];
    const [entry] = parseEnvFile(text.slice(mark.length));
    if (entry?.kind !== 'value') return this.text(text);
    return `${mark}${entry.name}=${this.value(entry.name, entry.value)}`;
  }

  /** A line of unknown meaning: perhaps part of a key that lost its quotes. */
  text(text: string): string {
    const [name = ''] = /^[^=]*=/.exec(text) ?? [];
    if (soundsSecret(name.slice(0, -1))) return `${name}${HIDDEN}`;
    return hideLooks(this.#secrets.mask(text)).replace(LOOKS_SECRET, HIDDEN);
  }
}

/** A value of the configuration as it is shown: secrets by name, and plain text that looks like a secret is hidden. */
export function shownValue(name: string, value: SecretText): string {
  const text = maskedText(value);
  if (value.some((part) => typeof part !== 'string')) return text;
  return saysSecret(name, text) ? HIDDEN : hideLooks(text);
}
