import { expect, it } from 'vitest';
import { LineCutter, MAX_LINE_BYTES } from '../../../src/lib/ssh/lines.js';

const texts = (lines: readonly { text: string }[]) => lines.map(({ text }) => text);

it('keeps the head of a line of 1 MB, and says how much was cut', () => {
  for (const pieces of [1, 7]) {
    const cutter = new LineCutter();
    const bytes = Buffer.from(`${'x'.repeat(1_000_000)}\nnext\n`);
    const size = Math.ceil(bytes.length / pieces);
    const lines = Array.from({ length: pieces }, (_, piece) =>
      cutter.cut(bytes.subarray(piece * size, (piece + 1) * size)),
    ).flat();
    expect(lines.map(({ text, cutBytes }) => [text.length, cutBytes])).toEqual([
      [MAX_LINE_BYTES, 1_000_000 - MAX_LINE_BYTES],
      [4, 0],
    ]);
  }
});

it('survives bytes that are no UTF-8, and lines that end as in Windows', () => {
  expect(texts(new LineCutter().cut(Buffer.from([0xff, 0xfe, 0x41, 0x0d, 0x0a, 0x0a])))).toEqual([
    '\ufffd\ufffdA',
    '',
  ]);
});

it('holds no more than its limit of a line that never ends', () => {
  const cutter = new LineCutter(1000);
  const piece = Buffer.alloc(65_536, 'x');
  for (let sent = 0; sent < 1000; sent++) expect(cutter.cut(piece)).toEqual([]);
  expect(cutter.openBytes).toBe(65_536_000);
  expect(cutter.cut(Buffer.from('\nshort\n'))).toEqual([
    { text: 'x'.repeat(1000), cutBytes: 65_535_000 },
    { text: 'short', cutBytes: 0 },
  ]);
});
