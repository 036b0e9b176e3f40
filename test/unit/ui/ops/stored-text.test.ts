import stringWidth from 'string-width';
import { expect, it } from 'vitest';
import type { OperationRecord } from '../../../../src/lib/ledger/ledger.js';
import type { RunEvent } from '../../../../src/lib/record/events.js';
import type { StepMatrix } from '../../../../src/lib/record/step-matrix.js';
import { renderClosed, renderOperation, renderOperationList } from '../../../../src/lib/ui/ops/ops-view.js';
import { renderStepTable } from '../../../../src/lib/ui/run/step-table.js';
import { recordOf, troubledRecord } from '../sample-record.js';

const now = new Date('2026-11-23T12:00:00.000Z');
const EVIL = `\u001b]52;c;aGk=\u0007\u001b[2Jfirst\nsecond\u202e${'x'.repeat(50_000)}`;

/** Every text of a record, but what says which kind something is, made hostile. */
function edited<T>(value: T, key = ''): T {
  if (typeof value === 'string')
    return (
      /^(?:at|startedAt|finishedAt|type|status|state|kind|launched|stage|id|pass|level)$/.test(key)
        ? value
        : `${value}${EVIL}`
    ) as T;
  if (Array.isArray(value)) return value.map((each) => edited(each, key)) as T;
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, edited(each, name)])) as T;
}

it.each<readonly [string, (record: OperationRecord) => string]>([
  ['the view of an operation', (record) => renderOperation(record, { now, events: true })],
  ['the list', (record) => renderOperationList([record], { now })],
  ['the word of a close', (operation) => renderClosed({ operation, freed: [], unfit: [] }, false)],
])('no text of a ledger that somebody has edited reaches the terminal as it is: %s', (_, render) => {
  const text = render(edited(troubledRecord()));
  expect(text).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e]/);
  expect(text).not.toMatch(/^second/m);
  expect(text.length).toBeLessThan(200_000);
});

it('the table of steps keeps within the narrowest terminals', () => {
  const { plan, events } = troubledRecord();
  for (const width of [16, 20, 24]) {
    const lines = renderOperation(recordOf(plan, events), { now, width }).split('\n');
    const from = lines.findIndex((line) => line.startsWith('HOST'));
    const table = lines.slice(
      from,
      lines.findIndex((line) => line.includes('✓ done')),
    );
    expect(Math.max(...table.map(stringWidth))).toBeLessThanOrEqual(width);
    expect(table.join('\n')).toContain('h-11');
  }
});

it('a table of many steps is cut into several, each with the hosts', () => {
  const count = 12;
  const cell = { state: 'done', elapsedMs: 1000 };
  const row = { host: 'h-1', cells: Array.from({ length: count }, () => cell) };
  const columns = row.cells.map((_, index) => ({ step: `step-${index + 1}` }));
  const text = renderStepTable({ rows: [row], columns } as unknown as StepMatrix, 16);
  const table = text.split('\n').filter((line) => /^(?:HOST|h-1)/.test(line));
  expect(Math.max(...table.map(stringWidth))).toBeLessThanOrEqual(16);
  expect(table.join(' ').match(/✓/g)).toHaveLength(count);
  expect(table.filter((line) => line.startsWith('HOST')).length).toBeGreaterThan(1);
});

it('says who told an operation to stop', () => {
  const { plan, events } = troubledRecord();
  const heard: RunEvent = {
    at: '2026-11-23T10:00:30.000Z',
    type: 'heard',
    signal: 1,
    word: 'stop',
    by: 'li',
  };
  expect(renderOperation(recordOf(plan, [...events, heard]), { now })).toMatch(
    /^told {6}stop by li at 2026-11-23/m,
  );
});
