import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Ended, kuafu } from '../support/kuafu.js';
import { type UnreachableRooms, unreachableRooms } from '../support/unreachable-rooms.js';

let rooms: UnreachableRooms;

beforeAll(async () => {
  rooms = await unreachableRooms(`rooms:
  A: {network: 127.0.1.0/24, hosts: {'web-a-[01-02]': '127.0.1.[11-12]'}}
  B: {network: 127.0.2.0/24, hosts: {web-b-01: 127.0.2.11}}
apps:
  shop:
    service: shop.service
    files: [/opt/shop]
    logs: {files: [/var/log/shop/*.log]}
    groups: {web: {A: 'web-a-[01-02]', B: web-b-01}}
`);
});
afterAll(() => rooms.remove());

async function logs(...words: readonly string[]): Promise<Ended> {
  return await kuafu(['logs', '--config', rooms.config, ...words]);
}

it.each([
  [['tail', '--no-follow']],
  [['grep', 'x']],
  [['grep', '--fold', '--', '-x']],
  [['fetch', '--to', '.']],
])(
  '%j names each host that is not reached once, those of one reason together',
  async ([verb = '', ...words]) => {
    const { code, stderr } = await logs(verb, '--app', 'shop', ...words);
    expect(code).toBe(5);
    const [reason, ...rest] = stderr.trimEnd().split('\n');
    expect(reason).toBe('web-a-[01-02],web-b-01: nothing listens there (connection refused)');
    expect(rest).toEqual([expect.stringMatching(/^kuafu: no host could be re(ad|ached)$/)]);
  },
);
