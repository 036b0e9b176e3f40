import { expect, it } from 'vitest';
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
