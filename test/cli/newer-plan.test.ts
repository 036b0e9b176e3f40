import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { planChecksum } from '../../src/lib/plan/checksum.js';
import { kuafu } from '../support/kuafu.js';
import { copyLastLedger, inLedger } from '../support/last-release.js';
import { scratchFolder } from '../unit/ledger/fixture.js';

/** Of the working day: a restart that failed, and an expansion that is done. */
const FAILED = '261130-cbc5';
const DONE = '261130-96ap';

let folder: Awaited<ReturnType<typeof scratchFolder>>;
let file: string;
let config: string;

const run = (...words: readonly string[]) => kuafu([...words, '--config', config]);

/** As a kuafu of after tomorrow would write it, which this one cannot know: its sum fits. */
function makeNewer(id: string): void {
  const plan = { version: 3, kind: 'of-tomorrow', phases: [{ hosts: ['web-a-01'] }] };
  const sum = planChecksum(plan);
  inLedger(
    file,
    'update plans set body = ?, checksum = ? where operation = ?',
    JSON.stringify(plan),
    sum,
    id,
  );
}

beforeEach(async () => {
  folder = await scratchFolder();
  ({ file, config } = await copyLastLedger('working-day', folder.path));
  await run('ops', 'list'); // brings it up to date
  makeNewer(FAILED);
  makeNewer(DONE);
});

afterEach(() => folder.remove());

describe('an operation whose plan is of a newer version', () => {
  it.each([
    ['ops', 'show', FAILED],
    ['ops', 'show', FAILED, '--events'],
    ['ops', 'resume', FAILED, '--dry-run'],
    ['ops', 'resume', FAILED],
    ['ops', 'resume', DONE],
    ['ops', 'close', FAILED, '--yes'],
    ['scale', '--undo', DONE, '--yes'],
  ])('is refused by %s %s %s', async (...words) => {
    const before = inLedger(file, 'select id, state, closed, owner from operations');
    const { code, stdout, stderr } = await run(...words);
    expect({ code, stdout }).toEqual({ code: 3, stdout: '' });
    expect(stderr).toMatch(/the plan of operation 261130-\w{4} was made by a newer kuafu \(plan version 3/);
    expect(stderr).toMatch(/\nuse the kuafu that made it/);
    expect(stderr).not.toMatch(/\n {4}at /);
    expect(inLedger(file, 'select id, state, closed, owner from operations')).toEqual(before);
  });

  it('is listed with all others, and counted', async () => {
    const list = await run('ops', 'list');
    expect(list.code).toBe(0);
    expect(list.stdout.trimEnd().split('\n')).toHaveLength(8);
    expect(list.stdout).toMatch(new RegExp(`\\n${FAILED} +failed .*restart shop/web in room A: 2 hosts`));
    expect((await run('ops', 'show', '261130-ea4y')).code).toBe(0);
    expect((await run('ops', 'stats')).code).toBe(0);
  });
});
