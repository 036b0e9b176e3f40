import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'vitest';
import { saidBy } from './kuafu.js';
import { LabRoom } from './lab-room.js';

const SPARES = ['new-b-01', 'new-b-02', 'new-b-03', 'new-b-04', 'new-b-05', 'new-b-06'];
export const HOSTS = [...SPARES, 'web-b-01', 'web-b-02'];
// A stop that ends no request by itself, as with many applications: only draining keeps them whole.
const RUDE = '/run/systemd/system/shop.service.d';

/** Room B of the lab with eight hosts of the shop, which tests restart one after the other. */
export class RestartedRoom extends LabRoom {
  /** A configuration that waits no longer than 5 s for a host to be healthy. */
  impatient = '';
  #since = 0;

  override async open(): Promise<void> {
    await super.open();
    this.impatient = await this.withConfig((config) => {
      config.apps.shop.health.within = '5s';
    });
    const run = await this.scale({ count: SPARES.length, start: true });
    expect(run, saidBy(run)).toMatchObject({ code: 0 });
    // A spare that was set aside says why.
    expect(run.result.hosts.filter(({ state }) => state !== 'done')).toEqual([]);
    const rude = '[Service]\\nKillSignal=SIGKILL\\nSuccessExitStatus=SIGKILL\\n';
    await this.#onEach(`mkdir -p ${RUDE} && printf '${rude}' > ${RUDE}/rude.conf; systemctl daemon-reload`);
  }

  override async close(): Promise<void> {
    await this.#onEach(`rm -rf ${RUDE}; systemctl daemon-reload`);
    await super.close();
  }

  /** Counts the starts of hosts from now on. */
  async countStarts(): Promise<void> {
    // The journal is asked for whole seconds.
    await sleep(1000);
    this.#since = Math.floor(Date.now() / 1000);
  }

  /** How often each host was started since. */
  async starts(hosts: readonly string[] = HOSTS): Promise<Record<string, number>> {
    const counted = hosts.map(async (host) => [host, await this.serviceStarts(host, this.#since)] as const);
    return Object.fromEntries(await Promise.all(counted));
  }

  async lastOperation(): Promise<{ id: string; state: string; kind: string }> {
    return JSON.parse((await this.kuafu(['ops', 'list', '--json'])).stdout).operations[0];
  }

  /** Goes on with the last operation until it is done. */
  async resumeLast(): Promise<void> {
    const run = await this.resume((await this.lastOperation()).id);
    expect(run, saidBy(run)).toMatchObject({ code: 0 });
  }

  async stopHaproxy(): Promise<void> {
    await this.inHost('lb-b', 'systemctl stop haproxy.service');
  }

  /** After a restart of HAProxy the spares, which its file does not have, are told to it again. */
  async startHaproxy(): Promise<void> {
    await this.inHost('lb-b', 'systemctl start haproxy.service');
    for (const [index, host] of SPARES.entries()) {
      const id = `shop/${host}`;
      const lines = [
        `add server ${id} 198.18.2.${101 + index}:8080 check inter 1s fall 2 rise 2`,
        `enable health ${id}`,
        `set server ${id} state ready`,
      ];
      await this.inHost('lb-b', `printf '%s\\n' '${lines.join('; ')}' | nc -N -U /run/haproxy/admin.sock`);
    }
    await expect.poll(async () => (await this.serversUp()).length, { timeout: 30_000 }).toBe(HOSTS.length);
  }

  async #onEach(script: string): Promise<void> {
    await Promise.all(HOSTS.map((host) => this.inHost(host, script)));
  }
}

/** The words of a restart of the room. */
export function restartWords(...flags: readonly string[]): string[] {
  return ['restart', '--app=shop', '--idc=B', '--yes', ...flags];
}

/** What starts() gives when each of the hosts was started so often. */
export function each(count: number, hosts: readonly string[] = HOSTS): Record<string, number> {
  return Object.fromEntries(hosts.map((host) => [host, count]));
}
