import { describe, expect, it } from 'vitest';
import { groupOutputs, groupReasons, groupStderr } from '../../../src/lib/fanout/group.js';
import { outcome, unreachable } from './sample-outcomes.js';

describe('groups of outputs', () => {
  it('are the biggest first, then in natural order', () => {
    const outcomes = [
      outcome('web-10', 'b\n'),
      outcome('web-9', 'c\n'),
      outcome('web-2', 'a\n'),
      outcome('web-1', 'a\n'),
    ];
    expect(groupOutputs(outcomes).map(({ hosts, stdout }) => [hosts, stdout])).toEqual([
      [['web-1', 'web-2'], 'a\n'],
      [['web-9'], 'c\n'],
      [['web-10'], 'b\n'],
    ]);
  });

  it.each([
    ['exit status', { exitCode: 3 }],
    ['signal', { status: 'signalled', exitCode: null, signal: 'KILL' }],
    ['cut', { truncated: { stdout: true, stderr: false } }],
    ['deadline', { status: 'timed-out', exitCode: null }],
  ] as const)('keep equal text apart by %s', (_, more) => {
    expect(groupOutputs([outcome('a', 'x'), outcome('b', 'x', more)])).toHaveLength(2);
  });

  it('leave out who never answered, but keep what came before the end', () => {
    const cut = outcome('c', 'half', { status: 'timed-out', exitCode: null });
    const groups = groupOutputs([outcome('a'), unreachable('b', 'no route'), cut]);
    expect(groups.map(({ hosts }) => hosts)).toEqual([['a'], ['c']]);
  });
});

it('stderr is grouped by itself, of those who wrote there', () => {
  const outcomes = [
    outcome('a', 'x', { stderr: 'w' }),
    outcome('b', 'y', { stderr: 'w' }),
    outcome('c', 'z'),
  ];
  expect(groupStderr(outcomes)).toEqual([{ hosts: ['a', 'b'], text: 'w', truncated: false }]);
});

it('reasons are grouped within one status', () => {
  const outcomes = [
    unreachable('a', 'no route'),
    unreachable('b', 'refused'),
    unreachable('c', 'no route'),
    outcome('d'),
  ];
  expect(groupReasons(outcomes, 'unreachable')).toEqual([
    { hosts: ['a', 'c'], text: 'no route', truncated: false },
    { hosts: ['b'], text: 'refused', truncated: false },
  ]);
});
