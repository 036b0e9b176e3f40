import { afterEach, beforeEach, expect, it } from 'vitest';
import { LabRoom } from '../support/lab-room.js';

// What a copy brings, and what it must not take away: mounts, other people's data, what is excluded.
const room = new LabRoom();
const UNIT = '/etc/systemd/system/shop.service';
const UNMOUNT = `
for point in /opt/shop/data /opt/shop/bind /opt/shop; do umount "$point" 2>/dev/null; done
rm -rf /srv/other /srv/disk /etc/systemd/system/multi-user.target.wants/shop.service
true`;

beforeEach(() => room.open());
afterEach(async () => {
  for (const host of ['new-b-01', 'new-b-02', 'new-b-03']) await room.inHost(host, UNMOUNT);
  await room.close();
});

/** Runs `script` on the template while `use` is under way, and takes it back. */
async function withTemplate(script: string, back: string, use: () => Promise<void>): Promise<void> {
  const time = await room.inHost('web-a-01', 'stat -c %y /opt/shop');
  await room.inHost('web-a-01', script);
  try {
    await use();
  } finally {
    await room.inHost('web-a-01', `${back}; touch -d '${time.trim()}' /opt/shop`);
  }
}

it('sets aside spares with mounts or other data at the paths of the app, and deletes nothing there', async () => {
  await room.inHost(
    'new-b-01',
    'mkdir -p /opt/shop/data && mount -t tmpfs tmpfs /opt/shop/data && echo precious > /opt/shop/data/db',
  );
  // A bind mount of the same file system has the same device: rm --one-file-system alone would go into it.
  await room.inHost(
    'new-b-02',
    'mkdir -p /opt/shop/bind /srv/other && echo precious > /srv/other/db && mount --bind /srv/other /opt/shop/bind',
  );
  await room.inHost('new-b-03', 'mkdir -p /opt/shop/uploads && echo cat > /opt/shop/uploads/cat.jpg');
  const words = room.scaleWords({ count: 3 }).filter((word) => word !== '--yes');
  const dry = await room.kuafu([...words, '--dry-run']);
  expect(dry.stdout).toMatch(/set aside: new-b-01: .*\/opt\/shop\/data is a mount of its own/);
  expect(dry.stdout).toMatch(/set aside: new-b-03: .*\/opt\/shop holds .*uploads.*--replace/);

  const run = await room.scale({ count: 3 });
  expect(run).toMatchObject({ code: 0, result: { done: 3 } });
  const messages = new Map(run.result.hosts.map(({ host, message }) => [host, message]));
  expect(messages.get('new-b-01')).toMatch(/connect: .*\/opt\/shop\/data is a mount of its own/);
  expect(messages.get('new-b-02')).toMatch(/connect: .*\/opt\/shop\/bind is a mount of its own/);
  expect(messages.get('new-b-03')).toMatch(/connect: .*was not brought by kuafu, 2 names: uploads/);
  expect(await room.inHost('new-b-01', 'cat /opt/shop/data/db; ls /opt')).toBe('precious\nshop\n');
  expect(await room.inHost('new-b-02', 'cat /opt/shop/bind/db')).toBe('precious\n');
  expect(await room.inHost('new-b-03', 'cat /opt/shop/uploads/cat.jpg')).toBe('cat\n');
}, 300_000);

it('refuses an app path that is a mount, and replaces on request all but what is excluded; undo leaves the rest', async () => {
  await room.inHost('new-b-01', 'mkdir -p /opt/shop && mount -t tmpfs tmpfs /opt/shop');
  await room.inHost(
    'new-b-02',
    'mkdir -p /opt/shop/run /opt/shop/uploads && echo 12 > /opt/shop/run/pid && echo cat > /opt/shop/uploads/a',
  );
  const words = room.scaleWords({ count: 2, flags: ['--replace'] }).filter((word) => word !== '--yes');
  const dry = await room.kuafu([...words, '--dry-run']);
  expect(dry.stdout).toMatch(/^would be replaced on new-b-02: \/opt\/shop holds .*uploads/m);
  const run = await room.scale({ count: 2, flags: ['--replace'] });
  expect(run).toMatchObject({ code: 0, result: { done: 2 } });
  expect(run.result.hosts.find(({ host }) => host === 'new-b-01')?.message).toMatch(
    /\/opt\/shop is a mount of its own/,
  );
  const look =
    'cd /opt; cat shop/run/pid; ls shop/uploads shop.kuafu-* 2>&1 | grep -c "No such"; test -e shop/shop.py';
  expect(await room.inHost('new-b-02', look)).toBe('12\n2\n');

  await room.inHost('new-b-02', 'echo note > /opt/shop/note');
  const undo = await room.kuafu(['scale', '--undo', run.result.id, '--yes', '--json']);
  expect(undo.code).toBe(0);
  const said = JSON.parse(undo.stdout).hosts.find(
    ({ host }: { host: string }) => host === 'new-b-02',
  ).message;
  expect(said).toMatch(/^left \/opt\/shop, which was not brought: 2 names: .*note/);
  const left =
    'find /opt/shop -type f | sort; ls /etc/systemd/system/shop.service /var/lib/kuafu 2>&1 | grep -c "No such"';
  expect(await room.inHost('new-b-02', left)).toBe('/opt/shop/note\n/opt/shop/run/pid\n2\n');
}, 300_000);

it('takes no file for its own by a record that is empty, and no folder that was there before', async () => {
  const empty = ': > /var/lib/kuafu/brought/etc%shop%env%env; echo A=theirs > /etc/shop/env';
  await room.inHost('new-b-01', `umask 077; mkdir -p /etc/shop /var/lib/kuafu/brought; ${empty}`);
  await room.inHost('new-b-03', 'mkdir /etc/shop');
  const run = await room.scale({ count: 2 });
  expect(run).toMatchObject({ code: 0, result: { done: 2 } });
  expect(run.result.hosts.find(({ host }) => host === 'new-b-01')?.message).toMatch(
    /connect: \/etc\/shop\/env was not brought by kuafu/,
  );
  await room.inHost('new-b-02', empty);
  const undo = await room.kuafu(['scale', '--undo', run.result.id, '--yes', '--json']);
  expect(undo.code).toBe(0);
  expect(undo.stdout).toContain('left /etc/shop/env: kuafu has no record of having brought it');
  for (const host of ['new-b-01', 'new-b-02'])
    expect(await room.inHost(host, 'cat /etc/shop/env')).toBe('A=theirs\n');
  const left = 'ls -d /etc/shop /opt/shop /var/lib/kuafu 2>/dev/null; ls /etc/shop; true';
  expect(await room.inHost('new-b-03', left)).toBe('/etc/shop\n');
}, 300_000);

it.each([[[]], [['--one-hop']]])(
  'brings capabilities, holes, links and boot as the template has them: %j',
  async (flags) => {
    const make = `
cp /bin/true /opt/shop/tool && setcap cap_net_bind_service+ep /opt/shop/tool
truncate -s 300G /opt/shop/holes
ln /opt/shop/tool /opt/shop/tool2
chown root:shop /etc/shop/env && chmod 640 /etc/shop/env
cp ${UNIT} /root/unit.before && systemctl disable --quiet shop.service && sed -i '/^\\[Install\\]/,$d' ${UNIT}
mkdir -p ${UNIT}.d && printf '[Service]\\nLimitNOFILE=4096\\n' > ${UNIT}.d/limits.conf
systemctl daemon-reload && systemctl add-wants --quiet multi-user.target shop.service`;
    const back = `
rm -rf /opt/shop/tool /opt/shop/tool2 /opt/shop/holes ${UNIT}.d; systemctl disable --quiet shop.service
mv /root/unit.before ${UNIT}; chown root:root /etc/shop/env; systemctl daemon-reload; systemctl enable --quiet shop.service`;
    await withTemplate(make, back, async () => {
      const words = room.scaleWords({ count: 1, start: true, flags }).filter((word) => word !== '--yes');
      const dry = await room.kuafu([...words, '--dry-run']);
      expect(dry.stdout).toMatch(/drop-ins that are not in `files` and are not copied: .*limits\.conf/);
      const run = await room.scale({ count: 1, start: true, flags });
      expect(run).toMatchObject({ code: 0, result: { done: 1 } });
      const host = run.result.hosts[0]?.host ?? '';
      const look = `
getcap /opt/shop/tool; stat -c '%h %s' /opt/shop/tool2 /opt/shop/holes; du -k /opt/shop/holes | cut -f 1
stat -c '%a %U:%G' /etc/shop/env; readlink /etc/systemd/system/multi-user.target.wants/shop.service
systemctl is-active shop.service`;
      const template = await room.inHost('web-a-01', look);
      expect(template).toContain('cap_net_bind_service');
      expect(await room.inHost(host, look)).toBe(template);
    });
  },
  300_000,
);

it('refuses a path that is a link out of files, with what it leads to', async () => {
  const make = 'mkdir -p /srv/rel && mv /opt/shop /srv/rel/1 && ln -s /srv/rel/1 /opt/shop';
  await withTemplate(make, 'rm /opt/shop; mv /srv/rel/1 /opt/shop', async () => {
    const run = await room.kuafu(room.scaleWords({ count: 1 }));
    expect(run.code).toBe(3);
    expect(run.stderr).toMatch(
      /\/opt\/shop on template host web-a-01 is a link that leaves `files`.*\/srv\/rel\/1/,
    );
    expect(await room.resources('unfit')).toEqual([]);
  });
}, 120_000);

it('says what a spare cannot hold, and puts nothing in place there', async () => {
  const make = 'cp /bin/true /opt/shop/tool && setcap cap_net_bind_service+ep /opt/shop/tool';
  await withTemplate(make, 'rm -f /opt/shop/tool', async () => {
    // ramfs has no attributes, and says that it has no room.
    await room.inHost(
      'new-b-01',
      `mkdir -p /var/lib/kuafu && mount -t ramfs ramfs /var/lib/kuafu
printf '%s\\n' '#!/bin/sh' '[ "$1" != -f ] || exec echo 99999999 1024' 'exec /usr/bin/stat "$@"' > /usr/local/bin/stat
chmod +x /usr/local/bin/stat`,
    );
    const run = await room.scale({ count: 1 });
    await room.inHost('new-b-01', 'umount /var/lib/kuafu; rm /usr/local/bin/stat');
    expect(run.code).toBe(0);
    expect(run.result.hosts.find(({ host }) => host === 'new-b-01')?.message).toMatch(
      /copy: nothing was put in place: this host cannot hold all that the template has: .*not supported/,
    );
    expect(await room.inHost('new-b-01', 'ls /opt')).toBe('');
  });
}, 120_000);

it('a resume does not mind what the service that it has started wrote among its files; the next expansion says it', async () => {
  const make = `
cp ${UNIT} /root/unit.before
sed -i '/^ExecStart=/i ExecStartPre=+/bin/sh -c "date >> /opt/shop/written"' ${UNIT}; systemctl daemon-reload`;
  await withTemplate(make, `mv /root/unit.before ${UNIT}; systemctl daemon-reload`, async () => {
    const first = room.start(room.scaleWords({ count: 1, start: true }));
    await first.says(/start done/);
    first.process.kill('SIGKILL');
    await first.ended;
    expect(await room.inHost('new-b-01', 'cat /opt/shop/written')).not.toBe('');
    const [{ id }] = JSON.parse((await room.kuafu(['ops', 'list', '--json'])).stdout).operations;
    const resumed = await room.resume(id);
    expect(resumed).toMatchObject({ code: 0, result: { done: 1 } });
    expect(resumed.result.hosts[0]).toMatchObject({ host: 'new-b-01', state: 'done' });

    const undo = await room.kuafu(['scale', '--undo', id, '--yes', '--json']);
    expect(JSON.parse(undo.stdout).hosts[0].message).toMatch(/^left \/opt\/shop.* written/);
    const words = room.scaleWords({ count: 1 }).filter((word) => word !== '--yes');
    const next = await room.kuafu([...words, '--dry-run']);
    expect(next.stdout).toMatch(
      /new-b-01: .*\/opt\/shop holds .*written.* belongs under `exclude` of the application; kuafu scale with --replace deletes it/s,
    );
  });
}, 300_000);
