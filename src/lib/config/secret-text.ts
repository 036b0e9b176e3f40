import type { SecretRef, SecretText } from '../masking/secret.js';

const OPEN = '${';
const REFERENCE = /(\$\$\{)|\$\{([^}]*)(\})?/g;
const VARIABLE = /^[A-Za-z_][A-Za-z0-9_]*$/;

/**
 * Text with `${NAME}` taken out as secrets. `$${` stands for a plain `${`; any other `$` stands for itself. If the text is
 * invalid, a sentence about the error.
 */
export function parseSecretText(text: string): { text: SecretText } | { problem: string } {
  const parts: (string | SecretRef)[] = [];
  let plain = '';
  let position = 0;
  for (const match of text.matchAll(REFERENCE)) {
    const [whole, escaped, name = '', close] = match;
    plain += text.slice(position, match.index);
    position = match.index + whole.length;
    if (escaped !== undefined) {
      plain += OPEN;
      continue;
    }
    if (close === undefined || !VARIABLE.test(name))
      return {
        problem: `after ${OPEN} comes the name of an environment variable and }; write $${OPEN} for a plain ${OPEN}`,
      };
    if (plain !== '') parts.push(plain);
    plain = '';
    parts.push({ secret: name });
  }
  plain += text.slice(position);
  if (plain !== '' || parts.length === 0) parts.push(plain);
  return { text: parts };
}
