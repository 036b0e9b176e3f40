import { expect, it } from 'vitest';
import type { Step } from '../../../src/lib/plan/plan.js';
import { NOT_STARTED } from '../../../src/lib/record/history.js';
import type { Journal } from '../../../src/lib/run/journal.js';
import { runStep } from '../../../src/lib/run/step.js';
import type { StepHandler } from '../../../src/lib/run/step-handler.js';
import { scriptCommand } from '../../../src/lib/shell/quote.js';
import type { Session } from '../../../src/lib/ssh/transport.js';
import { ToldHost } from '../../support/told-host.js';

const WRITE = scriptCommand('rm "$1"', ['/etc/hostname'], 'write', 1000);
const step: Step = { id: 'a', title: 'a step', action: { kind: 'a' } };
const address = { stage: 's', lane: 'web-b-01', step: 'a', undo: false };

/** Runs a step whose outcome was unknown, so that it is probed first. */
async function probed(host: ToldHost, probe: StepHandler['probe']) {
  const handler: StepHandler = {
    apply: async () => ({ changed: true, message: 'applied' }),
    ...(probe ? { probe } : {}),
  };
  const journal = { record: async () => undefined } as unknown as Journal;
  return await runStep(
    step,
    address,
    { ...NOT_STARTED, status: 'unknown' },
    {
      handlers: { a: handler },
      journal,
      contextOf: () => host.context,
    },
  );
}

it('a probe reads, and what it finds counts', async () => {
  const host = new ToldHost();
  const result = await probed(host, async (_action, context) => {
    await (await context.session()).run(scriptCommand('true', [], 'read', 1000));
    return true;
  });
  expect(result).toMatchObject({ status: 'done', changed: false, message: 'was there already' });
  expect(host.told).toEqual(['sh -c true kuafu']);
});

it('a probe that would write by a cast sends nothing, and nothing is applied behind it', async () => {
  const host = new ToldHost();
  const result = await probed(host, async (_action, context) => {
    await ((await context.session()) as Session).run(WRITE);
    return false;
  });
  expect(result).toMatchObject({ status: 'unknown' });
  expect(host.told).toEqual([]);
});
