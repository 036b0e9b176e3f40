import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { LabRoom } from '../support/lab-room.js';

// Units that go down with the service when it is stopped, in every way in which systemd knows that.
const room = new LabRoom();
const HOSTS = ['web-b-01', 'web-b-02'];
const UNITS = '/run/systemd/system';
// Names as systemd-escape makes them, and of a template.
const SIDECARS = {
  'exporter.service': 'Requires=shop.service\nAfter=shop.service',
  'log\\x2dship.service': 'BindsTo=shop.service\nAfter=shop.service',
  'tail@a:b\\x20c.service': 'PartOf=shop.service',
  'behind.service': 'PartOf=exporter.service',
  // The service itself wants it, so that it comes back by itself.
  'wanted.service': 'PartOf=shop.service',
};
const STOPPED = 'stopped.service';
const TARGET = 'stack.target';
const ALL = [...Object.keys(SIDECARS), STOPPED];
const quoted = (names: readonly string[]) => names.map((name) => `'${name}'`).join(' ');

beforeAll(async () => {
  await room.open();
  const service = (unit: string) =>
    `[Unit]\n${unit}\n[Service]\nExecStartPre=sh -c '! test -e /run/broken.%N'\nExecStart=sleep infinity\n`;
  const files = [
    ...Object.entries(SIDECARS).map(([name, unit]) => [name, service(unit)]),
    [STOPPED, service('Requires=shop.service\nAfter=shop.service')],
    [TARGET, `[Unit]\nRequires=shop.service\nWants=${STOPPED}\n`],
    ['shop.service.d/wants.conf', '[Unit]\nWants=wanted.service\n'],
  ].map(([name = '', text = '']) => [name, Buffer.from(text).toString('base64')]);
  const make = files.map(([name, text]) => `echo ${text} | base64 -d > '${UNITS}/${name}'`).join('\n');
  await onEach(`mkdir -p ${UNITS}/shop.service.d\n${make}\nsystemctl daemon-reload`);
});
beforeEach(async () => {
  await onEach(
    `rm -f /run/broken.*; systemctl start ${quoted([...ALL, TARGET])} && systemctl stop ${STOPPED}`,
  );
});
afterEach(async () => {
  await expect.poll(async () => await room.serversUp(), { timeout: 30_000 }).toEqual(HOSTS);
});
afterAll(async () => {
  const files = quoted([...ALL, TARGET, 'shop.service.d/wants.conf'].map((name) => `${UNITS}/${name}`));
  await onEach(
    `rm -f /run/broken.*; systemctl stop ${quoted([...ALL, TARGET])}; rm -f ${files}; systemctl daemon-reload; systemctl reset-failed; systemctl start shop.service`,
  );
  await room.close();
});

async function onEach(script: string): Promise<void> {
  await Promise.all(HOSTS.map((host) => room.inHost(host, script)));
}

/** Whether each is up on a host. */
async function states(host: string, names: readonly string[] = [...ALL, TARGET]): Promise<object> {
  const lines = (await room.inHost(host, `systemctl is-active ${quoted(names)} || true`)).trim().split('\n');
  return Object.fromEntries(names.map((name, index) => [name, lines[index]]));
}

const AS_BEFORE = {
  ...Object.fromEntries(Object.keys(SIDECARS).map((name) => [name, 'active'])),
  [STOPPED]: 'inactive',
  [TARGET]: 'active',
};

async function expectAsBefore(): Promise<void> {
  for (const host of HOSTS) expect({ host, ...(await states(host)) }).toEqual({ host, ...AS_BEFORE });
  for (const host of HOSTS) expect(await room.inHost(host, 'ls -A /run/kuafu/down')).toBe('');
}

const WORDS = ['restart', '--app=shop', '--idc=B', '--yes'];

describe('what goes down with the service', () => {
  it('is named in the plan, and up again after a restart; what somebody stopped stays stopped', async () => {
    const dry = await room.kuafu([...WORDS, '--dry-run']);
    expect(dry.stdout).toContain('go down with shop.service, and are started again after it: web-b-[01-02]');
    expect(dry.stdout).not.toContain('may take up to');
    const run = await room.kuafu([...WORDS, 'web-b-01']);
    expect(run).toMatchObject({ code: 0 });
    expect(run.stderr).toMatch(/web-b-01 stop done .*exporter\.service.* go down with it/);
    await expectAsBefore();
  });

  it('after a kill -9 between stop and start, too', async () => {
    const process = room.start([...WORDS, 'web-b-01']);
    await process.says('web-b-01 stop done');
    process.process.kill('SIGKILL');
    await process.ended;
    expect(await room.resume(await lastOperation())).toMatchObject({ code: 0 });
    await expectAsBefore();
  });

  it('after a kill -9 while they stop, too', async () => {
    const slow = `${UNITS}/exporter.service.d`;
    await onEach(
      `mkdir -p ${slow}; printf '[Service]\\nExecStop=sleep 3\\n' > ${slow}/slow.conf; systemctl daemon-reload`,
    );
    const process = room.start([...WORDS, 'web-b-01']);
    await process.says('web-b-01 drain done');
    await expect
      .poll(async () => await states('web-b-01', ['exporter.service']), { timeout: 20_000 })
      .toEqual({ 'exporter.service': 'deactivating' });
    process.process.kill('SIGKILL');
    await process.ended;
    // The stop goes on without anybody.
    await sleep(4000);
    await onEach(`rm -r ${slow}; systemctl daemon-reload`);
    expect(await room.resume(await lastOperation())).toMatchObject({ code: 0 });
    await expectAsBefore();
  });
});

it('one that does not come up stops the restart; the host serves, and a resume tries again', async () => {
  await onEach('touch /run/broken.exporter');
  const run = await room.kuafu(WORDS);
  expect(run.code).toBe(4);
  expect(run.stderr).toMatch(
    /web-b-01 sidecars failed .*did not come up again: exporter\.service \(failed, exit-code.*systemctl start exporter\.service/,
  );
  expect(run.stdout).toMatch(/^in traffic, sidecars down +web-b-01$/m);
  expect(run.stdout).toMatch(/^not begun +web-b-02$/m);
  expect(await room.serversUp()).toEqual(HOSTS);
  expect(await states('web-b-01')).toEqual({
    ...AS_BEFORE,
    'exporter.service': 'failed',
  });
  await onEach('rm /run/broken.exporter');
  expect(await room.resume(await lastOperation())).toMatchObject({ code: 0 });
  await expectAsBefore();
});

async function lastOperation(): Promise<string> {
  return JSON.parse((await room.kuafu(['ops', 'list', '--json'])).stdout).operations[0].id;
}
