import { describe, expect, it } from 'vitest';
import { renderDiff } from '../../../../src/lib/ui/exec/exec-diff.js';
import {
  renderBoxScore,
  renderOutputs,
  renderRemarks,
  renderStderr,
} from '../../../../src/lib/ui/exec/exec-view.js';
import { outcome, unreachable } from '../../fanout/sample-outcomes.js';

const view = { outputLimit: 1000 };
const many = (stdout: string, count = 3) =>
  Array.from({ length: count }, (_, index) => outcome(`web-b-${index + 1}`, stdout));

describe('outputs', () => {
  it('of one line stand on one line, a failing end in front of them', () => {
    const odd = [
      outcome('web-b-8', 'inactive\n', { exitCode: 3 }),
      outcome('web-b-9', '', { status: 'signalled', exitCode: null, signal: 'KILL' }),
    ];
    expect(renderOutputs([...odd, ...many('active\n')], view)).toBe(
      'web-b-[1-3]: active\nweb-b-8 (exit 3): inactive\nweb-b-9 (ended by SIGKILL): (no output)',
    );
  });

  it('stand behind names that are broken between them, and are as they were', () => {
    const outcomes = [
      outcome('web-a-01', 'a  long line of a host\n'),
      outcome('db-a-01', 'a  long line of a host\n'),
    ];
    expect(renderOutputs(outcomes, { ...view, width: 12 })).toBe(
      'db-a-01,\nweb-a-01: a  long line of a host',
    );
  });

  it('of several lines stand under a heading, with air around them', () => {
    const outcomes = [
      ...many('a\n\n'),
      outcome('web-b-8', 'a\nb\n', { exitCode: 1 }),
      outcome('web-b-9', 'c'),
    ];
    expect(renderOutputs(outcomes, view)).toBe(
      'web-b-[1-3]: a\n\nweb-b-8 (1 host, exit 1)\na\nb\n\nweb-b-9: c',
    );
  });

  it('say when they were cut', () => {
    const cut = [outcome('web', 'aaaa', { stderr: 'bbbb', truncated: { stdout: true, stderr: true } })];
    expect(renderStderr(cut, view)).toBe(
      'web (1 host, stderr)\nbbbb\n… cut: only the last 1.0 kB of it were kept',
    );
    expect(renderOutputs(cut, view)).toBe(
      'web (1 host)\naaaa\n… cut: only the first 1.0 kB of it were kept; --out-dir keeps all',
    );
  });

  it('reach the terminal harmless', () => {
    const hostile = '\x1b[2J\x1b]0;owned\x07ok\x9b31m\u202egnp\r\nweb\x00\n';
    const text = renderOutputs([outcome('web', hostile, { stderr: hostile })], view);
    expect(text).toBe('web (1 host)\nok\\u202egnp\nweb\\x00');
    expect(renderStderr([outcome('web', '', { stderr: hostile })], view)).not.toMatch(/[\x00-\x09\x0b-\x1f]/);
  });
});

it('stderr is told from stdout', () => {
  const outcomes = many('x').map((each) => ({ ...each, stderr: 'no such file\n' }));
  expect(renderStderr(outcomes, view)).toBe('web-b-[1-3] (stderr): no such file');
});

it('hosts without a result are folded by reason, with what to do about it', () => {
  const outcomes = [
    unreachable('web-b-1', 'no answer', 'is it up?'),
    unreachable('web-b-2', 'no answer', 'is it up?'),
    outcome('web-b-3', '', { status: 'pending', exitCode: null, message: 'not begun' }),
  ];
  expect(renderRemarks(outcomes, view)).toBe(
    'unreachable: web-b-[1-2]: no answer\n  is it up?\npending: web-b-3: not begun',
  );
});

it('what else is to be known of hosts with a result is a note', () => {
  const held = { message: 'its output is still held', hint: 'nohup' };
  const outcomes = [outcome('web-b-1', 'started', held), outcome('web-b-2', 'started', held)];
  expect(renderRemarks(outcomes, view)).toBe('note: web-b-[1-2]: its output is still held\n  nohup');
});

it('the box score counts all', () => {
  expect(renderBoxScore({ done: 198, failed: 1, unreachable: 1, pending: 0 }, 2100)).toBe(
    '198 done, 1 failed, 1 unreachable, 0 pending, 2.1s',
  );
});

describe('--diff', () => {
  it('names the majority once and shows what the others have different', () => {
    const outcomes = [
      ...many('a\nb\nc\n'),
      outcome('web-b-8', 'a\nB\nc\n'),
      outcome('web-b-9', 'a\nb\nc\n', { exitCode: 1 }),
    ];
    expect(renderDiff(outcomes, view)).toEqual({
      text: [
        'majority web-b-[1-3] (3 hosts)\na\nb\nc',
        'web-b-8 (1 host)\n@@ -1,3 +1,3 @@\n a\n-b\n+B\n c',
        'web-b-9 (1 host, exit 1)\nsame output as the majority, another end',
      ].join('\n\n'),
      differing: ['web-b-8', 'web-b-9'],
    });
  });

  it('claims no majority where there is none, and no difference where all are alike', () => {
    expect(renderDiff([outcome('a', 'x'), outcome('b', 'y')], view).text).toMatch(/^biggest group a: x\n/);
    expect(renderDiff(many('x'), view)).toEqual({ text: 'majority web-b-[1-3]: x', differing: [] });
    expect(renderDiff([unreachable('a', 'no route')], view)).toEqual({ text: '', differing: [] });
  });

  it('gives up on texts that have nothing in common', () => {
    const lines = (word: string) => Array.from({ length: 3000 }, (_, n) => `${word} ${n}`).join('\n');
    expect(renderDiff([outcome('a', lines('x')), outcome('b', lines('y'))], view).text).toContain(
      'more than 2000 lines are different',
    );
  });
});
