import { expect, it } from 'vitest';
import type { HostResult, OperationResult } from '../../../../src/lib/record/result.js';
import { renderResult, renderSummary } from '../../../../src/lib/ui/run/result-view.js';

function host(name: string, state: HostResult['state'], message = ''): HostResult {
  return {
    host: name,
    address: '198.18.2.101',
    room: 'B',
    stepsDone: state === 'done' ? 8 : 3,
    stepsTotal: 8,
    state,
    elapsedMs: 12_300,
    message,
  };
}

function result(wanted: number, hosts: readonly HostResult[]): OperationResult {
  const done = hosts.filter(({ state }) => state === 'done').length;
  return { state: 'done', message: '', wanted, done, hosts, elapsedMs: 41_000 };
}

it('is a table and a summary line', () => {
  const hosts = [
    host('new-b-01', 'done'),
    host('new-b-07', 'set-aside', 'new-b-07: disk full'),
    host('new-b-21', 'done'),
  ];
  expect(renderResult(result(2, hosts), { outcome: 'in traffic' })).toBe(
    `HOST      ADDRESS       ROOM  STEPS  STATE      TIME   MESSAGE
new-b-01  198.18.2.101  B     8/8    done       12.3s
new-b-07  198.18.2.101  B     3/8    set aside  12.3s  new-b-07: disk full
new-b-21  198.18.2.101  B     8/8    done       12.3s

2 of 2 hosts in traffic, 1 set aside (new-b-07: disk full), 41.0s`,
  );
});

it('names the hosts of every way not to be done, equal reasons together', () => {
  const hosts = [
    host('b-1', 'failed', 'b-1: no route'),
    host('b-2', 'failed', 'b-2: no route'),
    host('b-3', 'failed', 'disk full'),
    host('b-4', 'unknown', 'link lost'),
    host('b-5', 'not-started'),
  ];
  expect(renderSummary(result(5, hosts))).toBe(
    '0 of 5 hosts done, 3 failed (b-[1-2]: no route; b-3: disk full), 1 unknown (b-4: link lost), 1 not begun (b-5), 41.0s',
  );
});
