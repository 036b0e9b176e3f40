import { afterAll, beforeAll, expect, it } from 'vitest';
import { LabRoom } from '../support/lab-room.js';

// A room of IPv6 addresses, which this side reaches through a jump host; its hosts reach each other by them.
interface Edited {
  rooms: Record<string, object>;
  apps: { shop: { traffic?: object; health?: object } };
}

const room = new LabRoom();
const ADDRESSES = {
  'lb-b': 'fd00:2::10',
  'web-b-01': 'fd00:2::11',
  'web-b-02': 'fd00:2::12',
  'new-b-01': 'fd00:2::101',
  'new-b-02': 'fd00:2::102',
};
let config = '';

beforeAll(async () => {
  await room.open();
  await eachHost((address) => `ip -6 addr replace ${address}/64 dev eth0 nodad`);
  config = await room.withConfig((edited) => {
    const { rooms, apps } = edited as unknown as Edited;
    rooms.B = {
      network: 'fd00:2::/64',
      hosts: { 'web-b-[01-02]': 'fd00:2::[11-12]' },
      spare: { 'new-b-[01-02]': 'fd00:2::[101-102]' },
      ssh: { proxyJump: 'root@198.18.2.10' },
    };
    // Its balancers and the service itself know IPv4 alone.
    delete apps.shop.traffic;
    delete apps.shop.health;
  });
});
afterAll(async () => {
  await eachHost((address) => `ip -6 addr del ${address}/64 dev eth0`);
  await room.close();
});

async function eachHost(command: (address: string) => string): Promise<void> {
  await Promise.all(Object.entries(ADDRESSES).map(([host, address]) => room.inHost(host, command(address))));
}

it('hosts of a room of IPv6 are named by any spelling of their addresses, copied to, restarted and searched', async () => {
  const asked = await room.kuafu(['exec', 'web-b-*,FD00:2:0::0:101', '--', 'hostname'], config);
  expect(asked.stdout).toBe('new-b-01: new-b-01\nweb-b-01: web-b-01\nweb-b-02: web-b-02\n');

  const words = room.scaleWords({ count: 2, templateIp: 'fd00:2:0::0:11', start: true });
  const scaled = await room.kuafu([...words, '--yes'], config);
  expect(scaled).toMatchObject({ code: 0, stdout: expect.stringContaining('fd00:2::102') });
  expect(scaled.stderr).not.toContain('from this machine');

  expect(await room.kuafu(['restart', '--app=shop', 'fd00:2::12', '--yes'], config)).toMatchObject({
    code: 0,
  });
  const found = await room.kuafu(['logs', 'grep', 'started', '--app=shop', '--idc=B'], config);
  expect(found).toMatchObject({ code: 0, stderr: '' });
  for (const host of ['web-b-01', 'web-b-02', 'new-b-01', 'new-b-02']) expect(found.stdout).toContain(host);

  const listed = await room.kuafu(['ops', 'list', '--json'], config);
  const { operations } = JSON.parse(listed.stdout) as { operations: { id: string; title: string }[] };
  const id = operations.find(({ title }) => title.startsWith('scale'))?.id ?? '';
  expect(await room.kuafu(['scale', '--undo', id, '--yes'], config)).toMatchObject({ code: 0 });
});
