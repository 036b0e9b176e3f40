import stringWidth from 'string-width';
import { describe, expect, it } from 'vitest';
import type { OperationFigures, Statistics, StepFigures } from '../../../../src/lib/record/statistics.js';
import { renderStatistics } from '../../../../src/lib/ui/ops/stats-view.js';

const now = new Date('2026-11-23T12:00:00.000Z');
const times = { successRate: 0.9876, medianMs: 754_000, p90Ms: 3_599_000, p99Ms: 3_600_000 };

function operation(kind: string, app: string, room: string): OperationFigures {
  const states = { done: 1012, failed: 104, interrupted: 103, undone: 102, running: 101 };
  return { kind, app, room, count: 1422, ...states, ...times };
}

function step(name: string, { kind, app, room }: OperationFigures): StepFigures {
  const counts = { count: 30_112, done: 30_000, failed: 101, unknown: 11, skipped: 0 };
  return { kind, app, room, step: name, ...counts, ...times };
}

const OPERATIONS = [
  operation('env-rollback', 'payments-gateway', 'A,B'),
  operation('scale', 'shop', 'A'),
  operation('scale', 'shop', 'B'),
];

const statistics: Statistics = {
  operations: OPERATIONS,
  steps: OPERATIONS.flatMap((each) => [step('leave traffic', each), step('configure', each)]),
  reasons: [
    {
      kind: 'env-rollback',
      step: 'configure',
      reason: 'no space left '.repeat(9),
      count: 1234,
      operations: 99,
    },
  ],
  hours: Array.from({ length: 24 }, (_, hour) => 1000 + hour),
};

describe('renderStatistics', () => {
  const text = renderStatistics(statistics, { now, width: 80 });
  const lines = text.split('\n');

  it('stays within 80 columns, with long names, high counts and every state', () => {
    expect(lines.filter((line) => stringWidth(line) > 80)).toEqual([]);
    expect(text).not.toContain('…');
  });

  it('heads the rooms of an application, and the steps of both, by what was done', () => {
    expect(lines.slice(0, 7).map((line) => line.replace(/ {2,}/g, '|'))).toEqual([
      '|ROOM|COUNT|DONE|FAIL|STOP|UNDO|RUN|SUCCESS|MEDIAN|P90|P99',
      'env-rollback payments-gateway',
      '|A,B|1422|1012|104|103|102|101|98.7%|12m34s|59m59s|1h00m',
      'scale shop',
      '|A|1422|1012|104|103|102|101|98.7%|12m34s|59m59s|1h00m',
      '|B|1422|1012|104|103|102|101|98.7%|12m34s|59m59s|1h00m',
      '',
    ]);
    expect(lines.filter((line) => /^scale shop/.test(line))).toEqual([
      'scale shop',
      'scale shop A',
      'scale shop B',
    ]);
    expect(lines.filter((line) => /^ {2}leave traffic +30112 +30000 +101 +11 /.test(line))).toHaveLength(3);
  });

  it('has no column for a state that nothing is in', () => {
    const none = { failed: 0, interrupted: 0, undone: 0, running: 0 };
    const [first] = OPERATIONS;
    const quiet = { ...statistics, operations: first === undefined ? [] : [{ ...first, ...none }] };
    expect(renderStatistics(quiet, { now }).split('\n')[0]).toMatch(/^ {2}ROOM +COUNT +DONE +SUCCESS/);
  });
});
