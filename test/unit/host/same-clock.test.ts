import { expect, it } from 'vitest';
import { clockFault, expectSameClock } from '../../../src/lib/host/same-clock.js';
import type { Session } from '../../../src/lib/ssh/transport.js';

const within = { of: 'web-a-01', withinMs: 5000 };

it.each([
  ['the same time', 0, 0, 10],
  ['one that is a little off', 4000, -900, 10],
  ['a machine whose own clock is an hour off', 3_600_000, 3_601_000, 10],
  ['one that may be right, as the answers were slow', 6000, 0, 1200],
])('%s is good', (_, own, other, answerMs) => {
  const fault = clockFault(within, { offsetMs: own, answerMs }, { offsetMs: other, answerMs });
  expect(fault).toBeUndefined();
});

it.each([
  ['ahead', 6100, 0, 'its clock is 6.1 s ahead of that of web-a-01', undefined],
  ['behind', -3_600_000, 0, 'its clock is 3600.0 s behind that of web-a-01', undefined],
  ['where the template is off', 0, 20_000, 'the clock of web-a-01 is 20.0 s ahead of its own', 'web-a-01'],
])('a host is told that it is %s, and who is at fault', (_, own, other, message, culprit) => {
  const fault = clockFault(within, { offsetMs: own, answerMs: 10 }, { offsetMs: other, answerMs: 10 });
  expect(fault).toEqual({ message: `${message}; see timedatectl on both`, culprit });
});

const own = { answerMs: 10, offsetMs: 0 };

function template(said: () => string): { readonly session: Session; readonly asked: () => number } {
  let asked = 0;
  const run = async () => ({ stdout: said(), asked: ++asked });
  return { session: { host: 'web-a-01', run } as unknown as Session, asked: () => asked };
}

it('a template whose date tells no nanoseconds is at fault itself', async () => {
  const { session } = template(() => '1764500000%N\n');
  await expect(expectSameClock(within, own, session)).rejects.toMatchObject({
    culprit: 'web-a-01',
    failure: 'failed',
  });
});

it('those who connect at the same time ask the template once', async () => {
  const { session, asked } = template(() => `${Date.now()}000000\n`);
  await Promise.all([1, 2, 3].map(() => expectSameClock(within, own, session)));
  expect(asked()).toBe(1);
});

it('what was seen and what is wanted is on record, be it good or not', async () => {
  const evidenceOf = async (aheadMs: number) => {
    const { session } = template(() => `${Date.now()}000000\n`);
    return await expectSameClock(within, { answerMs: 10, offsetMs: aheadMs }, session).catch(
      (error: unknown) => (error as { readonly evidence: readonly unknown[] }).evidence[0],
    );
  };
  const what = 'clock less that of web-a-01';
  expect(await evidenceOf(0)).toMatchObject({ what, wanted: 'within 5.0s', ok: true });
  expect(await evidenceOf(-60_000)).toMatchObject({
    what,
    seen: expect.stringMatching(/^-(59\.9|60\.[01]) s, give or take/),
    ok: false,
  });
});
