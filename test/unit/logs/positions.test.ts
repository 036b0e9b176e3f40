import { expect, it } from 'vitest';
import { LineCutter, MAX_LINE_BYTES } from '../../../src/lib/logs/lines.js';
import { Positions } from '../../../src/lib/logs/positions.js';

const texts = (lines: readonly { text: string }[]) => lines.map(({ text }) => text);

it('goes on from the first byte of the line that had not ended when the link broke', () => {
  const positions = new Positions();
  expect(texts(positions.fileLines('1', '/a', 0, Buffer.from('one\ntw')))).toEqual(['one']);
  expect(positions.files).toBe('1 4 /a');
  positions.linkLost();
  expect(texts(positions.fileLines('1', '/a', 4, Buffer.from('two\nthree\n')))).toEqual(['two', 'three']);
  expect(positions.files).toBe('1 14 /a');
});

it('joins a line that comes in pieces, and a letter cut in two', () => {
  const positions = new Positions();
  const bytes = Buffer.from('grüße\n');
  const lines = [...bytes].flatMap((byte, at) => positions.fileLines('1', '/a', at, Buffer.from([byte])));
  expect(texts(lines)).toEqual(['grüße']);
});

it('takes the word of a host that filters for how far it read', () => {
  const positions = new Positions();
  positions.fileLines('1', '/a', 0, Buffer.from('match\n'), 900);
  expect(positions.files).toBe('1 900 /a');
});

it('begins anew when the host begins anew, after a file was cut to nothing', () => {
  const positions = new Positions();
  positions.fileLines('1', '/a', 0, Buffer.from('long line\nhalf'));
  expect(texts(positions.fileLines('1', '/a', 0, Buffer.from('new\n')))).toEqual(['new']);
});

it('keeps the cursor of the journal when nothing new was in it', () => {
  const positions = new Positions();
  positions.journalLines(Buffer.from('x\n'), 's=1', 0);
  positions.journalLines(Buffer.alloc(0), '-', 0);
  expect(positions.journal).toEqual({ cursor: 's=1', passed: 0 });
});

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
