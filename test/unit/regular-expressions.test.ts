import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { check } from 'recheck';
import ts from 'typescript';
import { expect, it } from 'vitest';
import { withoutSequences } from '../../src/lib/masking/control-sequences.js';
import { hideLooks, TOKEN } from '../../src/lib/masking/looks-secret.js';
import { Secrets } from '../../src/lib/masking/secret.js';
import { sanitizeText } from '../../src/lib/ui/frame/sanitize.js';
import { wrapNames } from '../../src/lib/ui/frame/wrap-words.js';
import { leastCpuMs } from '../support/cpu-time.js';

// While an expression is searched for, nothing else happens in this process: no lease is renewed, no Ctrl-C is heard. So a text of n
// characters must not take n² steps, as hosts, their accounts and files choose the text.
const SRC = join(import.meta.dirname, '../../src');

/** Those that never see more than a few hundred characters. */
const SHORT: ReadonlyMap<string, string> = new Map([
  ['lib/ui/frame/fit-help.ts', 'lines of our own help texts'],
  ['lib/logs/sources.ts', 'the name of a file, of 255 bytes at most'],
]);

interface Found {
  readonly file: string;
  readonly line: number;
  readonly source: string;
  readonly flags: string;
}

/** Every literal with a repetition that has no end, once each. */
function literalsIn(file: string): Found[] {
  const tree = ts.createSourceFile(file, readFileSync(join(SRC, file), 'utf8'), ts.ScriptTarget.Latest, true);
  const found: Found[] = [];
  const walk = (node: ts.Node): void => {
    if (ts.isRegularExpressionLiteral(node)) {
      const [, source = '', flags = ''] = /^\/(.*)\/([a-z]*)$/s.exec(node.text) ?? [];
      const line = tree.getLineAndCharacterOfPosition(node.getStart()).line + 1;
      if (/[*+]|\{\d+,\}/.test(source)) found.push({ file, line, source, flags });
    }
    ts.forEachChild(node, walk);
  };
  walk(tree);
  return found;
}

const everywhere = readdirSync(SRC, { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.ts') && !SHORT.has(name))
  .flatMap(literalsIn);
const literals = [...new Map(everywhere.map((each) => [`/${each.source}/${each.flags}`, each])).values()];

const TOKENS = { file: 'lib/masking/looks-secret.ts', line: 0, source: TOKEN.source, flags: TOKEN.flags };

it('finds the expressions', () => {
  expect(literals.length).toBeGreaterThan(150);
});

// With the checker that decides, and not the one that tries at random; it does not know look-behind, see below.
it.concurrent.each([...literals, TOKENS])(
  '$file:$line takes time in proportion to the text',
  async (found) => {
    const { source, flags } = found;
    const { status, ...about } = await check(source, flags, { checker: 'automaton', timeout: 20_000 });
    const attack = 'attack' in about ? about.attack?.pattern : '';
    expect([status === 'vulnerable', attack ?? '']).toEqual([false, '']);
  },
);

// What a tool that reads the expressions does not see: look-ahead, and loops around them.
const PIECES = [
  '\u009d',
  '\u001b]',
  '\u001b[',
  '://',
  '://a:',
  '://a:@',
  'eyJabcdefgha',
  '=',
  '-----BEGIN PRIVATE KEY',
  ',',
  ',[',
  '[',
  ' ',
  '\n',
  '\t',
  '\u0301',
  'MY_PASSWORD=',
  'pwd="',
  "pwd='",
  '\\"',
  'a@',
  '0',
  '.',
];
const secrets = new Secrets();
secrets.add('MY_PASSWORD', 'tr0ub4dor');
const READERS = {
  mask: (text: string) => secrets.mask(text),
  withoutSequences,
  sanitizeText,
  hideLooks,
  'wrapNames(…, 80)': (text: string) => wrapNames(text, 80),
};

it.each(Object.entries(READERS))(
  '%s takes eight times as long for eight times the text, whatever it is',
  (_, read) => {
    for (const piece of PIECES) {
      const text = (length: number) => `${piece.repeat(length / piece.length)}x`;
      const [short, long] = [8_000, 64_000].map((length) => leastCpuMs(() => read(text(length)), 2));
      // The square would be 64 times as long. Of what takes a few milliseconds nothing can be said.
      if ((long ?? 0) > 60)
        expect([piece, (long ?? 0) / (short ?? 1)]).toEqual([
          piece,
          expect.toSatisfy((ratio: number) => ratio < 30),
        ]);
    }
  },
);
