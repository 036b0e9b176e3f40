import { expect, it } from 'vitest';
import { readUnit } from '../../../src/lib/host/unit.js';
import { endOf, endWords, lastWords } from '../../../src/lib/host/unit-end.js';
import { ToldHost } from '../../support/told-host.js';

const unitOf = async (lines: readonly string[], lastLine = '') => {
  const host = new ToldHost();
  host.says['systemctl show'] = { stdout: ['ActiveState=failed', ...lines].join('\n') };
  host.says['unit/last-line'] = { stdout: lastLine };
  const state = await readUnit(host.session, 'shop.service');
  return {
    end: endOf(state),
    all: `${endWords(state)}${await lastWords(host.session, 'shop.service', new AbortController().signal)}`,
  };
};

it.each([
  [['Result=exit-code', 'ExecMainStatus=203'], 'exit status 203'],
  [['Result=signal', 'ExecMainStatus=9'], 'signal 9'],
  [['Result=core-dump', 'ExecMainStatus=11'], 'core-dump, signal 11'],
  [['Result=exit-code', 'ExecMainStatus=0'], 'exit-code'],
  [['Result=oom-kill', 'ExecMainStatus=9'], 'oom-kill'],
  [['Result=start-limit-hit'], 'start-limit-hit'],
  [['Result=success', 'ExecMainStatus=0'], ''],
  [['Result='], ''],
  [['Result=\x1b[2J gone; rm', 'ExecMainStatus=1'], ''],
  [['Result=exit-code', 'ExecMainStatus=1; all is well'], 'exit-code'],
])('of %j says how it ended: %s', async (lines, words) => {
  expect((await unitOf(lines)).end).toBe(words);
});

it('says how a run ended where it wrote nothing, and what it wrote last where it did', async () => {
  const died = ['Result=exit-code', 'ExecMainStatus=1'];
  expect((await unitOf(died)).all).toBe('; it ended with exit status 1');
  expect((await unitOf(died, 'no port\n')).all).toBe(
    '; it ended with exit status 1; its journal ends: no port',
  );
  expect((await unitOf(['Result=success'], 'up\n')).all).toBe('; its journal ends: up');
});

it('says nothing of a last line that was cut: its end may be the beginning of a secret', async () => {
  const host = new ToldHost();
  const { signal } = new AbortController();
  host.says['unit/last-line'] = { stdout: `${'x'.repeat(262_127)}tr0ub4dor-and-3-l`, truncated: true };
  expect(await lastWords(host.session, 'shop.service', signal)).toBe(
    '; its journal ends: an entry of more than 16 KiB',
  );
  host.says['unit/last-line'] = { stdout: 'no port\ntr0ub4dor-and-3-l', truncated: true };
  expect(await lastWords(host.session, 'shop.service', signal)).toBe('; its journal ends: no port');
});
