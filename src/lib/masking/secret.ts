import { MAY_HOLD_SEQUENCES, withoutSequences } from './control-sequences.js';
import type { Masked } from './masked.js';
import type { Cut } from './match.js';
import { Matcher } from './matcher.js';
import { patternsOf } from './patterns.js';
import { StreamMask } from './stream-mask.js';

/** A reference to a secret by name. Plans, ledger and logs hold this, never the value. */
export interface SecretRef {
  readonly secret: string;
}

/** Text with secrets in it, such as the value `user:${DB_PASSWORD}@db`. */
export type SecretText = readonly (string | SecretRef)[];

/**
 * The secrets of this process: resolved by name, masked by value. All output of a host passes through mask() before it is shown,
 * kept or cut. So a value that a host prints is masked too, in any form in which programs write it (masking/forms.ts).
 */
export class Secrets {
  readonly #values = new Map<string, string>();
  readonly #keys = new Set<string>();
  readonly #unset = new Set<string>();
  #text: Matcher | undefined;
  #bytes: Matcher | undefined;

  add(name: string, value: string): void {
    this.#values.set(name, value);
    this.#text = undefined;
    this.#bytes = undefined;
  }

  /** A secret of which only the name is known here. */
  addUnset(name: string): void {
    this.#unset.add(name);
  }

  get unset(): readonly string[] {
    return [...this.#unset];
  }

  /** An environment variable with a secret: every value assigned to this name in a text is hidden. */
  addKey(key: string): void {
    this.#keys.add(key);
    this.#text = undefined;
    this.#bytes = undefined;
  }

  /** Whether all secrets in the text can be resolved. */
  knows(text: SecretText): boolean {
    return text.every((part) => typeof part === 'string' || this.#values.has(part.secret));
  }

  resolve(text: SecretText): string {
    return text.map((part) => (typeof part === 'string' ? part : this.#value(part.secret))).join('');
  }

  /** The text with secrets replaced by their names. `cut`: where the text was cut before. */
  mask(text: string, cut: Cut = {}): Masked {
    this.#text ??= this.#matcher();
    const masked = this.#text.replace(text, cut);
    if (!MAY_HOLD_SEQUENCES.test(text)) return masked as Masked;
    // A colour sequence inside a secret, as from grep, is removed before the text is shown, and the secret would then be
    // complete.
    const plain = withoutSequences(text);
    const maskedPlain = this.#text.replace(plain, cut);
    return (maskedPlain === plain ? masked : maskedPlain) as Masked;
  }

  /** The same for a stream of bytes. */
  stream(): StreamMask {
    this.#bytes ??= this.#matcher((character) => Buffer.from(character).toString('latin1'));
    return new StreamMask(this.#bytes);
  }

  #matcher(literal?: (character: string) => string): Matcher {
    const patterns = [...this.#values].flatMap(([name, value]) => patternsOf(name, value, literal));
    return new Matcher({ patterns, names: [...this.#values.keys()], keys: [...this.#keys] });
  }

  #value(name: string): string {
    const value = this.#values.get(name);
    if (value === undefined) throw new Error(`secret ${name} was not loaded`);
    return value;
  }
}

/** The text with secrets by name, as plans and screens show it. */
export function maskedText(text: SecretText): string {
  return text.map((part) => (typeof part === 'string' ? part : `[${part.secret}]`)).join('');
}
