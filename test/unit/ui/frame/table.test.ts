import { describe, expect, it } from 'vitest';
import { fitLine, padLine, wrapLine } from '../../../../src/lib/ui/frame/fit.js';
import { renderTable } from '../../../../src/lib/ui/frame/table.js';

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

  it('makes a record of each row where the columns have no room, and loses nothing', () => {
    const rows = [
      ['a-very-long-host-name', '', 'one two three four'],
      ['b', '7', 'x'.repeat(20)],
    ];
    expect(renderTable(['HOST', 'N', 'MESSAGE'], rows, { width: 24 }).split('\n')).toEqual([
      'HOST     a-very-long-hos',
      '    t-name',
      'MESSAGE  one two three',
      '    four',
      '',
      'HOST     b',
      'N        7',
      'MESSAGE  xxxxxxxxxxxxxxx',
      '    xxxxx',
    ]);
  });

  it('breaks other columns between words and after commas, and never inside a name', () => {
    const table = renderTable(
      ['HOST', 'GROUPS', 'STATE'],
      [['web-b-01', 'shop/web,mail/imap,search-index/web', 'in traffic']],
      { width: 40 },
    );
    expect(table.split('\n')).toEqual([
      'HOST      GROUPS            STATE',
      'web-b-01  shop/web,         in traffic',
      '          mail/imap,',
      '          search-index/web',
    ]);
  });

  it.each([120, 80, 40])('takes no id, host or flag apart at %i columns', (width) => {
    const head = ['ID', 'STATE', 'STARTED +08:00', 'TIME', 'BY', 'WHAT'];
    const ids = ['261129-jdnd', '261129-k3f9'];
    const rows = ids.map((id) => [
      id,
      'interrupted',
      '11-29 21:32',
      '12m31s',
      'a.long.operator.name (cron), resumed',
      `scale shop/web in room B by 12 hosts: web-b-[01-12],new-b-117 --max-unhealthy ${'because '.repeat(9)}`,
    ]);
    const lines = renderTable(head, rows, { width }).split('\n');
    for (const line of lines) expect(line.length).toBeLessThanOrEqual(width);
    for (const word of [...ids, 'a.long.operator.name', 'web-b-[01-12],', 'new-b-117', '--max-unhealthy'])
      expect(lines.filter((line) => line.includes(word)).length).toBeGreaterThan(0);
    const said = lines.join(' ').match(/because/g) ?? [];
    expect(said).toHaveLength(18);
  });

  const HEAD = ['HOST', 'ADDRESS', 'STATE', 'MESSAGE'];
  const long = 'never healthy: http://198.18.2.11:8080/healthz: HTTP 404';
  const told = [
    ['web-b-01', '198.18.2.11', 'failed', long],
    ['web-b-02', '198.18.2.12', 'done', ''],
  ];

  it('puts a long text below its row rather than squeeze it or give the table up', () => {
    expect(renderTable(HEAD, told, { width: 48, textBelow: true }).split('\n')).toEqual([
      'HOST      ADDRESS      STATE',
      'web-b-01  198.18.2.11  failed',
      '  never healthy:',
      '  http://198.18.2.11:8080/healthz: HTTP 404',
      'web-b-02  198.18.2.12  done',
    ]);
    expect(renderTable(HEAD, told, { width: 100, textBelow: true })).toContain(`failed  ${long}`);
  });

  it('leaves out what can be spared before it gives the table up', () => {
    const options = { width: 24, textBelow: true, spared: ['ADDRESS'] };
    expect(renderTable(HEAD, told, options).split('\n').slice(0, 3)).toEqual([
      'HOST      STATE',
      'web-b-01  failed',
      '  never healthy:',
    ]);
  });

  it('is only its head without rows', () => {
    expect(renderTable(['HOST', 'STATE'], [])).toBe('HOST  STATE');
  });
});

describe('fitLine', () => {
  it.each([
    ['short', 10, 'short'],
    ['exactly ten', 11, 'exactly ten'],
    ['one too many', 11, 'one too …'],
    ['a verylongword', 11, 'a verylong…'],
    ['磁盘已满', 6, '磁盘…'],
    ['text', 1, '…'],
    ['text', 0, ''],
  ])('%j in %d columns is %j', (text, columns, expected) => {
    expect(fitLine(text, columns)).toBe(expected);
  });

  it('closes the colours it cuts', () => {
    expect(fitLine(red('abcdef'), 4)).toBe(`${red('abc')}…`);
    expect(fitLine(`${red('✗')} no route to host`, 13)).toBe(`${red('✗')} no route …`);
    expect(fitLine(`a${red('漢字')}bc`, 4)).toBe(`a${red('漢')}…`);
    expect(fitLine(`${red('▓▓')}░░ e\u0301e\u0301`, 6)).toBe(`${red('▓▓')}░░ …`);
  });
});

it('wrapLine and padLine count columns', () => {
  expect(wrapLine('磁盘已满', 4)).toBe('磁盘\n已满');
  expect(padLine('磁盘', 6)).toBe('磁盘  ');
});
