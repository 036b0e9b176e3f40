import { expect, test } from 'vitest';
import { UsageError } from '../../../src/lib/errors.js';
import { parseLabName } from '../../../src/lib/lab/lab-name.js';
import { parseHosts, parseSpare } from '../../../src/lib/lab/sizes.js';

test.each([
  ['24', { A: 24, B: 24 }],
  ['0', { A: 0, B: 0 }],
  ['A=2,B=24', { A: 2, B: 24 }],
  ['B=154', { A: 0, B: 154 }],
  ['B=1, A=3', { A: 3, B: 1 }],
])('--spare %s', (text, expected) => {
  expect(parseSpare(text)).toEqual(expected);
});

test.each(['', '-1', '1.5', '155', 'A=155', 'A=1,A=2', 'C=1', 'A', 'A=', 'A=1,,B=2', '1e2', ' 3', '٣'])(
  '--spare %j is refused',
  (text) => {
    expect(() => parseSpare(text)).toThrow(UsageError);
  },
);

test('hosts are bounded by the addresses of a room, and the error says so', () => {
  expect(parseHosts('80')).toBe(80);
  for (const text of ['0', '81', '-1', '1.5', 'many', '']) expect(() => parseHosts(text)).toThrow(UsageError);
  expect(() => parseHosts('81')).toThrow('1 to 80 app hosts in each room');
  expect(() => parseSpare('A=200')).toThrow('0 to 154 spare hosts in each room');
});

test('names of labs are names of namespaces', () => {
  for (const name of ['kuafu', 'a', '0', 'a-b', 'twelve-chars']) expect(parseLabName(name)).toBe(name);
  for (const name of ['', '-a', 'A', 'a.b', 'a b', 'thirteen-char', '../x', 'a\n', '$(id)', '夸父']) {
    expect(() => parseLabName(name)).toThrow(UsageError);
  }
});
