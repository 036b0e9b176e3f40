import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { openLedger } from '../../../src/lib/ledger/open.js';
import { currentOwner } from '../../../src/lib/ledger/owner.js';
import { planOf, scratchFolder } from './fixture.js';
import { transpileLedger } from './transpiled.js';

const CONTENDER = fileURLToPath(new URL('contender.mjs', import.meta.url));
const CONTENDERS = 5;

interface Outcome {
  readonly lock: boolean;
  readonly message: string;
  readonly exitCode: number;
  readonly host: boolean;
}

describe('several processes on one ledger', { timeout: 60_000 }, () => {
  let sources: Awaited<ReturnType<typeof transpileLedger>>;
  let folder: Awaited<ReturnType<typeof scratchFolder>>;
  let file: string;
  const children: ChildProcessWithoutNullStreams[] = [];

  beforeAll(async () => {
    sources = await transpileLedger();
  }, 60_000);
  afterAll(() => sources.remove());

  beforeEach(async () => {
    folder = await scratchFolder();
    file = join(folder.path, 'ledger.db');
  });

  afterEach(async () => {
    for (const child of children.splice(0)) {
      child.kill('SIGKILL');
      if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
    }
    await folder.remove();
  });

  const start = (...mode: readonly string[]) => {
    const plan = JSON.stringify(planOf([]));
    const child = spawn(process.execPath, [CONTENDER, sources.path, file, plan, ...mode]);
    children.push(child);
    child.stderr.pipe(process.stderr);
    return child;
  };

  it('make it together, and give one lock and one spare to one of them', async () => {
    const contenders = Array.from({ length: CONTENDERS }, () => start('contend'));
    const answers = contenders.map((child) => createInterface(child.stdout)[Symbol.asyncIterator]());
    await Promise.all(answers.map((lines) => lines.next())); // ready
    for (const child of contenders) child.stdin.write('go\n');
    const outcomes = await Promise.all(
      answers.map(async (lines) => JSON.parse((await lines.next()).value) as Outcome),
    );
    expect(outcomes.filter((outcome) => outcome.lock)).toHaveLength(1);
    expect(outcomes.filter((outcome) => outcome.host)).toHaveLength(1);
    const winner = children[outcomes.findIndex((outcome) => outcome.lock)];
    for (const loser of outcomes.filter((outcome) => !outcome.lock)) {
      expect(loser.exitCode).toBe(3);
      expect(loser.message).toContain(`pid ${winner?.pid}`);
    }
    const ledger = await openLedger({ ledger: { kind: 'sqlite', file } });
    expect(await ledger.list({})).toHaveLength(CONTENDERS + 1);
    expect(await ledger.takenSpares()).toHaveLength(1);
    await ledger.close();
  });

  it('reserve the last spare by hand once', async () => {
    const setUp = await openLedger({ ledger: { kind: 'sqlite', file } });
    await setUp.open(planOf(['taken']), currentOwner({}));
    const contenders = Array.from({ length: 4 }, () => start('reserve'));
    const answers = contenders.map((child) => createInterface(child.stdout)[Symbol.asyncIterator]());
    await Promise.all(answers.map((lines) => lines.next())); // ready
    for (const child of contenders) child.stdin.write('go\n');
    const outcomes = await Promise.all(answers.map(async (lines) => JSON.parse((await lines.next()).value)));
    expect(outcomes.filter(({ hosts }) => hosts.length > 0)).toMatchObject([{ hosts: ['last'] }]);
    const losers = outcomes.filter(({ hosts }) => hosts.length === 0);
    expect(losers).toHaveLength(3);
    for (const loser of losers)
      expect(loser).toMatchObject({
        exitCode: 3,
        message: '1 spare host is wanted, none is free; nothing was reserved',
      });
    expect((await setUp.takenSpares()).map(({ host }) => host).toSorted()).toEqual(['last', 'taken']);
    await setUp.close();
  });

  it('lose nothing that was acknowledged when one is killed, and its operation can be resumed', async () => {
    const child = start('append');
    const acknowledged = new Map<string, number>();
    let count = 0;
    for await (const line of createInterface(child.stdout)) {
      const { host, step } = JSON.parse(line) as { host: string; step: number };
      acknowledged.set(host, step);
      count += 1;
      if (count === 300) child.kill('SIGKILL');
    }
    const ledger = await openLedger({ ledger: { kind: 'sqlite', file } });
    const [operation] = await ledger.list({});
    expect(operation).toMatchObject({ state: 'running', crashed: true, resumable: true });
    const { events } = await ledger.takeOver(operation?.id ?? '', currentOwner({}));
    for (const [host, last] of acknowledged) {
      const steps = events.flatMap((event) =>
        event.type === 'step-started' && event.lane === host ? [Number(event.step)] : [],
      );
      expect(steps).toEqual(steps.map((_, index) => index));
      expect(steps.length).toBeGreaterThan(last);
    }
    await ledger.close();
  });
});
