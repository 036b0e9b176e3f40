import { afterEach, beforeEach, expect, it } from 'vitest';
import { LabRoom } from '../support/lab-room.js';

// Copies by way of this machine whose link breaks on the way.
const room = new LabRoom();
const SPARE = 'new-b-01';
const POLL = { timeout: 60_000, interval: 50 };
const OURS = '/var/lib/[k]uafu/[0-9]';

beforeEach(async () => {
  await room.open();
  await room.inHost('web-a-01', 'head -c 5000000 /dev/urandom > /opt/shop/assets/large.bin');
  await room.limitLink(SPARE, 4_000_000);
});
afterEach(async () => {
  await room.inHost('web-a-01', 'rm -f /opt/shop/assets/large.bin');
  await room.close();
});

/** Inside the host, as this machine may be slow: when the archive begins to come, the link of whoever brings it breaks. */
const BREAK = `
until [ -n "$(find /var/lib/kuafu/[0-9]*/archive -size +200k 2>/dev/null)" ]; do sleep 0.1; done
first=$(pgrep -f '^sh -c .*${OURS}')`;
const CUT = "pkill -KILL -f 'sshd: root@[n]otty'";
/** The script of the first attempt hears of that when the second is at work. */
const LATE = `
kill -STOP $first
${CUT}
until [ "$(pgrep -f '^sh -c .*${OURS}')" != "$first" ]; do sleep 0.1; done
sleep 2
kill -CONT $first`;

it.each([
  ['ends at once', `${BREAK}\n${CUT}`],
  ['ends while the second receives', `${BREAK}${LATE}`],
])(
  'brings the archive again where the link breaks and the script of the first attempt %s',
  async (_, script) => {
    const process = room.start([...room.scaleWords({ count: 1 }), '--one-hop', '--json']);
    await room.inHost(SPARE, script);
    const run = await process.ended;
    const { id, hosts } = JSON.parse(run.stdout);
    expect(hosts).toMatchObject([{ host: SPARE, state: 'done' }]);
    expect(run.code).toBe(0);
    expect((await room.kuafu(['ops', 'show', id, '--events'])).stdout).toMatch(/copy started, attempt 2/);
    expect(await room.resources('unfit')).toEqual([]);
    const remains = `pgrep -fa '${OURS}'; ls -A /var/lib/kuafu`;
    await expect.poll(() => room.inHost(SPARE, remains), POLL).toBe('brought\n');
    const digest = (host: string) =>
      room.inHost(host, 'cd /opt/shop && tar -c --sort=name --exclude=./run . | sha256sum');
    expect(await digest(SPARE)).toBe(await digest('web-a-01'));
  },
  300_000,
);

it('holds --limit-rate for all copies together', async () => {
  await room.inHost('web-a-01', 'head -c 2000000 /dev/urandom > /opt/shop/assets/large.bin');
  const { code, result } = await room.scale({ count: 2, flags: ['--one-hop', '--limit-rate=500k'] });
  expect(code).toBe(0);
  // 2 MB from the template, then twice 2 MB from here; slower is always possible, faster is not.
  expect(result.elapsedMs).toBeGreaterThan(11_000);
}, 300_000);
