import { describe, expect, it } from 'vitest';
import { type Frame, FrameReader, NotOurScriptError } from '../../../src/lib/logs/frames.js';

const MARK = '\u001eTOKEN ';
const SAID = [
  'noise of a login\n',
  `${MARK}H 1795514400.5 +0530\n`,
  `${MARK}L\nf 1 \n\0${MARK}E - 0\n`,
  `${MARK}B 1_2_3 7\n`,
  `${MARK}D 1_2_3 10\n`,
  `half a line\n${'\u001e'}OTHER E 1_2_3 99 99\nno end`,
  `${MARK}E 1_2_3 70\n`,
  `${MARK}S 1_2_3 90 7\n`,
  `${MARK}R 1_2_3 65\n`,
  `${MARK}D j 0\nx\n${MARK}E j 5 s=a;i=1 1\n`,
].join('');

function reader(maxBytes = 100): FrameReader {
  return new FrameReader('TOKEN', 'web-b-01', () => maxBytes);
}

function framesOf(frames: FrameReader, bytes: Buffer): Frame[] {
  const seen: Frame[] = [];
  frames.read(bytes, (frame) => seen.push(frame));
  return seen;
}

/** Reads, and says what became of it. */
function faultOf(text: string, maxBytes = 100): string {
  try {
    framesOf(reader(maxBytes), Buffer.from(text));
    return 'none';
  } catch (error) {
    return error instanceof NotOurScriptError ? error.message : `${error}`;
  }
}

describe('FrameReader', () => {
  it.each([1, 3, 7, 1000])('reads the same from pieces of %i bytes', (size) => {
    const frames = reader();
    const bytes = Buffer.from(SAID);
    const seen: Frame[] = [];
    for (let at = 0; at < bytes.length; at += size)
      seen.push(...framesOf(frames, bytes.subarray(at, at + size)));
    expect(seen).toEqual([
      { kind: 'hello', clockMs: 1_795_514_400_500, zoneMinutes: 330 },
      { kind: 'list', id: '-', records: Buffer.from('f 1 \n\0') },
      { kind: 'begun', id: '1_2_3', at: 7 },
      {
        kind: 'data',
        id: '1_2_3',
        from: 10,
        bytes: Buffer.from('half a line\n\u001eOTHER E 1_2_3 99 99\nno end'),
        end: 70,
        cursor: '-',
        isMore: false,
      },
      { kind: 'counted', id: '1_2_3', end: 90, lines: 7 },
      { kind: 'refused', id: '1_2_3', why: 65 },
      { kind: 'data', id: 'j', from: 0, bytes: Buffer.from('x\n'), end: 5, cursor: 's=a;i=1', isMore: true },
    ]);
  });

  it('gives out nothing of data whose end did not come', () => {
    expect(framesOf(reader(), Buffer.from(`${MARK}D 1 0\nline\n`))).toEqual([]);
  });

  it.each([
    ['an end without a beginning', `${MARK}E 1 0\n`],
    ['the end of another file', `${MARK}D 1 0\n${MARK}E 2 0\n`],
    ['two beginnings', `${MARK}D 1 0\n${MARK}D 1 0\n`],
    ['an offset below nothing', `${MARK}D 1 -5\n`],
    ['an offset beyond all files', `${MARK}D 1 99999999999999999999\n`],
    ['no offset', `${MARK}B 1\n`],
    ['a fraction', `${MARK}S 1 1.5 3\n`],
    ['an end that is no number', `${MARK}D 1 0\n${MARK}E 1 NaN\n`],
    ['a cursor with escapes', `${MARK}D j 0\n${MARK}E j 0 \u001b[2J 0\n`],
    ['a word that is none', `${MARK}X 1 2\n`],
    ['more than was asked for, in one piece', `${MARK}D 1 0\n${'x'.repeat(101)}${MARK}E 1 101\n`],
    ['data that never ends', `${MARK}D 1 0\n${'x'.repeat(1000)}`],
    ['a mark that never ends', `${MARK}${'x'.repeat(10_000)}`],
    ['noise that never ends', 'x\n'.repeat(600_000)],
  ])('takes %s for what it is', (_name, text) => {
    expect(faultOf(text)).toMatch(/^web-b-01: it does not answer as asked: /);
  });

  it('keeps little of a stream without marks, and is quick about it', () => {
    const frames = reader();
    const chunk = Buffer.alloc(32 * 1024, 'x');
    const before = process.cpuUsage();
    expect(() => {
      for (let sent = 0; sent < 1e9; sent += chunk.length) framesOf(frames, chunk);
    }).toThrow(NotOurScriptError);
    expect(process.cpuUsage(before).user).toBeLessThan(1_000_000);
  });
});
