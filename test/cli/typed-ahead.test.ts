import { afterEach, beforeEach, expect, it } from 'vitest';
import { copyLastLedger, inLedger } from '../support/last-release.js';
import { KEYS, onTerminal, type Typed } from '../support/terminal.js';
import { scratchFolder } from '../unit/ledger/fixture.js';

/** Of the working day: a restart that failed. */
const FAILED = '261130-cbc5';
/** Once this is shown, the keys are typed at the question. */
const ASKED = 'Give up operation';

let folder: Awaited<ReturnType<typeof scratchFolder>>;
let file: string;
let config: string;

beforeEach(async () => {
  folder = await scratchFolder();
  ({ file, config } = await copyLastLedger('working-day', folder.path));
});
afterEach(() => folder.remove());

const close = (...typed: readonly Typed[]) =>
  onTerminal(['ops', 'close', FAILED, '--config', config], { HOME: folder.path }, typed);

it.each([
  ['y', 'y'],
  ['y and Enter', `y${KEYS.enter}`],
  ['a paste of lines', 'y\ry\ryes\r'.repeat(200)],
])('%s typed before the question is no answer to it', async (_, keys) => {
  const { screen, code } = await close(['', keys], [ASKED, KEYS.enter]);
  expect(screen).toContain('not confirmed; nothing was changed');
  expect(code).toBe(3);
  expect(inLedger(file, 'select closed from operations where id = ?', FAILED)).toEqual([{ closed: 0 }]);
});

it('what is typed at the question answers it, whatever was typed before', async () => {
  const { code } = await close(['', `n${KEYS.enter}`], [ASKED, `y${KEYS.enter}`]);
  expect(code).toBe(0);
  expect(inLedger(file, 'select closed from operations where id = ?', FAILED)).toEqual([{ closed: 1 }]);
});
