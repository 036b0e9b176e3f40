import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { Ledger } from '../../src/lib/ledger/ledger.js';
import { openLedger } from '../../src/lib/ledger/open.js';
import { currentOwner } from '../../src/lib/ledger/owner.js';
import type { RunEvent } from '../../src/lib/record/events.js';
import { kuafu } from '../support/kuafu.js';
import { deadOwner, planOf, scratchFolder } from '../unit/ledger/fixture.js';

const CONFIG = `
rooms: {B: {network: 198.18.2.0/24, spare: {new-b-01: 198.18.2.101}}}
apps: {shop: {service: shop.service, files: [/opt/shop], groups: {web: {}}}}
`;
const ASKED: RunEvent = {
  ...{
    at: '2026-11-23T10:00:00.000Z',
    type: 'asked',
    stage: 'hold',
    lane: 'control',
    step: 'hold',
    undo: false,
  },
  ...{ question: 'go home?', words: ['go', 'heal'] },
};

let folder: Awaited<ReturnType<typeof scratchFolder>>;
let config: string;
let ledger: Ledger;

beforeEach(async () => {
  folder = await scratchFolder();
  config = join(folder.path, 'k.yaml');
  const file = join(folder.path, 'ledger.db');
  await writeFile(config, `${CONFIG}ledger: 'sqlite:${file}'\n`);
  ledger = await openLedger({ ledger: { kind: 'sqlite', file } });
});

afterEach(async () => {
  await ledger.close();
  await folder.remove();
});

const run = (...words: readonly string[]) => kuafu([...words, '--config', config], { HOME: folder.path });

it('a running operation is told to stop, and one that nobody runs is not', async () => {
  const id = await ledger.open(planOf([]), currentOwner({}));
  expect(await run('ops', 'stop', id, '--dry-run')).toMatchObject({ code: 0 });
  expect(await ledger.signals(id, 0)).toEqual([]);
  const { code, stderr } = await run('ops', 'stop', id.slice(-4));
  expect({ code, stderr }).toEqual({
    code: 0,
    stderr: `stop request sent to operation ${id}; it takes effect within 2 s\n`,
  });
  expect(await ledger.signals(id, 0)).toMatchObject([{ word: 'stop', about: '' }]);
  await ledger.finish(id, 'failed', '');
  const late = await run('ops', 'stop', id);
  expect(late.code).toBe(3);
  expect(late.stderr).toContain(`nobody runs operation ${id}`);
});

it('a question is shown with its words, and answered by one of them, also where nobody runs the operation', async () => {
  const id = await ledger.open(planOf([]), deadOwner('li'));
  const early = await run('ops', 'answer', id, 'go');
  expect(early).toMatchObject({ code: 3, stderr: expect.stringContaining('asks nothing now') });
  await ledger.append(id, ASKED);
  const shown = await run('ops', 'show', id);
  expect(shown.stdout).toContain(
    `it asks:         go home?\nanswer it:       kuafu -c ${config} ops answer ${id} go|heal`,
  );
  expect(JSON.parse((await run('ops', 'show', id, '--json')).stdout).operation.question).toMatchObject({
    question: 'go home?',
    words: ['go', 'heal'],
  });
  const wrong = await run('ops', 'answer', id, 'maybe');
  expect(wrong).toMatchObject({ code: 3, stderr: expect.stringContaining('go home?; it takes go, heal') });
  const { code, stdout, stderr } = await run('ops', 'answer', id, 'go', '--json');
  expect(code).toBe(0);
  expect(stderr).toContain(`it takes effect with: kuafu -c ${config} ops resume ${id}`);
  expect(JSON.parse(stdout)).toMatchObject({
    kind: 'kuafu.ops-signal',
    word: 'go',
    dryRun: false,
    operation: { id },
  });
  expect(await ledger.signals(id, 0)).toMatchObject([{ word: 'go', about: '["hold","control","hold"]' }]);
});

it('a dry run refuses what the run would refuse', async () => {
  const id = await ledger.open(planOf([]), deadOwner('li'));
  await ledger.append(id, ASKED);
  const could = await run('ops', 'answer', id, 'go', '--dry-run');
  expect(could).toMatchObject({ code: 0, stderr: expect.stringContaining('nothing was changed') });
  expect(await ledger.signals(id, 0)).toEqual([]);
  await ledger.finish(id, 'done', '');
  const really = await run('ops', 'answer', id, 'go');
  expect(really).toMatchObject({ code: 3, stderr: expect.stringContaining('has ended') });
  expect((await run('ops', 'answer', id, 'go', '--dry-run')).code).toBe(3);
});

it('ids and words are completed', async () => {
  const id = await ledger.open(planOf([]), currentOwner({}));
  const dead = await ledger.open(planOf([], { locks: [] }), deadOwner('li'));
  const completed = async (...words: readonly string[]) =>
    (await kuafu(['complete', '--', '--config', config, ...words], { HOME: folder.path })).stdout;
  expect(await completed('ops', 'stop', '')).toContain(id);
  expect(await completed('ops', 'stop', '')).not.toContain(dead);
  expect(await completed('ops', 'answer', '')).toContain(dead);
  expect(await completed('ops', 'answer', dead, '')).toContain('heal');
});
