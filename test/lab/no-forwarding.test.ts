import { afterEach, beforeEach, expect, it } from 'vitest';
import { LabRoom } from '../support/lab-room.js';

// A usual hardening: the sshd of members forwards nothing, so that their health cannot be asked through it.
const room = new LabRoom();
const HOSTS = ['web-b-01', 'web-b-02'];
const CONF = '/etc/ssh/sshd_config.d/00-no-forwarding.conf';
beforeEach(() => room.open());
afterEach(async () => {
  await onEach(`rm -f ${CONF}; systemctl reload ssh`);
  await room.setServers(HOSTS, 'ready');
  await room.close();
});

async function onEach(script: string): Promise<void> {
  for (const host of HOSTS) await room.inHost(host, script);
}

it('hosts that cannot be asked count as serving, whatever is said of unhealthy ones: no request fails', async () => {
  await onEach(`echo 'AllowTcpForwarding no' > ${CONF}; systemctl reload ssh`);
  const stop = room.putUnderLoad();
  const run = await room.kuafu(['restart', '--app=shop', '--idc=B', '--max-unhealthy=100%', '--yes']);
  const load = await stop();
  expect(load.failures).toEqual([]);
  expect([...load.hosts.keys()].sort()).toEqual(HOSTS);
  expect(run.stderr).not.toContain('nothing is lost');
  expect(run).toMatchObject({ code: 0 });
});
