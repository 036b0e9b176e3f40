import { afterEach, beforeEach, expect, it } from 'vitest';
import { LabRoom } from '../support/lab-room.js';

// What others on a host see of a secret that passes through: nothing, for command lines are there for all to read.
const room = new LabRoom();
beforeEach(() => room.open());
afterEach(() => room.close());

const WATCHED = ['web-b-01', 'new-b-01'];
// Nor may the watcher see itself: it is told in pieces, and looks the word up in a file.
const PIECES = ['correct-horse-', 'battery-staple'];
const SECRET = PIECES.join('');
const WATCH = `
umask 077; printf '%s' ${PIECES.join(' ')} > /run/word
cat > /run/watch <<'EOF'
while sleep 0.02; do cat /proc/[0-9]*/cmdline 2>/dev/null | tr '\\0' ' '; echo; done | grep --line-buffered -aFof /run/word > /run/seen
EOF
systemd-run --quiet --collect --unit=watch sh /run/watch`;

it('a secret never stands in the command line of a process of a host', async () => {
  const config = await room.withConfig(({ apps }) => {
    apps.shop.env.common.DB_PASSWORD = '${TEST_DB_PASSWORD}';
  });
  const run = (words: readonly string[]) => room.start(words, config, { TEST_DB_PASSWORD: SECRET }).ended;
  await room.inHost('web-b-01', 'cp -a /etc/shop/env /root/env.before');
  await Promise.all(WATCHED.map((host) => room.inHost(host, WATCH)));
  try {
    expect(await run(room.scaleWords({ count: 1, start: true }))).toMatchObject({ code: 0 });
    for (const verb of ['push', 'diff', 'rollback'])
      expect((await run(['env', verb, '--app=shop', '--yes', 'web-b-01'])).code).toBeLessThan(2);
    // The watcher does see what is there to be seen.
    for (const host of WATCHED) expect(await room.inHost(host, 'cat /run/seen')).toBe('');
    await room.inHost('web-b-01', 'sh -c "sleep 2 # $(cat /run/word)"');
    expect(await room.inHost('web-b-01', 'sort -u /run/seen')).toBe(`${SECRET}\n`);
  } finally {
    for (const host of WATCHED)
      await room.inHost(host, 'systemctl stop watch.service; rm -f /run/word /run/watch /run/seen*');
    await room.inHost('web-b-01', 'rm -f /etc/shop/env.kuafu*; mv /root/env.before /etc/shop/env');
  }
});
