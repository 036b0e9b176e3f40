import { describe, expect, it } from 'vitest';
import { namesOfUnits, parseUnitLook } from '../../../src/lib/host/unit-look.js';
import { deadlineOf, longOnes, unitTimesOf } from '../../../src/lib/host/unit-times.js';

const SECOND = 1000;
const HOUR = 3_600_000;
const show = (...lines: readonly string[]) => unitTimesOf(['Id=shop.service', ...lines]);
const TIMES = ['TimeoutStartUSec=1min 30s', 'TimeoutStopUSec=1min 30s'];

describe('what a unit says of its times', () => {
  it.each<[string, readonly string[], number, number]>([
    ['one that says nothing', ['Type=simple', ...TIMES], 0, 90 * SECOND],
    ['one that tells when it is ready', ['Type=notify', ...TIMES], 90 * SECOND, 90 * SECOND],
    ['a stop with a command', ['Type=simple', 'TimeoutStopUSec=10min', 'ExecStop'], 0, 1200 * SECOND],
    [
      'commands around all, each with the whole time',
      [
        ...['Type=forking', 'TimeoutStartUSec=20s', 'TimeoutStopUSec=5s', 'ExecCondition', 'ExecStartPre'],
        ...['ExecStartPre', 'ExecStart', 'ExecStartPost', 'ExecStop', 'ExecStopPost', 'ExecStopPost'],
      ],
      100 * SECOND,
      20 * SECOND,
    ],
    [
      'one that runs to its end, command by command',
      ['Type=oneshot', 'TimeoutStartUSec=1min', 'TimeoutStopUSec=1s', 'ExecStart', 'ExecStart'],
      120 * SECOND,
      1 * SECOND,
    ],
    ['no end', ['Type=notify', 'TimeoutStartUSec=infinity', 'TimeoutStopUSec=infinity'], Infinity, Infinity],
    ['what cannot be read', ['Type=notify', 'TimeoutStartUSec=soon'], 90 * SECOND, 90 * SECOND],
    ['a target', [], 0, 0],
  ])('%s', (_, lines, startMs, stopMs) => {
    expect(show(...lines)).toEqual({ name: 'shop.service', startMs, stopMs });
  });

  it.each<[string, readonly number[], number]>([
    ['never less than before', [0], 100 * SECOND],
    ['the unit, and what systemd itself takes', [600 * SECOND], 630 * SECOND],
    ['all that go down with it', [90 * SECOND, 90 * SECOND], 210 * SECOND],
    ['an hour where there is no end', [Infinity], HOUR + 30 * SECOND],
    ['the bound of all', Array.from({ length: 500 }, () => HOUR), 24 * HOUR],
  ])('gives the deadline: %s', (_, stops, deadlineMs) => {
    const units = stops.map((stopMs, index) => ({ name: `u${index}`, startMs: 0, stopMs }));
    expect(deadlineOf(units, 'stopMs')).toBe(deadlineMs);
  });

  it('a time that is longer than an hour is waited for where the unit says so', () => {
    expect(deadlineOf([{ name: 'a', startMs: 0, stopMs: 5 * HOUR }], 'stopMs')).toBe(5 * HOUR + 30 * SECOND);
  });

  it('is said where it is long', () => {
    const units = [90 * SECOND, 300 * SECOND, Infinity].map((stopMs, index) => ({
      name: `u${index}`,
      startMs: 0,
      stopMs,
    }));
    expect(longOnes(units, 'stopMs').map(({ name }) => name)).toEqual(['u1', 'u2']);
  });
});

describe('a look', () => {
  it('tells who is who, with any name', () => {
    const look = parseUnitLook(
      `= self
Id=shop.service
Type=simple
TimeoutStopUSec=20s
= up
Type=simple
TimeoutStopUSec=5s
Id=log\\x2dship.service

Id=stack.target

Id=shop.service
= remembered
Id=a@b:c.service
`,
      'shop.service',
    );
    expect(look.self).toMatchObject({ name: 'shop.service', stopMs: 20 * SECOND });
    expect(look.up.map(({ name, stopMs }) => [name, stopMs])).toEqual([
      ['log\\x2dship.service', 5 * SECOND],
      ['stack.target', 0],
    ]);
    expect(look.required).toEqual([]);
    expect(look.remembered.map(({ name }) => name)).toEqual(['a@b:c.service']);
  });

  it.each(['', '= up\n', 'garbage\n\n= nobody\nId=x'])('of %j is one of the unit alone', (stdout) => {
    const look = parseUnitLook(stdout, 'shop.service');
    expect(look).toMatchObject({ self: { name: 'shop.service' }, up: [], required: [], remembered: [] });
  });

  it('names a few', () => {
    const units = [...'gfedcbaa'].map((name) => ({ name }));
    expect(namesOfUnits(units)).toBe('a, b, c, d, e and 2 more');
  });
});
