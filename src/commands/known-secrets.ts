import type { Masked } from '../lib/masking/masked.js';
import { Secrets } from '../lib/masking/secret.js';
import { say } from '../lib/ui/frame/output.js';

let known = new Secrets();

/** From now on these secrets are masked in errors that end the program: such an error may quote a host. */
export function rememberSecrets(secrets: Secrets): void {
  known = secrets;
}

/** Reports secrets without a known value: they cannot be recognised in the output of hosts. */
export function sayUnset({ unset }: Secrets): void {
  if (unset.length === 0) return;
  const are = unset.length === 1 ? 'is' : 'are';
  say(
    `${unset.join(', ')} ${are} not set here: masked only behind the names that the configuration gives them`,
  );
}

export function maskKnown(text: string): Masked {
  return known.mask(text);
}
