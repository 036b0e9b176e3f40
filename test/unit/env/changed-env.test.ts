import { expect, it } from 'vitest';
import type { EnvConfig } from '../../../src/lib/config/config-types.js';
import { changedEnv } from '../../../src/lib/env/changed-env.js';
import { envOfRoom } from '../../../src/lib/env/env-file.js';
import type { SecretText } from '../../../src/lib/masking/secret.js';
import type { Plan } from '../../../src/lib/plan/plan.js';
import { hostNamed } from '../../support/fake-room.js';

type Values = Readonly<Record<string, SecretText>>;

function envWith(common: Values, ofB: Values = {}): EnvConfig {
  const rooms = new Map([['B', new Map(Object.entries(ofB))]]);
  return { file: '/etc/shop/env', common: new Map(Object.entries(common)), rooms } as unknown as EnvConfig;
}

function changed(then: EnvConfig, now: EnvConfig | undefined): string {
  const action = { kind: 'env.write', path: '/etc/shop/env', mode: '640', values: envOfRoom(then, 'B') };
  const lane = { name: 'b1', host: 'b1', steps: [{ id: 'configure', title: 'configure', action }] };
  const plan = {
    scope: { apps: ['shop'], groups: ['web'], rooms: ['B'] },
    hosts: [{ ...hostNamed('b1'), room: 'B' }],
    stages: [{ id: 'expand', lanes: [lane], standby: [] }],
  };
  return changedEnv(plan as unknown as Plan, new Map([['shop', { env: now }]]));
}

const secret: SecretText = [{ secret: 'DB_PASSWORD' }];

it.each<[string, EnvConfig, EnvConfig | undefined, string]>([
  ['the same', envWith({ PORT: ['8080'], PW: secret }), envWith({ PORT: ['8080'], PW: secret }), ''],
  ['another value', envWith({ PORT: ['abc'] }), envWith({ PORT: ['8080'] }), 'PORT'],
  [
    'another value for this room',
    envWith({ PORT: ['1'] }),
    envWith({ PORT: ['1'] }, { PORT: ['2'] }),
    'PORT',
  ],
  ['a value more, and one less', envWith({ A: ['1'] }), envWith({ B: ['1'] }), 'A, B'],
  ['another secret', envWith({ PW: secret }), envWith({ PW: [{ secret: 'OTHER' }] }), 'PW'],
  ['no environment any more', envWith({ PORT: ['1'] }), undefined, ''],
])('a configuration that has %s', (_what, then, now, words) => {
  expect(changed(then, now)).toBe(words);
});

it('names no more than a line holds', () => {
  const many = (value: string) =>
    envWith(Object.fromEntries(Array.from({ length: 8 }, (_, index) => [`N${index}`, [value]])));
  expect(changed(many('1'), many('2'))).toBe('N0, N1, N2, N3, N4 and 3 more');
});
