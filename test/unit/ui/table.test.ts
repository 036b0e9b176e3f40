import { describe, expect, it } from 'vitest';
import { fitLine, padLine, wrapLine } from '../../../src/lib/ui/fit.js';
import { renderTable } from '../../../src/lib/ui/table.js';

const red = (text: string) => `\x1b[31m${text}\x1b[39m`;

describe('renderTable', () => {
  it('has no borders and no trailing spaces', () => {
    const table = renderTable(
      ['HOST', 'STATE'],
      [
        ['new-b-01', 'done'],
        ['b', 'failed'],
      ],
    );
    expect(table).toBe('HOST      STATE\nnew-b-01  done\nb         failed');
  });

  it('wraps the last column at words, and long words anywhere', () => {
    const table = renderTable(['HOST', 'MESSAGE'], [['new-b-01', `the disk is full ${'x'.repeat(25)}`]], {
      width: 30,
    });
    expect(table).toBe(
      [
        'HOST      MESSAGE',
        'new-b-01  the disk is full',
        `          ${'x'.repeat(20)}`,
        '          xxxxx',
      ].join('\n'),
    );
  });

  it('counts wide characters as two columns', () => {
    const table = renderTable(
      ['HOST', 'MESSAGE'],
      [
        ['机房', '磁盘已满'.repeat(3)],
        ['🚀', 'ok'],
      ],
      { width: 26 },
    );
    expect(table).toBe(['HOST  MESSAGE', '机房  磁盘已满磁盘已满磁盘', '      已满', '🚀    ok'].join('\n'));
  });

  it('makes the text of a host harmless before it is painted', () => {
    const cell = { text: '\x1b[2Jgone\nnext \x07', paint: red };
    expect(renderTable(['A', 'B'], [['\x1b]0;x\x07a', cell]])).toBe(`A  B\na  ${red('gone next \\x07')}`);
  });

  it('keeps the last column readable on a narrow terminal', () => {
    const table = renderTable(['HOST', 'MESSAGE'], [['a-very-long-host-name', 'one two three four']], {
      width: 20,
    });
    expect(table.split('\n').slice(1)).toEqual(['a-very-long-  one two three', 'host-name     four']);
  });

  it('breaks names between their parts, the widest first, where the last column cannot give more', () => {
    const table = renderTable(
      ['HOST', 'ADDRESS', 'STATE'],
      [['web-b-01', 'a-very-long-host.example.net:8080', 'in traffic']],
      { width: 38 },
    );
    expect(table.split('\n')).toEqual([
      'HOST      ADDRESS            STATE',
      'web-b-01  a-very-long-host.  in',
      '          example.net:8080   traffic',
    ]);
  });

  it('leaves a name whole that has no parts, and is wider than the terminal', () => {
    const table = renderTable(['HOST', 'STATE'], [['x'.repeat(30), 'in traffic']], { width: 20 });
    expect(table.split('\n')[1]).toBe(`${'x'.repeat(30)}  in`);
  });

  it('is only its head without rows', () => {
    expect(renderTable(['HOST', 'STATE'], [])).toBe('HOST  STATE');
  });
});

describe('fitLine', () => {
  it.each([
    ['short', 10, 'short'],
    ['exactly ten', 11, 'exactly ten'],
    ['one too many', 11, 'one too ma…'],
    ['磁盘已满', 6, '磁盘…'],
    ['text', 1, '…'],
    ['text', 0, ''],
  ])('%j in %d columns is %j', (text, columns, expected) => {
    expect(fitLine(text, columns)).toBe(expected);
  });

  it('closes the colours it cuts', () => {
    expect(fitLine(red('abcdef'), 4)).toBe(`${red('abc')}…`);
  });
});

it('wrapLine and padLine count columns', () => {
  expect(wrapLine('磁盘已满', 4)).toBe('磁盘\n已满');
  expect(padLine('磁盘', 6)).toBe('磁盘  ');
});
