import { Chalk } from 'chalk';
import { expect, it } from 'vitest';
import { hostPainter, plain } from '../../../../src/lib/ui/frame/colour.js';
import { jsonFormat, prefixFormat, templateFormat } from '../../../../src/lib/ui/logs/log-lines.js';

const line = {
  host: 'web-b-01',
  source: '/var/log/a.log',
  text: 'plain',
  cutBytes: 0,
  stamp: { at: Date.parse('2026-11-24T10:00:00Z') },
};

it('puts the host in front, all as wide as the widest', () => {
  const format = prefixFormat(['web-b-01', 'lb'], plain);
  expect(format.line(line)).toBe('web-b-01 | plain\n');
  expect(format.line({ ...line, host: 'lb' })).toBe('lb       | plain\n');
  expect(format.gap('lb', 12)).toBe('… 12 lines of lb dropped\n');
});

it('gives a terminal nothing to obey, and keeps the indent of a trace', () => {
  const format = prefixFormat(['web-b-01'], plain);
  const hostile = '\tat x\x1b]0;title\x07\x1b[31mred\x00\u202e\x9b2J';
  expect(format.line({ ...line, text: hostile })).toBe('web-b-01 |   at xred\\x00\\u202e\n');
});

it('says how much of a line was cut', () => {
  expect(prefixFormat(['web-b-01'], plain).line({ ...line, cutBytes: 5 })).toBe(
    'web-b-01 | plain… 5 bytes cut\n',
  );
});

it('fills a template', () => {
  const format = templateFormat('{time} {host}:{source} {line}', plain);
  expect(format.line(line)).toBe('2026-11-24T10:00:00.000Z web-b-01:/var/log/a.log plain\n');
  expect(format.line({ ...line, stamp: undefined, text: '{host}' })).toBe(
    '- web-b-01:/var/log/a.log {host}\n',
  );
});

it('gives JSON the line as it was', () => {
  expect(JSON.parse(jsonFormat.line({ ...line, text: 'a\x1b[2J"' }))).toMatchObject({ line: 'a\x1b[2J"' });
});

it('gives a host the same colour always, and hosts several', () => {
  const paint = new Chalk({ level: 2 });
  const colours = Array.from({ length: 40 }, (_, index) => hostPainter(paint, `web-b-${index}`)('x'));
  expect(hostPainter(paint, 'web-b-7')('x')).toBe(colours[7]);
  expect(new Set(colours).size).toBeGreaterThan(8);
});
