import { existsSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { DeviceState, Generation, Phase } from '../../../src/lib/guard/generation.js';
import {
  claimCommand,
  closeCommand,
  guardedCommand,
  readGuardCommand,
} from '../../../src/lib/guard/guard.js';
import { GuardedDevice } from '../../support/guarded-device.js';

// templates/guard/guard.sh ('guard/guard') and read.sh ('guard/read'), run by sh as on a host. Rules 1 to 6 of what operations owe each other.
const NONE: Generation = { number: 0, id: '-' };
const ONE: Generation = { number: 1, id: 'aaaa' };
const TWO: Generation = { number: 2, id: 'bbbb' };
const SOON = { timeout: 20_000, interval: 5 };

let device: GuardedDevice;
beforeEach(() => {
  device = new GuardedDevice();
});
afterEach(() => device.close());

const stateOf = (generation: Generation, phase: Phase = 'forward'): DeviceState => ({
  generation,
  phase,
  operation: `261130-${generation.id}`,
});
const claim = (from: Generation | 'any', to: Generation, phase?: Phase) =>
  device.run(claimCommand(device.name, from, stateOf(to, phase)));
const run = (at: Generation, ...words: string[]) =>
  device.run(guardedCommand(device.name, at, { words, effect: 'write', timeoutMs: 1000 }));
const close = (at: Generation) => device.run(closeCommand(device.name, at));
const read = async () => (await device.run(readGuardCommand(device.name))).answer;
const refusedAt = (generation: Generation, phase: Phase = 'forward') => ({
  status: 75,
  answer: { kind: 'refused', state: stateOf(generation, phase) },
});

describe('a device', () => {
  it('that nobody has claimed is closed, and a look leaves nothing there', async () => {
    expect(await read()).toEqual({
      kind: 'state',
      state: { generation: NONE, phase: 'closed', operation: '-' },
    });
    expect(existsSync(device.path('guard'))).toBe(false);
  });

  it('runs what its own generation asks for, with its words, output and exit status', async () => {
    await claim(NONE, ONE);
    const words = ["it's", '$HOME `id` "x"', '*', ''];
    const done = await run(
      ONE,
      'sh',
      '-c',
      'printf "<%s>" "$@"; echo complaint >&2; exit 75',
      'sh',
      ...words,
    );
    expect(done).toMatchObject({ status: 75, answer: { kind: 'passed' } });
    expect(done.stdout).toBe(words.map((word) => `<${word}>`).join(''));
    expect(done.stderr).toContain('complaint');
    expect(await read()).toEqual({ kind: 'state', state: stateOf(ONE) });
  });

  it('refuses an older generation, the same number with another id, and one it does not know', async () => {
    await claim(NONE, ONE);
    await claim(ONE, TWO);
    const effect = device.path('effect');
    for (const at of [ONE, NONE, { number: 2, id: 'cccc' }, { number: 3, id: 'bbbb' }])
      expect(await run(at, 'touch', effect)).toMatchObject(refusedAt(TWO));
    expect(existsSync(effect)).toBe(false);
  });

  it('is closed by its own generation alone, once or twice', async () => {
    await claim(NONE, ONE);
    expect(await close(TWO)).toMatchObject(refusedAt(ONE));
    for (const _ of [1, 2]) expect(await close(ONE)).toMatchObject({ status: 0, answer: { kind: 'closed' } });
    expect(await read()).toEqual({ kind: 'state', state: stateOf(ONE, 'closed') });
    expect(await claim(ONE, TWO)).toMatchObject({ status: 0, answer: { kind: 'claimed' } });
  });
});

describe('a claim', () => {
  it('wins over the generation that it knows, or for a way back over any older one', async () => {
    expect(await claim(NONE, ONE)).toMatchObject({ status: 0, answer: { kind: 'claimed' } });
    expect(await claim(NONE, TWO)).toMatchObject(refusedAt(ONE));
    expect(await claim({ number: 1, id: 'cccc' }, TWO)).toMatchObject(refusedAt(ONE));
    expect(await claim('any', { number: 1, id: 'cccc' }, 'back')).toMatchObject(refusedAt(ONE));
    expect(await claim('any', { number: 9, id: 'cccc' }, 'back')).toMatchObject({ status: 0 });
    expect(await claim('any', TWO)).toMatchObject(refusedAt({ number: 9, id: 'cccc' }, 'back'));
  });

  it('may be made again, and then changes nothing', async () => {
    await claim(NONE, ONE);
    expect(await claim(NONE, ONE)).toMatchObject({ status: 0, answer: { kind: 'claimed' } });
    expect(await claim(NONE, ONE, 'back')).toMatchObject(refusedAt(ONE));
    expect(readFileSync(join(device.folder, 'state'), 'utf8')).toBe('1 aaaa forward 261130-aaaa\n');
  });

  it('is won by one of four that come at once', async () => {
    const ids = ['aaaa', 'bbbb', 'cccc', 'dddd'];
    const all = await Promise.all(ids.map((id) => claim(NONE, { number: 1, id })));
    expect(all.map(({ status }) => status).toSorted()).toEqual([0, 75, 75, 75]);
    const winner = ids[all.findIndex(({ status }) => status === 0)] ?? '';
    for (const { answer } of all.filter(({ status }) => status === 75))
      expect(answer).toEqual(refusedAt({ number: 1, id: winner }).answer);
  });

  it.each([
    ['hangs', 'SIGCONT'],
    ['was stopped', 'SIGSTOP'],
  ] as const)(
    'ends a command that %s, with its children, and nothing of it comes late',
    async (_, signal) => {
      await claim(NONE, ONE);
      const late = device.path('late');
      const begun = device.path('begun');
      const hung = run(
        ONE,
        'sh',
        '-c',
        `(sleep 0.6; : > ${late}) & : > ${begun}; sleep 0.6; : > ${late}; wait`,
      );
      await expect.poll(() => existsSync(begun), SOON).toBe(true);
      process.kill(-device.holder(), signal);
      const waiting = run(ONE, 'touch', late);
      expect(await claim('any', TWO, 'back')).toMatchObject({ status: 0, answer: { kind: 'claimed' } });
      expect((await hung).answer).toEqual({ kind: 'passed' });
      expect(await waiting).toMatchObject(refusedAt(TWO, 'back'));
      await sleep(800);
      expect(existsSync(late)).toBe(false);
    },
  );

  it('leaves alone a process that got the number of a command which ended long ago', async () => {
    await claim(NONE, ONE);
    const begun = device.path('begun');
    const held = run(ONE, 'sh', '-c', `: > ${begun}; sleep 0.4`);
    await expect.poll(() => existsSync(begun), SOON).toBe(true);
    writeFileSync(join(device.folder, 'holder'), `${process.pid} 1\n`);
    expect(await claim('any', TWO)).toMatchObject({ status: 0 });
    expect(await held).toMatchObject({ status: 0, answer: { kind: 'passed' } });
  });

  it('finds the start of a program whose name holds blanks and parentheses', async () => {
    await claim(NONE, ONE);
    const odd = device.path('a) b 9 (c');
    symlinkSync('/bin/sleep', odd);
    const hung = run(ONE, odd, '60');
    await expect.poll(() => existsSync(join(device.folder, 'holder')), SOON).toBe(true);
    expect(await claim('any', TWO)).toMatchObject({ status: 0 });
    expect((await hung).status).not.toBe(0);
  });
});

describe('what cannot be kept is not claimed', () => {
  it.each([
    ['the disk is full', () => symlinkSync('/dev/full', join(device.folder, 'state.new'))],
    ['the disk does not take it', () => device.program('sync', 'exit 1')],
  ])('where %s', async (_, fault) => {
    await claim(NONE, ONE);
    fault();
    expect(await claim(ONE, TWO)).toMatchObject({
      status: 74,
      answer: { kind: 'failed', why: expect.stringContaining('cannot be written') },
    });
  });

  it('where the folder cannot be made, and a command is not run there either', async () => {
    writeFileSync(device.path('guard'), '');
    const failed = { status: 74, answer: { kind: 'failed', why: expect.stringContaining('cannot be made') } };
    expect(await claim(NONE, ONE)).toMatchObject(failed);
    expect(await run(ONE, 'true')).toMatchObject(failed);
  });

  it.each(['lock', 'claims'])('where a folder has the place of the file "%s"', async (name) => {
    mkdirSync(join(device.folder, name), { recursive: true });
    expect(await claim(NONE, ONE)).toMatchObject({
      status: 74,
      answer: { kind: 'failed', why: expect.stringContaining('cannot be opened') },
    });
  });

  it.each(['', '1 aaaa forward 261130', 'x y z w\n', '-1 aaaa forward x\n'])(
    'where the record says %j: it may have been a newer generation',
    async (text) => {
      await claim(NONE, ONE);
      writeFileSync(join(device.folder, 'state'), text);
      const damaged = { kind: 'failed', why: expect.stringContaining('is damaged') };
      expect(await read()).toMatchObject(damaged);
      expect((await claim('any', TWO)).answer).toMatchObject(damaged);
      expect((await run(ONE, 'true')).answer).toMatchObject(damaged);
    },
  );

  it('where the host has no flock', async () => {
    await claim(NONE, ONE);
    rmSync(join(device.folder, 'state'));
    const only = device.path('only');
    mkdirSync(only);
    for (const program of ['sh', 'mkdir', 'setsid', 'sync'])
      symlinkSync(`/usr/bin/${program}`, join(only, program));
    const command = claimCommand(device.name, NONE, stateOf(ONE));
    const words = ['env', `PATH=${only}`, ...command.command.words];
    expect((await device.run({ ...command, command: { ...command.command, words } })).answer).toEqual({
      kind: 'failed',
      why: 'this host has no flock (util-linux and coreutils have them)',
    });
  });
});
