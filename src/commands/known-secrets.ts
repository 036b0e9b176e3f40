import type { Masked } from '../lib/masking/masked.js';
import { Secrets } from '../lib/secret.js';

let known = new Secrets();

/** From now on errors that end the program are masked with these: they may have the words of a host in them. */
export function rememberSecrets(secrets: Secrets): void {
  known = secrets;
}

export function maskKnown(text: string): Masked {
  return known.mask(text);
}
