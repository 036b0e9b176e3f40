import { readFile } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { parse } from 'yaml';
import { parseWeighed, weighCommand } from '../../src/lib/copy/archive.js';
import { planChecksum } from '../../src/lib/plan/checksum.js';
import type { Plan } from '../../src/lib/plan/plan.js';
import { renderCommand } from '../../src/lib/shell/quote.js';
import { LabRoom } from '../support/lab-room.js';
import { copyLastLedger, inLedger } from '../support/last-release.js';

const room = new LabRoom();
beforeEach(() => room.open());
afterEach(() => room.close());

const HOSTS = ['new-b-01', 'new-b-02', 'new-b-03'];
const TREE = /"tree":(\{"paths":.*?"packed":\{.*?\}\})/;

/**
 * A plan of the last release, for this lab. Two things in it are others: where the lab's key lies, and the sums of the
 * template's files, in which their times are.
 */
async function ofThisLab(body: string): Promise<string> {
  const [, there = ''] = TREE.exec(body) ?? [];
  const tree = JSON.parse(there);
  const command = renderCommand(weighCommand(tree, tree.packed.codec, 60_000).words);
  const told = await room.inHost('web-a-01', `${command} 2>&1`);
  const here = JSON.stringify({ ...tree, ...parseWeighed(told, told) });
  const lab = basename(dirname(process.env.KUAFU_CONFIG ?? ''));
  return body.replaceAll(there, here).replaceAll('/kuafu/lab/fixt/', `/kuafu/lab/${lab}/`);
}

/** The ledger of an expansion in which the last release was killed, as that of this room. The expansion's id. */
async function bringLedger(): Promise<string> {
  const { ledger } = parse(await readFile(await room.withConfig(() => undefined), 'utf8'));
  const { file } = await copyLastLedger('scale-before-copy', dirname(String(ledger).replace('sqlite:', '')));
  const [row] = inLedger<{ operation: string; body: string }>(file, 'select operation, body from plans');
  const { operation = '', body = '' } = row ?? {};
  const adapted = await ofThisLab(body);
  const sum = planChecksum(JSON.parse(adapted) as Plan);
  inLedger(file, 'update plans set body = ?, checksum = ?', adapted, sum);
  return operation;
}

it('an expansion that the last release began is ended by this one, and taken back', async () => {
  const id = await bringLedger();
  const shown = await room.kuafu(['ops', 'show', id]);
  expect(shown.stdout).toContain('0 of 3 hosts done, 3 unknown (new-b-[01-03])');
  const resumed = await room.resume(id);
  expect(resumed).toMatchObject({ code: 0, result: { state: 'done', done: 3, wanted: 3 } });
  expect(await room.serversUp()).toEqual(expect.arrayContaining(HOSTS));
  expect((await room.resources('assigned')).map(({ host }) => host)).toEqual(HOSTS);
  expect(await room.resources('unfit')).toEqual([]);
  const undone = await room.kuafu(['scale', '--undo', id, '--yes']);
  expect(undone).toMatchObject({ code: 0 });
  expect(await room.serversUp()).not.toEqual(expect.arrayContaining([expect.stringMatching(/^new-b-/)]));
  expect(await room.resources('assigned')).toEqual([]);
  expect(await room.inHost('new-b-01', 'find /opt -mindepth 1')).toBe('');
});

it('an expansion that the last release began is taken back before it is ended', async () => {
  const id = await bringLedger();
  const undone = await room.kuafu(['scale', '--undo', id, '--yes']);
  expect(undone).toMatchObject({ code: 0 });
  expect(await room.resources('reserved')).toEqual([]);
  expect((await room.kuafu(['ops', 'list'])).stdout).toMatch(new RegExp(`\n${id} +undone `));
});
