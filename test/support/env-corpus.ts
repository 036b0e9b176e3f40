import { ENV_FILES } from './env-files.js';
import { random } from './random.js';

/** Pieces of which environment files are made, in bytes: ones that are easily read in two ways, and ones that are no text. */
const PIECES: readonly (readonly number[])[] = [
  ...[
    ...['A', 'B', 'KEY', 'A_1', '1A', 'A-B', 'export C', ' ', '  ', '\t', '=', '=', '=', '='],
    ...['#', ';', '"', "'", '"', "'", '\\', '\\', '\\\\', '\n', '\n', '\n', '\n', '\r', '\r\n', '$', '`'],
    ...['x', 'y z', '0', '#c', '; d', '\\n', '\\"', "\\'", '\\\n', '\\ ', '\\\\\n', '日', 'é', '\u00a0'],
    ...['# note \\', '; note \\\\', 'A=', 'B="', "KEY='", '\x1b', '\x7f', '\v', '\u0001'],
  ].map((text) => [...Buffer.from(text)]),
  // No UTF-8, half of one, what is no character, and the last that is one.
  ...[[0xe9], [0xc3], [0xed, 0xa0, 0x80], [0xc0, 0xaf], [0xf4, 0x90, 0x80, 0x80]],
  ...[
    '\ufffe',
    '\uffff',
    '\ufdd0',
    '\ufdef',
    '\ufdcf',
    '\ufdf0',
    '\ufffd',
    '\u{1ffff}',
    '\u{10fffe}',
    '\ufeff',
  ].map((text) => [...Buffer.from(text)]),
];

/** The table, what is wrong in comments alone, and made-up files, the same ones each time. */
export function envCorpus(count: number): Buffer[] {
  const next = random(6128);
  const comments = [
    '# \\\nA=1\n',
    '; a\\\\\nA=1\n',
    '# a\\\r\nA=1\nB=2\n',
    '# \\',
    '# a\\b\nA=1\n',
    '#\\\n\\\nA=1\nB=2\n',
  ];
  const bytes = [Buffer.from([0x23, 0xe9, 0x0a, 0x41, 0x3d, 0x31, 0x0a]), Buffer.from('#\uffff\nA=1\n')];
  const junk = [
    Buffer.from([0xe9, 0x0a, 0x41, 0x3d, 0x31, 0x0a]),
    Buffer.from('\ufffe\nA=1\n'),
    Buffer.from('A=\0\n'),
  ];
  const made = Array.from({ length: count }, () => {
    const pieces = Array.from(
      { length: 1 + Math.floor(next() * 14) },
      () => PIECES[Math.floor(next() ** 1.3 * PIECES.length)] ?? [],
    );
    return Buffer.from(pieces.flat());
  });
  return [...ENV_FILES.map(([, text]) => text), ...comments]
    .map((text) => Buffer.from(text))
    .concat(bytes, junk, made);
}
