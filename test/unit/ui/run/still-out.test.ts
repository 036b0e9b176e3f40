import { expect, it } from 'vitest';
import type { HostState } from '../../../../src/lib/record/result.js';
import { stillOut } from '../../../../src/lib/ui/run/still-out.js';

const since = '2026-11-29T21:40:05.000Z';
const rows = ['web-b-01', 'web-b-02', 'web-b-03'].map((host) => ({
  ...{ host, app: 'shop', operator: 'wang\u001b[2J', since, operation: '261129-k3f9' },
}));
const plan = { scope: { apps: ['shop'], groups: ['web'], rooms: ['B'] } };
const ended = (...states: readonly HostState[]) => ({
  hosts: states.map((state, index) => ({
    ...{ host: `web-b-0${index + 1}`, address: '', room: 'B', state, message: '' },
    ...{ stepsDone: 1, stepsTotal: 1, elapsedMs: 1 },
  })),
});

it('are hosts that an operator keeps out, with the line that brings them back', () => {
  const found = stillOut(rows, { id: '261130-aaaa', plan }, ended('done', 'done', 'failed'));
  expect(found?.command).toBe("kuafu traffic ready 'web-b-[01-02]'");
  expect(found?.why).toMatch(
    /^still out of traffic: web-b-\[01-02\] drained by wang.* 21:40 UTC .*; back in$/,
  );
  expect(found?.why).not.toContain('\u001b');
});

it('are none that this operation took out, that did not pass, or that are out for another application', () => {
  expect(stillOut(rows, { id: '261129-k3f9', plan }, ended('done'))).toBeUndefined();
  expect(stillOut(rows, { id: '261130-aaaa', plan }, ended('failed'))).toBeUndefined();
  const other = { scope: { ...plan.scope, apps: ['blog'] } };
  expect(stillOut(rows, { id: '261130-aaaa', plan: other }, ended('done'))).toBeUndefined();
});
