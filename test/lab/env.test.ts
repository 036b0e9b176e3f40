import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { HARD_VALUES } from '../support/env-files.js';
import { casesHere } from '../support/it-once.js';
import type { Ended } from '../support/kuafu.js';
import { LabRoom } from '../support/lab-room.js';

// Environment files on real hosts: what systemd reads, what a push writes, and the way back.
const room = new LabRoom();
const HOSTS = ['web-b-01', 'web-b-02'];
const FILE = '/etc/shop/env';
const SECRET = `hunter2"'\\$\`!`;
let config = '';

beforeEach(async () => {
  await room.open();
  for (const host of HOSTS) await room.inHost(host, `cp -a ${FILE} /root/env.before`);
  config = await room.withConfig(({ apps }) => {
    Object.assign(apps.shop.env.common, HARD_VALUES, { DB: 'shop:${SHOP_TEST_SECRET}@db' });
  });
});

afterEach(async () => {
  for (const host of HOSTS) {
    await room.thaw(host).catch(() => undefined);
    await room.inHost(host, `rm -rf ${FILE} ${FILE}.* /usr/local/bin/sync; mv /root/env.before ${FILE}`);
  }
  await room.close();
});

function start(words: readonly string[]) {
  return room.start(['env', ...words], config, { SHOP_TEST_SECRET: SECRET });
}

async function env(...words: string[]): Promise<Ended> {
  const [verb = '', ...rest] = words;
  return await start([verb, '--app=shop', '--idc=B', ...rest]).ended;
}

async function differences(): Promise<readonly { readonly differences: readonly unknown[] }[]> {
  return JSON.parse((await env('diff', '--json')).stdout).groups;
}

/** Whether all files are as the configuration has them; the services were not restarted since. */
async function areRight(): Promise<boolean> {
  const groups = await differences();
  return groups.length > 0 && groups.every((group) => group.differences.length === 0);
}

/** What a service gets that has this as its environment file. */
async function bySystemd(host: string, file: string): Promise<Record<string, string>> {
  const run = (path: string) =>
    `systemd-run --quiet --wait --pipe --collect -p EnvironmentFile=${path} env -0 | base64 -w 0`;
  const [all, none] = await Promise.all([run(file), run('/dev/null')].map((each) => room.inHost(host, each)));
  const names = new Set(variables(none ?? '').map(([name]) => name));
  return Object.fromEntries(variables(all ?? '').filter(([name]) => !names.has(name)));
}

function variables(base64: string): (readonly [string, string])[] {
  const lines = Buffer.from(base64, 'base64').toString('utf8').split('\0').filter(Boolean);
  return lines.map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]);
}

/** Digests of the file and its previous version, and whatever else lies beside them. */
async function state(host: string): Promise<string> {
  return await room.inHost(host, `cd /etc/shop && for file in env*; do sha256sum < $file; echo $file; done`);
}

it('pushes values that break easily, shows and records no secret, and does nothing the second time', async () => {
  const diff = await env('diff');
  expect(diff.code).toBe(1);
  expect(diff.stdout).toContain('+ DB: shop:[SHOP_TEST_SECRET]@db');
  const push = await env('push', '--yes', '--json');
  expect(push.code).toBe(0);
  expect(JSON.parse(push.stdout)).toMatchObject({ state: 'done', done: 2 });
  for (const host of HOSTS) {
    expect(await bySystemd(host, FILE)).toMatchObject({ ...HARD_VALUES, DB: `shop:${SECRET}@db` });
    expect(await room.inHost(host, `stat -c '%a %U:%G' ${FILE}`)).toBe('640 root:root\n');
    expect(await room.inHost(host, `cmp ${FILE}.kuafu-prev /root/env.before; ls /etc/shop`)).toBe(
      'env\nenv.kuafu-prev\n',
    );
    expect(await room.inHost(host, `stat -c %a ${FILE}.kuafu-prev`)).toMatch(/^6?[0-6]0\n/);
  }
  expect(await areRight()).toBe(true);
  const before = await state('web-b-01');
  const again = await env('push', '--yes');
  expect(again).toMatchObject({ code: 0, stdout: expect.stringContaining('nothing to do') });
  expect(await state('web-b-01')).toBe(before);

  const show = await env('show');
  expect(show.stdout).toContain('shop:[SHOP_TEST_SECRET]@db');
  for (const text of [diff, push, again, show].map((ended) => ended.stdout + ended.stderr))
    expect(text).not.toContain('hunter2');
  const ledger = await room.ledgerText();
  expect(ledger).toContain('SHOP_TEST_SECRET');
  expect(ledger).not.toContain('hunter2');
});

it('tells by host what was done by hand, and hides what may be secret', async () => {
  await env('push', '--yes');
  await room.inHost(
    'web-b-01',
    `sed -i 's/^DB=.*/DB=shop:old-secret@db/; s/^LOG_LEVEL=.*/LOG_LEVEL=debug/' ${FILE}`,
  );
  await room.inHost('web-b-01', `printf '# by hand\\n# DB=old-secret\\nMORE=1\\nhello\\n' >> ${FILE}`);
  await room.inHost('web-b-02', `chmod 604 ${FILE}; chown daemon:adm ${FILE}`);
  const diff = await env('diff');
  expect(diff.code).toBe(1);
  expect(diff.stdout).not.toContain('old-secret');
  expect(diff.stdout.split('\n')).toEqual([
    'web-b-01 (1 host):',
    '  ~ DB: (hidden) → shop:[SHOP_TEST_SECRET]@db',
    '  ~ LOG_LEVEL: debug → info',
    '  - MORE: 1',
    '  - # by hand',
    '  - # DB=(hidden)',
    '  - hello',
    'web-b-02 (1 host):',
    '  ~ mode 604, not 600',
    '',
  ]);
  await room.inHost('web-b-01', `rm ${FILE}`);
  await room.inHost('web-b-02', `mv ${FILE} /etc/shop/elsewhere; ln -s elsewhere ${FILE}`);
  expect(await differences()).toMatchObject([
    { hosts: ['web-b-01'], differences: [{ what: 'missing' }] },
    { hosts: ['web-b-02'], differences: [{ what: 'kind', is: 'link' }] },
  ]);
  expect(await env('push', '--yes')).toMatchObject({ code: 0 });
  expect(await areRight()).toBe(true);
  await room.inHost('web-b-02', `rm ${FILE} /etc/shop/elsewhere; mkdir ${FILE}`);
  expect(await env('push', '--yes')).toMatchObject({ code: 3 });
});

it('puts back what was there, and takes that back again', async () => {
  const none = await env('rollback', '--yes');
  expect(none).toMatchObject({ code: 3, stderr: expect.stringContaining('web-b-[01-02]') });
  await env('push', '--yes');
  const pushed = await Promise.all(HOSTS.map(state));
  expect(await env('rollback', '--yes')).toMatchObject({ code: 0 });
  for (const host of HOSTS) await room.inHost(host, `cmp ${FILE} /root/env.before`);
  expect(await env('rollback', '--yes')).toMatchObject({ code: 0 });
  expect(await Promise.all(HOSTS.map(state))).toEqual(pushed);
  expect(await areRight()).toBe(true);

  await room.inHost('web-b-02', `rm ${FILE}.kuafu-prev`);
  const partly = await env('rollback', '--yes');
  expect(partly).toMatchObject({ code: 3, stderr: expect.stringContaining('--app shop web-b-01') });
  expect(await room.kuafu(['ops', 'list', '--json'])).toMatchObject({ code: 0 });
});

it('says 4 where a host hangs, 5 where all do, and goes on once it is back', async () => {
  await room.freeze('web-b-02');
  expect(await env('diff')).toMatchObject({ code: 4, stderr: expect.stringContaining('web-b-02') });
  const push = await env('push', '--yes', '--json');
  expect(push.code).toBe(4);
  const { id } = JSON.parse(push.stdout);
  expect(await env('push', '--yes')).toMatchObject({ code: 4, stderr: expect.stringContaining('to 1 host') });
  await room.freeze('web-b-01');
  expect(await env('diff')).toMatchObject({ code: 5 });
  expect(await env('push', '--yes')).toMatchObject({ code: 5 });
  for (const host of HOSTS) await room.thaw(host);
  const resumed = await resume(id);
  expect(resumed).toMatchObject({ code: 0 });
  expect(await areRight()).toBe(true);
});

describe('kill -9 at any moment, then a resume', () => {
  // The scripts wait where they put a file on disk, so that most of the time is spent in them.
  const SLOW = `printf '#!/bin/sh\\nsleep 0.3\\nexec /usr/bin/sync "$@"\\n' > /usr/local/bin/sync; chmod +x /usr/local/bin/sync`;

  it.each(casesHere([300, 0, 150, 450, 600, 750, 900], 1))(
    'push and rollback, %i ms after they began',
    async (moment) => {
      for (const host of HOSTS) await room.inHost(host, SLOW);
      const before = await Promise.all(HOSTS.map((host) => room.inHost(host, `sha256sum < ${FILE}`)));
      await killed(['push', '--yes'], moment);
      const pushed = await Promise.all(HOSTS.map(state));
      for (const [index, host] of HOSTS.entries()) {
        expect(await room.inHost(host, `sha256sum < ${FILE}.kuafu-prev`)).toBe(before[index]);
        expect(await room.inHost(host, 'ls /etc/shop')).toBe('env\nenv.kuafu-prev\n');
      }
      expect(await areRight()).toBe(true);
      await killed(['rollback', '--yes'], moment);
      const back = await Promise.all(HOSTS.map((host) => room.inHost(host, `sha256sum < ${FILE}`)));
      expect(back).toEqual(before);
      expect(await env('rollback', '--yes')).toMatchObject({ code: 0 });
      expect(await Promise.all(HOSTS.map(state))).toEqual(pushed);
    },
  );

  async function killed(words: readonly string[], moment: number): Promise<void> {
    const [verb = '', ...rest] = words;
    const process = start([verb, '--app=shop', '--idc=B', ...rest]);
    await process.says(/operation \S+:/);
    await Promise.race([sleep(moment), process.ended]);
    process.process.kill('SIGKILL');
    await process.ended;
    const [operation] = JSON.parse((await room.kuafu(['ops', 'list', '--json'])).stdout).operations;
    expect(operation.kind).toBe(`env-${verb}`);
    if (operation.state !== 'done') expect(await resume(operation.id)).toMatchObject({ code: 0 });
    const after = JSON.parse((await room.kuafu(['ops', 'show', operation.id, '--json'])).stdout);
    expect(after).toMatchObject({ operation: { state: 'done' } });
  }
});

async function resume(id: string): Promise<Ended> {
  return await room.start(['ops', 'resume', id], config, { SHOP_TEST_SECRET: SECRET }).ended;
}
