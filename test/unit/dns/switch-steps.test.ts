import { describe, expect, it } from 'vitest';
import type { DnsProvider } from '../../../src/lib/config/config-types.js';
import { partlyMoved } from '../../../src/lib/dns/moved-weights.js';
import { planDnsSwitch } from '../../../src/lib/dns/switch-plan.js';
import { parseDnsSwitch } from '../../../src/lib/dns/switch-request.js';
import { planDnsUndo } from '../../../src/lib/dns/undo-plan.js';
import type { Health } from '../../../src/lib/host/health-check.js';
import { weightedSet } from '../../../src/lib/layers/dns/powerdns/lua.js';
import { type RecordSet, recordSet } from '../../../src/lib/layers/dns/records.js';
import type { RunEvent } from '../../../src/lib/record/events.js';
import { type DnsWorld, dnsWorld, NEW, OLD, withPlaces } from '../../support/dns-world.js';
import { runUntil } from '../../support/simulated-drill.js';
import { A, B, SHOP } from './sample-zones.js';

// `kuafu dns switch --steps`: users are led by weight, and the entry that receives them is looked at between two steps.
const check = { http: 'http://{address}/healthz', timeoutMs: 1000 };
const [www] = SHOP.names.values();
if (www === undefined) throw new Error('the sample zone has no name');
const ZONE = { ...SHOP, names: new Map([['www', { ...www, health: check }]]) };
const weighted = (a: number, b: number) =>
  weightedSet('www', 5, [
    { address: A, weight: a },
    { address: B, weight: b },
  ]);

function planIn({ facts }: DnsWorld, steps = '10,50,100', provider: DnsProvider = SHOP.provider) {
  const zone = { ...ZONE, provider };
  const request = parseDnsSwitch({ from: 'A', to: 'B', steps }, { dns: new Map([['shop.test', zone]]) });
  const { plan, hint } = planDnsSwitch(request, { ...facts(), zones: request.zones }, []);
  return { hint, plan };
}

/** Nobody waits for a TTL in a unit test. */
const runnable = (there: DnsWorld) => {
  const text = JSON.stringify(withPlaces(planIn(there).plan));
  return JSON.parse(text.replaceAll(/"seconds":\d+/g, '"seconds":0')) as ReturnType<typeof planIn>['plan'];
};

const fromA = (there: DnsWorld) => {
  for (const each of there.all) each.sets = [recordSet('www', 'A', 60, [A])];
  return there;
};
const FROM_A = [recordSet('www', 'A', 60, [A])];

it.each<readonly [readonly [number, number], readonly [number, number], number, readonly number[]]>([
  [[1, 0], [0, 1], 10, [9, 1]],
  [[1, 0], [0, 1], 50, [1, 1]],
  [[1, 1], [0, 1], 10, [9, 11]],
  [[90, 10], [0, 10], 50, [9, 11]],
  [[70, 30], [0, 1], 100, [0, 1]],
])('of %j on the way to %j, %i%% is %j', (before, after, percent, wanted) => {
  const rooms = ([a, b]: readonly [number, number]) =>
    new Map([
      ['A', a],
      ['B', b],
    ]);
  expect([...partlyMoved({ before: rooms(before), after: rooms(after) }, percent).values()]).toEqual(wanted);
});

it('has each step at every authority, asked and held, and plain records in the end', () => {
  const { plan } = planIn(fromA(dnsWorld()));
  expect(plan.title).toBe('switch www.shop.test from A to B in steps of 10, 50, 100%');
  const wanted = (stage: string) =>
    plan.stages
      .find(({ id }) => id === stage)
      ?.lanes.map(({ steps: [step] }) => (step?.action as { changes?: unknown } | undefined)?.changes);
  expect(plan.stages.map(({ id, lanes }) => [id, lanes.length])).toEqual([
    ['claim', 2],
    ...['10%', '50%'].flatMap((step) => [
      [`set ${step}`, 2],
      [`answer ${step}`, 2],
      [`hold ${step}`, 1],
    ]),
    ['set 100%', 2],
    ['answer 100%', 2],
    ['close', 2],
  ]);
  const of = ({ ttlSeconds, values }: RecordSet) => ({ ttlSeconds, values });
  const lua = { name: 'www', type: 'LUA' } as const;
  const plain = { name: 'www', type: 'A' } as const;
  const steps = [
    [
      { ...plain, from: { ttlSeconds: 60, values: [A] }, to: null },
      { ...lua, from: null, to: of(weighted(9, 1)) },
    ],
    [{ ...lua, from: of(weighted(9, 1)), to: of(weighted(1, 1)) }],
    [
      { ...plain, from: null, to: { ttlSeconds: 5, values: [B] } },
      { ...lua, from: of(weighted(1, 1)), to: null },
    ],
  ];
  expect(['set 10%', 'set 50%', 'set 100%'].map(wanted)).toEqual(steps.map((step) => [step, step]));
  const hold = plan.stages.find(({ id }) => id === 'hold 10%')?.lanes[0]?.steps[0]?.action;
  const entry = { name: 'www.shop.test', address: B, check: { host: 'www.shop.test', ...check } };
  expect(hold).toEqual({ kind: 'dns.hold', room: 'B', entries: [entry], seconds: 60 });
});

describe('what is typed', () => {
  it.each([
    '',
    '0,100',
    '10',
    '10,50',
    '50,10,100',
    '10,10,100',
    '10,101',
    'ten,100',
    '1e1,100',
    '-1,100',
    '10,,100',
    '33.3,100',
  ])('%j is refused', (steps) => {
    expect(() => planIn(dnsWorld(), steps)).toThrow('each larger than the one before, and 100 the last');
  });

  it('is refused where the provider answers nobody by weight, by its name', () => {
    const rfc2136: DnsProvider = {
      kind: 'rfc2136',
      servers: new Map(),
      listen: { address: '127.0.0.1', port: 53 },
      key: { name: 'k', algorithm: 'hmac-sha256', secret: { secret: 'TSIG' } },
    };
    for (const provider of [rfc2136, { kind: 'exec', program: ['/d'], timeoutMs: 1 } as const]) {
      const { plan, hint } = planIn(fromA(dnsWorld()), '10,100', provider);
      expect(plan.risks.filter(({ level }) => level === 'refuse')).toEqual([
        {
          level: 'refuse',
          message: `${provider.kind} answers nobody by weight, so it leads no name in steps: www.shop.test`,
        },
      ]);
      expect(hint).toBe('at once: kuafu dns switch --from A --to B --name www.shop.test');
      expect(plan.stages).toEqual([]);
    }
  });
});

describe('a switch in steps', () => {
  it('leads users step by step, and is undone', async () => {
    const there = fromA(dnsWorld());
    const plan = runnable(there);
    const { end } = await runUntil(plan, there, []);
    expect(end).toMatchObject({ state: 'done' });
    for (const each of there.all) {
      expect(each.has(NEW)).toBe(true);
      expect(each.told).toEqual(['claim 1 forward', 'apply', 'apply', 'apply', 'close']);
    }
    const undo = planDnsUndo({ id: 'op-1', plan }, there.facts());
    await runUntil(withPlaces(undo.plan), there, []);
    for (const each of there.all) expect(each.has(FROM_A)).toBe(true);
  });

  it('goes back where the entry that receives is not healthy with its users', async () => {
    let looks = 0;
    const there = fromA(
      dnsWorld(undefined, async (): Promise<Health> => {
        looks += 1;
        return looks === 1 ? { state: 'healthy' } : { state: 'sick', reason: 'HTTP 503' };
      }),
    );
    const { end } = await runUntil(runnable(there), there, []);
    expect(end).toMatchObject({
      state: 'undone',
      message: expect.stringContaining(
        `the entry of room B for www.shop.test is not healthy: ${B}: HTTP 503`,
      ),
    });
    for (const each of there.all) {
      expect(each.has(FROM_A)).toBe(true);
      expect(each.told).toEqual(['claim 1 forward', 'apply', 'apply', 'claim 2 back', 'apply', 'close']);
    }
  });

  it('goes on where the entry could not be asked, and says so', async () => {
    const there = fromA(dnsWorld(undefined, async () => ({ state: 'unknown', reason: 'no answer' })));
    const { end, events } = await runUntil(runnable(there), there, []);
    expect(end).toMatchObject({ state: 'done' });
    const held = events.filter((event) => event.type === 'step-finished' && event.step.startsWith('hold'));
    expect(held).toHaveLength(2);
    for (const event of held)
      expect(event).toMatchObject({
        result: { message: `the entry of room B for www.shop.test could not be asked: ${B}: no answer` },
      });
  });

  it('leaves on its way back what somebody else has set in the middle', async () => {
    const there = fromA(dnsWorld());
    const foreign = recordSet('www', 'LUA', 5, ['A "x()"']);
    there.b.behave = (command) => {
      if (command === 'apply' && there.b.told.length === 2) there.b.sets = [foreign];
    };
    const { end } = await runUntil(runnable(there), there, []);
    expect(end).toMatchObject({ state: 'undone' });
    expect(there.a.has(FROM_A)).toBe(true);
    expect(there.b.has([foreign])).toBe(true);
  });

  it('killed after any event it comes to the same end, and its records are known in the middle', async () => {
    const whole = fromA(dnsWorld());
    const { events } = await runUntil(runnable(whole), whole, []);
    for (let count = 1; count < events.length; count += 1) {
      const there = fromA(dnsWorld());
      const plan = runnable(there);
      const killed = await runUntil(plan, there, [], count);
      const undo = planDnsUndo({ id: 'op', plan }, { ...there.facts(), holders: new Map([['op', 'over']]) });
      expect([count, undo.plan.risks.filter(({ level }) => level === 'refuse')]).toEqual([count, []]);
      const past = JSON.parse(JSON.stringify(killed.events)) as RunEvent[];
      const { end } = await runUntil(plan, there, past);
      expect([count, end?.state]).toEqual([count, 'done']);
      for (const each of there.all) expect([count, each.has(NEW)]).toEqual([count, true]);
    }
  });

  it('is one step where all is asked for, as without', () => {
    const there = dnsWorld();
    expect(planIn(there, '100')).toEqual(planIn(there, ' 100 '));
    expect(planIn(there, '100').plan.stages.map(({ id }) => id)).toEqual(['claim', 'set', 'answer', 'close']);
    expect(there.a.has(OLD)).toBe(true);
  });
});
