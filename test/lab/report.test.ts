import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { PNG } from 'pngjs';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { LabRoom } from '../support/lab-room.js';

const room = new LabRoom();
let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kuafu-report-'));
  await room.open();
});
afterEach(async () => {
  await room.close();
  await rm(folder, { recursive: true, force: true });
});

interface Verdict {
  readonly lost: string;
  readonly basis: string;
  readonly perHost: number;
  readonly demand: number;
  readonly short: number;
}

async function capacity(...flags: readonly string[]) {
  const { code, stdout, stderr } = await room.kuafu(['report', 'capacity', '--lost', 'A', ...flags]);
  return { code, stdout, stderr };
}

async function verdict(...flags: readonly string[]): Promise<Verdict> {
  const { stdout } = await capacity(...flags, '--json');
  const [first] = JSON.parse(stdout).verdicts;
  return first;
}

it('measures what requests cost, names the shortage, and prints the command that ends it', async () => {
  const stopAsking = room.keepAsking();
  try {
    const measured = await verdict();
    expect(measured).toMatchObject({ lost: 'A', basis: 'requests' });
    expect(measured.demand).toBeGreaterThan(10);
    // Between three hosts and two. What a request costs is measured anew each time, on a machine that does other things as well.
    const peak = ['--peak', `${Math.round(measured.perHost * 2.5)}/s`];
    const untilIt = async (pattern: RegExp) => {
      let last = await capacity(...peak);
      for (let tries = 1; tries < 8 && !pattern.test(last.stdout); tries += 1) last = await capacity(...peak);
      expect(last.stdout).toMatch(pattern);
      return last;
    };
    const short = await untilIt(/SHORT BY 1 host: room B has 2 and needs 3/);
    expect(short.code).toBe(1);
    const command = /^kuafu (scale .* --count 1 .*)$/m.exec(short.stdout)?.[1] ?? '';
    const scaled = await room.kuafu([...command.split(' '), '--yes']);
    expect(scaled).toMatchObject({ code: 0 });
    const after = await untilIt(/room B carries it: it has 3 hosts and needs [123]$/m);
    expect(after.code).toBe(0);
  } finally {
    await stopAsking();
  }
});

it('does not count a host that is down or out of traffic', async () => {
  await room.setServers(['web-b-01'], 'maint');
  await room.inHost('web-b-02', 'systemctl stop shop.service');
  try {
    const gone = await capacity('--per-host', '100/s', '--peak', '100/s');
    expect(gone).toMatchObject({ code: 1 });
    expect(gone.stdout).toContain('SHORT BY 1 host: room B has 0 and needs 1');
    expect(gone.stdout).toContain('--template-ip 198.18.1.11');
    expect(gone.stderr).toContain('web-b-01 does not count for shop/web: its balancer gives it no requests');
    expect(gone.stderr).toContain('web-b-02 does not count for shop/web: its service does not run');
  } finally {
    await room.inHost('web-b-02', 'systemctl start shop.service');
    await room.setServers(['web-b-01'], 'ready');
  }
});

it('draws a page that a browser shows without a network', async () => {
  const page = join(folder, 'capacity.html');
  const written = await capacity('--per-host', '100/s', '--peak', '600/s', '--html', page);
  expect(written).toMatchObject({ code: 1 });
  expect(await readFile(page, 'utf8')).not.toMatch(/(?:src|href)=/);
  const light = await screenshot(page);
  // The colours of bars, which nothing but bars has: what is there, and what is short.
  expect(countPixels(light, [0x2f, 0x6f, 0xde])).toBeGreaterThan(1000);
  expect(countPixels(light, [0xc8, 0x32, 0x2b])).toBeGreaterThan(3000);
  const again = await capacity('--per-host', '100/s', '--peak', '100/s', '--html', page);
  expect(again).toMatchObject({ code: 0 });
  const green = await screenshot(page);
  expect(countPixels(green, [0x1f, 0x8a, 0x4c])).toBeGreaterThan(3000);
});

/** What Chromium shows of a page. The test's namespace has no route out, and nothing but the file is asked for. */
async function screenshot(page: string): Promise<PNG> {
  const file = join(folder, 'page.png');
  await promisify(execFile)('chromium', [
    '--headless',
    '--no-sandbox',
    '--disable-gpu',
    '--no-first-run',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
    `--user-data-dir=${join(folder, 'chromium')}`,
    '--window-size=1200,900',
    `--screenshot=${file}`,
    `file://${page}`,
  ]);
  return PNG.sync.read(await readFile(file));
}

function countPixels({ data }: PNG, [red, green, blue]: readonly [number, number, number]): number {
  let count = 0;
  for (let at = 0; at < data.length; at += 4)
    if (data[at] === red && data[at + 1] === green && data[at + 2] === blue) count += 1;
  return count;
}

it('tells what hosts use, which of them is silent, and what failed', async () => {
  await room.inHost('web-b-01', 'systemd-run --quiet --wait --unit=broken false || true');
  await room.powerOff('web-b-02');
  try {
    const limits = ['--max-load', '100', '--max-cpu', '100%', '--max-memory', '100%', '--max-disk', '100%'];
    const words = ['report', 'resources', '@app:shop', '--idc', 'B', '--sample', '500ms', ...limits];
    const report = await room.kuafu(words);
    expect(report).toMatchObject({ code: 1 });
    expect(report.stdout).toContain('web-b-01: broken.service failed');
    expect(report.stdout).toMatch(/^web-b-02: .+/m);
    expect(report.stdout).toMatch(/^shop\/web +B +1\/2 .* 1\.0\.0$/m);
    const agents = await room.kuafu(['agents', '@app:shop', '--json']);
    expect(agents).toMatchObject({ code: 1 });
    const { hosts, findings } = JSON.parse(agents.stdout);
    expect(hosts).toHaveLength(4);
    expect(hosts[0].hostKey).toMatch(/^ssh-ed25519 SHA256:.{43}$/);
    // The hosts of a lab share our clock.
    expect(Math.abs(hosts[0].clockOffsetMs)).toBeLessThan(1000);
    expect(findings.map(({ kind }: { kind: string }) => kind)).toEqual(['failed-unit', 'answer']);
  } finally {
    await room.inHost('web-b-01', 'systemctl reset-failed');
  }
});

it('knows the way between the rooms, and when a gateway shuts it', async () => {
  const open = await room.kuafu(['rooms', '--json']);
  expect(open).toMatchObject({ code: 0 });
  const { gateways, links } = JSON.parse(open.stdout);
  expect(gateways).toHaveLength(4);
  expect(links).toMatchObject([
    { fromRoom: 'A', lost: 0 },
    { fromRoom: 'B', lost: 0 },
  ]);
  await room.inHost(
    'gw-a',
    'nft add table inet shut; nft add chain inet shut way "{ type filter hook forward priority -300; }"; nft add rule inet shut way ip saddr 198.18.1.0/24 ip daddr 198.18.2.0/24 drop',
  );
  try {
    const shut = await room.kuafu(['rooms', '--json']);
    expect(shut).toMatchObject({ code: 1 });
    expect(JSON.parse(shut.stdout).links[0]).toMatchObject({ fromRoom: 'A', roundTripMs: null, lost: 10 });
  } finally {
    await room.inHost('gw-a', 'nft delete table inet shut');
  }
});
