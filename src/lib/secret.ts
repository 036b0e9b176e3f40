/** A reference to a secret by name. Plans, ledger and logs hold this, never the value. */
export interface SecretRef {
  readonly secret: string;
}

/** Text in which some parts are secrets: what a value such as `user:${DB_PASSWORD}@db` becomes. */
export type SecretText = readonly (string | SecretRef)[];

/**
 * The secrets of this process: resolved by name, redacted by value. Every sink (screen, JSON, ledger, error text)
 * passes its text through redact(), so that a value that a host prints back is masked as well.
 */
export class Secrets {
  readonly #values = new Map<string, string>();

  add(name: string, value: string): void {
    this.#values.set(name, value);
  }

  resolve(text: SecretText): string {
    return text.map((part) => (typeof part === 'string' ? part : this.#value(part.secret))).join('');
  }

  redact(text: string): string {
    let clean = text;
    const longestFirst = [...this.#values].sort(([, a], [, b]) => b.length - a.length);
    // A value of one or two characters would mask half of every text; such a secret protects nothing anyway.
    for (const [name, value] of longestFirst)
      if (value.length > 2) clean = clean.replaceAll(value, `[${name}]`);
    return clean;
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
