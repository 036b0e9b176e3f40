import { expect, it } from 'vitest';
import { fieldsReader } from '../../../../src/lib/logs/times/fields.js';
import { FORMATS } from '../../../../src/lib/logs/times/formats.js';
import { commonAt, isoAt, syslogAt } from '../../../../src/lib/logs/times/plain-formats.js';
import { random as randomOf } from '../../../support/random.js';

const CONTEXT = { zoneMinutes: 480, nowMs: Date.parse('2026-11-24T12:00:00Z') };
const PLAIN = { 'ISO 8601': isoAt, 'common log': commonAt, syslog: syslogAt };
const EXAMPLES = {
  'ISO 8601': '2026-11-24T10:00:00.123+08:00 x',
  'common log': '24/Nov/2026:10:00:00.5 +0800] x',
  syslog: 'Nov 24 10:00:00 web x',
};
const PIECES = [
  '-',
  '/',
  ':',
  '.',
  ',',
  ' ',
  'T',
  'Z',
  'EST',
  '+08',
  '-2000',
  'Feb',
  'Dec',
  '0',
  '9',
  '31',
  '1234567890',
];

// They may leave a line to the pattern, and never read it in another way.
it.each(Object.entries(PLAIN))(
  '%s is read by its characters as by its pattern, 5,000 lines from a seed',
  (name, readAt) => {
    const format = FORMATS.find((each) => each.name === name);
    const pattern = new RegExp(format?.pattern ?? '', 'y');
    const timeOf = fieldsReader(format?.fields ?? '');
    const random = randomOf(7);
    let read = 0;
    for (let count = 0; count < 5000; count++) {
      let line = EXAMPLES[name as keyof typeof EXAMPLES];
      for (let change = Math.floor(random() * 3); change > 0; change--) {
        const at = Math.floor(random() * line.length);
        const piece = PIECES[Math.floor(random() * PIECES.length)] ?? '';
        line = `${line.slice(0, at)}${piece}${line.slice(at + Math.floor(random() * (piece.length + 1)))}`;
      }
      const found = readAt(line, 0, CONTEXT);
      if (found === undefined) continue;
      read++;
      pattern.lastIndex = 0;
      const match = pattern.exec(line);
      expect(match?.[0], line).toBe(line.slice(found.start, found.end));
      expect(match && timeOf(match, CONTEXT), line).toBeCloseTo(found.at, 3);
    }
    expect(read).toBeGreaterThan(1000);
  },
);
