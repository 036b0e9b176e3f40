import { expect, it } from 'vitest';
import type { HealthCheck } from '../../../src/lib/config/config-types.js';
import type { Plan } from '../../../src/lib/plan/plan.js';
import { changedHealth } from '../../../src/lib/unit/changed-health.js';
import { hostNamed } from '../../support/fake-room.js';

const check: HealthCheck = {
  http: 'http://{address}:8080/healthz',
  passes: 3,
  everyMs: 1000,
  timeoutMs: 2000,
  withinMs: 30_000,
};
const action = { kind: 'unit.health', check, url: 'http://198.18.2.101:8080/healthz', unit: 'shop.service' };

function changed(health: HealthCheck | undefined, planned: object = action): string {
  const lane = { name: 'b1', host: 'b1', steps: [{ id: 'health', title: 'health', action: planned }] };
  const plan = {
    scope: { apps: ['shop'], groups: ['web'], rooms: ['B'] },
    hosts: [hostNamed('b1')],
    stages: [{ id: 'restart', lanes: [lane], standby: [] }],
  };
  return changedHealth(plan as unknown as Plan, new Map([['shop', { health }]]));
}

it.each([
  ['the same', check, ''],
  [
    'another URL',
    { ...check, http: 'http://{address}:8080/health' },
    'the plan asks http://198.18.2.101:8080/healthz, the configuration says http://198.18.2.101:8080/health',
  ],
  ['other times', { ...check, withinMs: 5000, passes: 1 }, 'the plan has another value for passes, within'],
  ['what an older plan does not have', { ...check, status: [[200, 200]] as const }, ''],
  [
    'nothing',
    undefined,
    'the plan asks http://198.18.2.101:8080/healthz, the configuration has no health check',
  ],
])('a configuration that says %s', (_what, health, words) => {
  expect(changed(health)).toBe(words);
});

it('has nothing to say of a plan that asks nobody', () => {
  expect(changed(undefined, { kind: 'unit.start', unit: 'shop.service' })).toBe('');
});
