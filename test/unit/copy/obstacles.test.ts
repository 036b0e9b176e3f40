import { expect, it } from 'vitest';
import { parseObstacles } from '../../../src/lib/copy/obstacles.js';

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
