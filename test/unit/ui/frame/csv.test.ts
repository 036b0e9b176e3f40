import { expect, it } from 'vitest';
import { renderCsv } from '../../../../src/lib/ui/frame/csv.js';

it.each([
  ['plain', 'plain'],
  ['a,b', '"a,b"'],
  ['say "no"', '"say ""no"""'],
  ['two\nlines', 'two lines'],
  ['\u001b[31mred', 'red'],
  ['=cmd|x', "'=cmd|x"],
  [-1.5, '-1.5'],
  [null, ''],
] as const)('%j is the field %j', (value, field) => {
  expect(renderCsv(['head'], [[value]])).toBe(`head\n${field}`);
});
