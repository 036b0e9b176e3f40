import { expect, it } from 'vitest';
import { Secrets } from '../../../src/lib/masking/secret.js';
import { checkSpares } from '../../../src/lib/scale/spare-check.js';
import { CommandTimeoutError, ConnectError } from '../../../src/lib/ssh/connect-error.js';
import { FakeConnections } from '../../support/fake-connections.js';
import { hostNamed } from '../../support/fake-room.js';
import { samplePlan } from '../ui/sample-plan.js';

const SPARES = ['new-b-01', 'new-b-02'];
const need = {
  ...{ arch: 'x86_64', osId: 'debian', tools: [], diskFree: [], idleUnit: 'shop.service' },
  clock: { of: 'web-a-01', withinMs: 5000 },
};
const plan = {
  ...samplePlan(0),
  hosts: [...SPARES, 'web-a-01'].map((name) => hostNamed(name)),
  stages: [
    {
      ...{ id: 'expand', title: 'expand', standby: [], pass: 'each' as const },
      lanes: SPARES.map((name) => ({
        name,
        host: name,
        steps: [{ id: 'connect', title: 'connect', action: { kind: 'host.connect', need } }],
      })),
    },
  ],
};
const nanoseconds = (aheadMs: number) => `${Date.now() + aheadMs}000000`;

/** Spares of which all is well, but for what is told of a host. */
function hosts(): FakeConnections {
  const fake = new FakeConnections();
  for (const name of SPARES)
    fake.always(name, 'uname', () => ({ stdout: `arch=x86_64\nos=debian\nclock=${nanoseconds(0)}\n` }));
  return fake;
}

it('a spare is not blamed for the clock of the template', async () => {
  const fake = hosts().always('web-a-01', 'date', () => ({ stdout: nanoseconds(3_600_000) }));
  const { unfit, faults } = await checkSpares(plan, fake, new Secrets());
  expect(unfit).toEqual([]);
  const reason = expect.stringMatching(
    /^as new-b-01 is checked: the clock of web-a-01 is (3600\.0|3599\.9) s ahead/,
  );
  expect(faults).toEqual([{ host: 'web-a-01', reason }]);
});

it.each([
  ['has no time', { stdout: '%N' }],
  ['does not answer', new CommandTimeoutError('web-a-01', 'date', 10_000)],
])('nor for a template that %s', async (_, answer) => {
  const { unfit, faults } = await checkSpares(
    plan,
    hosts().always('web-a-01', 'date', answer),
    new Secrets(),
  );
  expect(unfit).toEqual([]);
  expect(faults).toMatchObject([{ host: 'web-a-01' }]);
});

it('nor for one that is not reached', async () => {
  const away = new ConnectError('web-a-01', 'timed-out', 'web-a-01: no answer');
  const { unfit, faults } = await checkSpares(plan, hosts().unreachable('web-a-01', away), new Secrets());
  expect(unfit).toEqual([]);
  expect(faults).toMatchObject([{ host: 'web-a-01' }]);
});

it('a spare is blamed for its own clock, and for saying nothing', async () => {
  const fake = new FakeConnections()
    .always('new-b-01', 'uname', () => ({ stdout: `arch=x86_64\nos=debian\nclock=${nanoseconds(60_000)}\n` }))
    .always('new-b-02', 'uname', new CommandTimeoutError('new-b-02', 'sh', 20_000))
    .always('web-a-01', 'date', () => ({ stdout: nanoseconds(0) }));
  const { unfit, faults } = await checkSpares(plan, fake, new Secrets());
  expect(faults).toEqual([]);
  expect(unfit).toMatchObject([
    { host: 'new-b-01', reason: expect.stringContaining('its clock is 60.0 s ahead of that of web-a-01') },
    { host: 'new-b-02', reason: expect.stringContaining('could not be asked') },
  ]);
});
