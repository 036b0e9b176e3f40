import { existsSync } from 'node:fs';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { LabRoom } from '../support/lab-room.js';

const room = new LabRoom();
beforeAll(() => room.open());
afterAll(() => room.close());

const NOTHING_HAPPENED = '"operations":[]';
afterEach(async () => {
  expect((await room.kuafu(['ops', 'list', '--json'])).stdout).toContain(NOTHING_HAPPENED);
});

describe('wrong words end with exit code 2 and a sentence', () => {
  it.each([
    ['an unknown application', { app: 'shopp' }, /no application "shopp"[\s\S]*shop/],
    ['an unknown group', { group: 'wed' }, /no group of application shop "wed"[\s\S]*web/],
    ['an unknown room', { idc: 'C' }, /no room "C"/],
    ['no hosts', { count: 0 }, /the count is "0"/],
    ['less than none', { count: '-1' }, /the count is "-1"/],
    ['a part of a host', { count: 1.5 }, /the count is "1.5"/],
    ['a word for a count', { count: 'many' }, /the count is "many"/],
    ['a template that is no host', { templateIp: '198.18.1.99' }, /"198.18.1.99" is no host/],
    ['a template that is a spare', { templateIp: '198.18.2.101' }, /new-b-01 .*is a spare host/],
    ['an unknown init template', { init: 'nope' }, /no init template "nope"[\s\S]*base/],
    ['an init template elsewhere', { init: '../../etc' }, /no init template/],
  ])('%s', async (_, words, sentence) => {
    const run = await room.scale(words);
    expect(run.stderr).toMatch(sentence);
    expect(run.code).toBe(2);
    expect(run.stderr).not.toMatch(/\n\s+at /);
  });

  it('missing flags, without a terminal', async () => {
    const run = await room.kuafu(['scale', '--app', 'shop']);
    expect(run.code).toBe(2);
    expect(run.stderr).toContain('missing: --group, --idc, --count, --template-ip');
  });
});

describe('hostile names never reach a shell', () => {
  const trap = '/tmp/kuafu-test-pwned';
  const names = [
    `shop; touch ${trap}`,
    `$(touch ${trap})`,
    `\`touch ${trap}\``,
    `shop\ntouch ${trap}`,
    `' ; touch ${trap} ; '`,
    '--help-me',
    '-rf',
    'größe',
    'web-b-01; reboot',
  ];
  const flags = ['app', 'group', 'idc', 'templateIp', 'init'] as const;
  // Each flag with the first name, and each name with one flag: a start of the program for each.
  const cases = names.flatMap((name, index) =>
    (index === 0 ? flags : flags.slice(index % flags.length).slice(0, 1)).map(
      (flag) => [flag, name] as const,
    ),
  );

  it.each(cases)('%s %j', async (flag, name) => {
    expect(await room.scale({ [flag]: name })).toMatchObject({ code: 2 });
    expect(existsSync(trap)).toBe(false);
  });
});

describe('a template host that cannot serve', () => {
  it('unreachable: exit code 5', async () => {
    await room.freeze('web-a-02');
    try {
      const run = await room.scale({ templateIp: '198.18.1.12' });
      expect(run.stderr).toContain('web-a-02');
      expect(run.code).toBe(5);
    } finally {
      await room.thaw('web-a-02');
    }
  });

  it('without the service: exit code 3', async () => {
    const bare = await room.withConfig((config) => {
      config.apps.shop.service = 'store.service';
    });
    const run = await room.scale({}, bare);
    expect(run.stderr).toContain('template host web-a-01 has no service store.service');
    expect(run.code).toBe(3);
  });

  it('without the files: exit code 3', async () => {
    const bare = await room.withConfig((config) => {
      config.apps.shop.files.push('/opt/no such folder');
    });
    const run = await room.scale({}, bare);
    expect(run.stderr).toContain('/opt/no such folder');
    expect(run.code).toBe(3);
  });
});
