import { dirname } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { parseObstacles } from '../../../src/lib/copy/obstacles.js';
import { placeWords } from '../../../src/lib/copy/place.js';
import { SpyHost } from '../../support/spy-host.js';

it('reads what a host says is in the way, and nothing else that it says', () => {
  const text = [
    'welcome to this host',
    'mount /opt/shop/two\\040words\\134 is a mount of its own',
    'mount /opt/shop/two\\040words\\134 is a mount of its own',
    'other /opt/shop holds what was not brought by kuafu, 1 name: a\\040b',
    'env /etc/shop/env was not brought by kuafu',
    'mountain /opt',
    'other ',
  ].join('\n');
  expect(parseObstacles(text)).toEqual([
    { key: 'mount', text: '/opt/shop/two words\\ is a mount of its own' },
    { key: 'other', text: '/opt/shop holds what was not brought by kuafu, 1 name: a\\040b' },
    { key: 'env', text: '/etc/shop/env was not brought by kuafu' },
  ]);
});

it('says what stands in the way of an app', () => {
  const host = new SpyHost();
  onTestFinished(() => host.close());
  const path = dirname(host.file('/var/lib/kuafu/app/theirs', ''));
  const { stdout, stderr } = host.run('copy/obstacles', [`${path}.state`, '', '', `.${path}`]);
  expect(stderr).toBe('');
  expect(parseObstacles(stdout)).toMatchObject([{ key: 'other', text: expect.stringContaining(path) }]);
});

it('writes nothing, in TMPDIR neither, to look through as many names as a host may have', () => {
  const host = new SpyHost();
  onTestFinished(() => host.close());
  host.program(
    'find',
    `seq -f 'f 1 1700000000.0000000000 releases/current/node_modules/%.0f.js' 300000 | tr '\\n' '\\0'`,
  );
  const path = dirname(host.file('/var/lib/kuafu/app/a', ''));
  const words = [`${path}.state`, '', '', ...placeWords({ paths: [path], exclude: [] })];
  const { stdout, stderr } = host.run('copy/obstacles', words);
  expect(stderr).toBe('');
  expect(stdout).toContain('holds what was not brought by kuafu, 300000 names: releases/');
});
