import { random } from './random.js';

// What shells, our own scripts, terminals and file systems might take for something else. None holds a slash.
const PIECES = [
  'a',
  'app',
  '1',
  ' ',
  '  ',
  '\n',
  '\nz',
  '\t',
  '\r',
  '\u001b[2J',
  '\u0007',
  '\u009b',
  '\u202e',
  '\u2028',
  'é',
  '日本',
  '😀',
  '"',
  "'",
  '`touch pwned`',
  '$(touch${IFS}pwned)',
  '$(touch pwned)',
  '}$(touch${IFS}pwned) 1 8',
  ';touch pwned;',
  '|touch pwned',
  '&touch pwned',
  '>pwned',
  '\\',
  '\\n',
  '\\0101',
  '%s',
  '%2e',
  '*',
  '?',
  '[',
  ']',
  '{a,b}',
  '~',
  '!',
  '#',
  '-',
  '--',
  '-n',
  '-rf',
  '=',
  'f 1 8_1_1 9 9 81a4 ',
  'E 1_1_1 5',
  '\u001e',
  '.',
  '..',
  '.1',
  '-2026',
  ',',
  ':',
  '$IFS',
  '${x}',
];
const RAW = [0x01, 0x7f, 0x80, 0xc3, 0xed, 0xb3, 0xbf, 0xfe, 0xff];

/** So many different file names of hostile pieces, as bytes; all end in `.log`, none begins with a dot. */
export function hostileNames(count: number, seed: number): Buffer[] {
  const next = random(seed);
  const names = new Map<string, Buffer>();
  while (names.size < count) {
    const parts = Array.from({ length: 1 + Math.floor(next() * 5) }, () =>
      next() < 0.85
        ? Buffer.from(PIECES[Math.floor(next() * PIECES.length)] ?? '')
        : Buffer.of(RAW[Math.floor(next() * RAW.length)] ?? 1),
    );
    const long = next() < 0.03 ? [Buffer.from('n'.repeat(150))] : [];
    const name = Buffer.concat([...long, ...parts, Buffer.from('.log')]);
    if (name[0] !== 0x2e && name.length < 250) names.set(name.toString('hex'), name);
  }
  return [...names.values()];
}
