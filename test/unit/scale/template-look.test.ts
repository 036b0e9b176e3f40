import { mkdirSync, mkdtempSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import type { AppConfig } from '../../../src/lib/config/config-types.js';
import { lookRisks, parseTemplateLook } from '../../../src/lib/scale/template-look.js';
import { SpyHost } from '../../support/spy-host.js';

const app = {
  name: 'shop',
  service: 'shop.service',
  files: ['/opt/shop', '/etc/systemd/system/shop.service'],
  exclude: ['/opt/shop/run'],
  env: { file: '/etc/shop/env', common: new Map(), rooms: new Map(), shared: [] },
} as unknown as AppConfig;

const records = (...words: string[]) => words.map((word) => `${word}\0`).join('');
const sound = [
  'fragment /etc/systemd/system/shop.service',
  'state enabled',
  'wanted multi-user.target.wants',
];
const risksOf = (...words: string[]) =>
  lookRisks(app, 'web-a-01', parseTemplateLook(records(...sound, ...words)));

it('has nothing to say about a template that is all in its files', () => {
  expect(
    risksOf(
      ...['envfile /etc/shop/env', 'dropin /opt/shop/systemd/limits.conf', 'bytes 4096'],
      ...[
        'inner /opt/shop/a',
        'to lib/a',
        'inner /opt/shop/run/b',
        'to /tmp/b',
        'inner /opt/shop/c',
        'to ../shop/x',
      ],
    ),
  ).toEqual([]);
});

it.each<[string, string[], 'note' | 'refuse', RegExp]>([
  [
    'a path that is a link',
    ['link /opt/shop', 'to /srv/rel/1'],
    'refuse',
    /link that leaves `files`.* \/srv\/rel\/1/,
  ],
  [
    'a drop-in',
    ['dropin /etc/systemd/system/shop.service.d/limits.conf'],
    'note',
    /drop-ins .*not copied: .*limits\.conf/,
  ],
  ['a unit of a package', ['fragment /usr/lib/systemd/system/shop.service'], 'note', /not in `files`/],
  ['another environment file', ['envfile /etc/default/shop'], 'note', /reads \/etc\/default\/shop/],
  [
    'a link in the tree',
    ['inner /opt/shop/py', 'to /usr/bin/python3'],
    'note',
    /\/opt\/shop\/py → \/usr\/bin\/python3/,
  ],
  ['a unit that is off', ['state disabled'], 'note', /not started at boot on the template/],
])('says of %s what it means', (_, words, level, message) => {
  const [key = ''] = words[0]?.split(' ') ?? [];
  const rest = sound.filter((word) => !word.startsWith(`${key} `));
  expect(lookRisks(app, 'web-a-01', parseTemplateLook(records(...rest, ...words)))).toEqual([
    { level, message: expect.stringMatching(message) },
  ]);
});

it('takes a link whose target is copied as well', () => {
  expect(risksOf('link /opt/shop', 'to /opt/shop/rel/1')).toEqual([]);
});

it('takes for folders that want the unit only what can be one', () => {
  const odd = ['wanted a.target.wants', 'wanted ../../x', 'wanted b.service.requires', 'wanted c.d'];
  expect(parseTemplateLook(records(...odd)).wantedIn).toEqual(['a.target.wants', 'b.service.requires']);
});

it('knows the account and the access of the environment file, where they can be said', () => {
  const { account, env, hasUnit } = parseTemplateLook(
    records('load loaded', 'uid 997', 'gid 998', 'env 640 root:shop'),
  );
  expect({ account, env, hasUnit }).toEqual({
    account: { uid: '997', gid: '998' },
    env: { mode: '640', owner: 'root:shop' },
    hasUnit: true,
  });
  expect(parseTemplateLook(records('load masked', 'uid ; id', 'env 640 UNKNOWN:shop'))).toMatchObject({
    account: { uid: '', gid: '' },
    env: undefined,
    hasUnit: false,
  });
});

it('names no more than a person reads', () => {
  const many = Array.from({ length: 50 }, (_, index) => [`inner /opt/shop/${index}`, 'to /usr/x']).flat();
  expect(risksOf(...many)[0]?.message).toMatch(/\/opt\/shop\/4 → \/usr\/x, and 45 more$/);
});

it('is read by a script that knows names of every kind, and sizes on the disk', () => {
  const folder = mkdtempSync(join(tmpdir(), 'kuafu-look-'));
  const tree = join(folder, 'tree');
  mkdirSync(tree);
  writeFileSync(join(tree, 'holes'), '');
  truncateSync(join(tree, 'holes'), 3e11);
  symlinkSync('/a\nb', join(tree, 'x\ny'));
  symlinkSync('tree', join(folder, 'current'));
  writeFileSync(join(folder, 'env'), '', { mode: 0o640 });
  const words = ['kuafu-none.service', 'root', join(folder, 'env'), tree, join(folder, 'current')];
  const host = new SpyHost().program('systemctl', 'echo LoadState=not-found');
  const { stdout } = host.run('copy/template', words);
  host.program('systemctl', 'exit 1');
  const failed = host.run('copy/template', words);
  host.program('systemctl');
  const silent = host.run('copy/template', words);
  host.close();
  expect([failed, silent]).toMatchObject([
    { status: 1, stdout: '' },
    { status: 69, stdout: '' },
  ]);
  rmSync(folder, { recursive: true, force: true });
  const look = parseTemplateLook(stdout);
  expect(look).toMatchObject({ hasUnit: false, account: { uid: '0', gid: '0' } });
  expect(look.env?.mode).toBe('640');
  expect(look.links).toEqual([{ path: join(folder, 'current'), target: tree }]);
  expect(look.innerLinks).toContainEqual({ path: join(tree, 'x\ny'), target: '/a\nb' });
  expect(look.bytes).toBeLessThan(100_000);
});
