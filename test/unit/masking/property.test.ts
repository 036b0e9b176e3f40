import { expect, test } from 'vitest';
import { excerpt } from '../../../src/lib/masking/masked.js';
import { Secrets } from '../../../src/lib/masking/secret.js';
import { seeded, WRITTEN } from '../../support/written-forms.js';

const NASTY = [...'abcdefghijkLMNOP0123456789""$$\\\\\'\'`%&<>;:/?#@!*()[]{}|~^+=,.-_ \n\t\ré€😀'];
const AROUND = [...'uvwxyz UVWXYZ:=,"\'{}[]\\\n'];
/** So many characters of a secret in a row are too many. */
const TOO_MANY = 6;

function textOf(alphabet: readonly string[], length: number, random: (below: number) => number): string {
  return Array.from({ length }, () => alphabet[random(alphabet.length)]).join('');
}

/** Runs of TOO_MANY characters of the secret that the text shows, as `write` writes them. */
function shownOf(secret: string, write: (character: string) => string, shown: string): string[] {
  const characters = [...secret].map(write);
  const without = shown.replaceAll('[SECRET]', '\u0000');
  return characters.flatMap((_, at) => {
    const run = characters.slice(at, at + TOO_MANY);
    const text = run.join('');
    return run.length === TOO_MANY && text.trim().length >= TOO_MANY && without.includes(text) ? [text] : [];
  });
}

test.each(Object.entries(WRITTEN))(
  'nothing is left of a secret wherever its text is cut: %s',
  (_, write) => {
    const random = seeded(20261129);
    for (let round = 0; round < 60; round++) {
      const secret = textOf(NASTY, 2 * TOO_MANY + random(60), random).trim();
      if ([...secret].length < 2 * TOO_MANY) continue;
      const secrets = new Secrets();
      secrets.add('SECRET', secret);
      const written = [...secret].map(write).join('');
      const text = `${textOf(AROUND, random(30), random)}${written}${textOf(AROUND, random(30), random)}`;
      // At either end, or at both: what is left is longer than a secret there.
      const from = random(2) * random(text.length);
      const to = from > 0 ? text.length : 1 + random(text.length);
      const masked = secrets.mask(text.slice(from, to), { start: from > 0, end: to < text.length });
      const about = JSON.stringify({ round, secret, text, from, to, masked });
      expect(shownOf(secret, write, masked), about).toEqual([]);
      expect(secrets.mask(masked), about).toBe(masked);
      expect(shownOf(secret, write, excerpt(secrets.mask(text), 1 + random(80))), about).toEqual([]);
    }
  },
  60_000,
);

test('nothing is left of a secret in a stream, wherever its chunks end, and other bytes are as they were', () => {
  const random = seeded(7);
  for (const [name, write] of Object.entries(WRITTEN))
    for (let round = 0; round < 10; round++) {
      const secret = textOf(NASTY, 2 * TOO_MANY + random(60), random)
        .trim()
        .concat('x');
      if ([...secret].length < 2 * TOO_MANY) continue;
      const secrets = new Secrets();
      secrets.add('SECRET', secret);
      const noise = Buffer.from(Array.from({ length: random(9000) }, () => 128 + random(128)));
      const written = Buffer.from([...secret].map(write).join(''));
      const whole = Buffer.concat([noise, written, noise, written, noise]);
      const mask = secrets.stream();
      const out: Buffer[] = [];
      for (let at = 0; at < whole.length; ) {
        const size = 1 + random(random(2) === 0 ? 5 : 4000);
        out.push(mask.add(whole.subarray(at, at + size)));
        at += size;
      }
      out.push(mask.end());
      const wanted = Buffer.concat([noise, Buffer.from('[SECRET]'), noise, Buffer.from('[SECRET]'), noise]);
      const shown = Buffer.concat(out);
      const about = JSON.stringify({
        name,
        round,
        secret,
        shown: shown.toString('latin1').replaceAll(/[\x80-\xff]+/g, '~'),
      });
      expect(shown.equals(wanted), about).toBe(true);
    }
}, 60_000);
