import { expect, it } from 'vitest';
import type { ResolverAnswer } from '../../../src/lib/channel/from-here.js';
import { planDnsSwitch } from '../../../src/lib/dns/switch-plan.js';
import { planDnsUndo } from '../../../src/lib/dns/undo-plan.js';
import { recordSet } from '../../../src/lib/layers/dns/records.js';
import type { RunEvent } from '../../../src/lib/record/events.js';
import { type DnsWorld, dnsWorld, NEW, OLD, withPlaces, ZONE } from '../../support/dns-world.js';
import { runUntil } from '../../support/simulated-drill.js';
import { A, B } from './sample-zones.js';

// What happens after the change: each authority is asked, and the resolvers are.
const RESOLVER = '203.0.113.3';
const GONE: ResolverAnswer = { addresses: [B], ttlSeconds: 5 };
const KEPT: ResolverAnswer = { addresses: [A, B], ttlSeconds: 0 };

/** `withinMs` and `ttlSeconds` as the plan would have them, unless a test cannot wait so long. */
function planIn({ facts }: DnsWorld, resolvers: readonly string[] = [RESOLVER]) {
  const found = facts();
  const zones = [{ ...ZONE, resolvers }];
  const { plan } = planDnsSwitch({ zones, from: 'A', to: 'B', steps: [100] }, { ...found, zones }, []);
  return withPlaces(plan);
}

function impatient<P>(plan: P): P {
  const text = JSON.stringify(plan, (key, value) => (key === 'withinMs' ? 0 : value));
  // The time for which a resolver is waited for is that TTL, and 2 s.
  return JSON.parse(text.replaceAll('"ttlSeconds":60}', '"ttlSeconds":-2}'));
}

const messagesOf = (events: readonly RunEvent[], step: string) =>
  events.flatMap((event) =>
    event.type === 'step-finished' && event.step === step && 'message' in event.result
      ? [event.result.message]
      : [],
  );

it('authorities and resolvers are asked until they give the new answer', async () => {
  const told = [KEPT, KEPT, GONE];
  const there = dnsWorld(async () => told.shift() ?? GONE);
  const { end, events } = await runUntil(planIn(there), there, []);
  expect(end).toMatchObject({ state: 'done' });
  for (const each of there.all) {
    expect(each.has(NEW)).toBe(true);
    expect(each.told).toEqual(['claim 1 forward', 'apply', 'close']);
  }
  expect(told).toEqual([]);
  expect(messagesOf(events, 'forget')).toEqual([`the new answer is at resolver ${RESOLVER}`]);
  expect(events).toContainEqual(
    expect.objectContaining({
      step: 'answer',
      lane: 'dns-b',
      result: expect.objectContaining({
        evidence: [{ what: 'the answer for www.shop.test', seen: B, wanted: B, ok: true }],
      }),
    }),
  );
});

it('all get back what they had where one goes on with its old answer', async () => {
  const there = dnsWorld();
  there.b.stuck = OLD;
  const { end } = await runUntil(impatient(planIn(there)), there, []);
  expect(end).toMatchObject({
    state: 'undone',
    message: expect.stringContaining(`dns-b still gives the answer for www.shop.test: ${A} ${B}`),
  });
  for (const each of there.all) expect(each.has(OLD)).toBe(true);
});

it('a resolver that keeps the old answer after its TTL, and one that is silent, are said', async () => {
  const there = dnsWorld(async (resolver) => {
    if (resolver === RESOLVER) return KEPT;
    throw new Error('queryA ETIMEOUT www.shop.test');
  });
  const { end, events } = await runUntil(impatient(planIn(there, [RESOLVER, '::9'])), there, []);
  expect(end).toMatchObject({ state: 'done' });
  expect(messagesOf(events, 'forget')).toEqual([
    `resolver ${RESOLVER} still tells ${A} for www.shop.test after its TTL; resolver ::9 could not be asked: queryA ETIMEOUT www.shop.test`,
  ]);
});

it('killed after any event it comes to the same end, and is undone', async () => {
  const start = () => dnsWorld(async () => GONE);
  const whole = start();
  const { events } = await runUntil(planIn(whole), whole, []);
  for (let count = 1; count < events.length; count += 1) {
    const there = start();
    const plan = planIn(there);
    const killed = await runUntil(plan, there, [], count);
    const past = JSON.parse(JSON.stringify(killed.events)) as RunEvent[];
    const { end } = await runUntil(plan, there, past);
    expect([count, end?.state]).toEqual([count, 'done']);
    for (const each of there.all)
      expect([count, each.has(NEW), each.state.phase]).toEqual([count, true, 'closed']);
  }
  const undo = planDnsUndo({ id: 'op-1', plan: planIn(start()) }, whole.facts());
  await runUntil(withPlaces(undo.plan), whole, []);
  for (const each of whole.all) expect(each.has([recordSet('www', 'A', 60, [A, B])])).toBe(true);
});
