import { expect, it } from 'vitest';
import { KINDS } from '../../../src/lib/actions.js';
import { Secrets } from '../../../src/lib/masking/secret.js';
import type { RunEvent } from '../../../src/lib/record/events.js';
import { runPlan } from '../../../src/lib/run/runner.js';
import type { Handlers } from '../../../src/lib/run/step-handler.js';
import { ConnectError, LinkLostError } from '../../../src/lib/ssh/connect-error.js';
import type { Session } from '../../../src/lib/ssh/transport.js';
import { newGuards, trafficHandlers } from '../../../src/lib/traffic/handlers.js';
import { renderWhereabouts } from '../../../src/lib/ui/run/whereabouts.js';
import { hostNamed } from '../../support/fake-room.js';
import { MemoryLedger } from '../../support/memory-ledger.js';
import { restartOf } from '../../support/restart-of.js';

const unit = 'shop.service';
const leave = {
  kind: 'traffic.leave',
  balancer: 'lb-b',
  control: '/run/haproxy.sock',
  backend: 'shop',
  address: '198.18.2.101',
  port: 8080,
  wasIn: true,
  floor: { least: 0, members: 'b1', unit, check: null, withinMs: 0 },
};
const plan = restartOf(
  {
    b1: [
      { id: 'leave', title: 'leave', action: leave },
      { id: 'stop', title: 'stop', action: { kind: 'unit.stop', unit, invocation: '1' } },
    ],
  },
  { hosts: ['b1', 'lb-b'].map(hostNamed) },
);

/** The link to the host is lost while it is looked at, and then its key is refused. */
function lostThenRefused() {
  const session = { host: 'b1', run: () => Promise.reject(new LinkLostError('b1')) } as unknown as Session;
  let opened = 0;
  return () =>
    opened++ === 0
      ? Promise.resolve(session)
      : Promise.reject(new ConnectError('b1', 'auth-refused', 'b1 refuses the key'));
}

async function run(handlers: Handlers): Promise<readonly RunEvent[]> {
  const events: RunEvent[] = [];
  await runPlan(plan, {
    operation: 'test-op',
    operator: 'tester',
    past: [],
    budgets: undefined,
    ledger: new MemoryLedger().ledger,
    connections: { session: lostThenRefused(), hangUp: () => undefined, close: async () => undefined },
    kinds: KINDS,
    handlers,
    secrets: new Secrets(),
    listeners: [(event) => events.push(event)],
    forks: 1,
    stop: new AbortController().signal,
    cut: new AbortController().signal,
  });
  return events;
}

it('leaves no doubt about the traffic of a host before its balancer was told anything', async () => {
  const events = await run(trafficHandlers(newGuards()) as unknown as Handlers);
  expect(ends(events)).toEqual(['unknown', 'failed']);
  expect(renderWhereabouts(plan, events)).toBe('in traffic as before       b1');
});

it('leaves a doubt once it may have been told', async () => {
  const events = await run({
    'traffic.leave': {
      tellsBegin: true,
      apply: async (_, context) => {
        const session = await context.session();
        context.begins();
        await session.run({ words: ['true'], effect: 'write', timeoutMs: 1000 });
        return { changed: true, message: '' };
      },
    },
  });
  expect(ends(events)).toEqual(['unknown', 'unknown']);
  expect(renderWhereabouts(plan, events)).toBe('perhaps out of traffic     b1');
});

it('leaves a doubt where nobody says when it begins', async () => {
  const events = await run({
    'traffic.leave': {
      apply: async (_, context) => {
        await (await context.session()).run({ words: ['true'], effect: 'write', timeoutMs: 1000 });
        return { changed: true, message: '' };
      },
    },
  });
  expect(ends(events)).toEqual(['unknown', 'unknown']);
});

function ends(events: readonly RunEvent[]): string[] {
  return events.flatMap((event) =>
    event.type === 'step-finished' && !event.undo ? [event.result.status] : [],
  );
}
