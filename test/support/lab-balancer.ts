import type { LabControl } from '../../src/lib/lab/control.js';
import { BALANCER_SOCKET, SHOP_BACKEND } from '../../src/lib/lab/service-configs.js';

/** A server of the shop's backend, by the host that has its address: what HAProxy calls it is its own affair. */
interface LabServer {
  readonly name: string;
  readonly host: string;
  readonly inTraffic: boolean;
}

/** A balancer of the lab, asked inside its host and not through its network. */
export class LabBalancer {
  readonly #control: LabControl;
  readonly #host: string;

  constructor(control: LabControl, host: string) {
    this.#control = control;
    this.#host = host;
  }

  /** Hosts that it sees up, in traffic. */
  async hostsUp(): Promise<string[]> {
    return (await this.#servers()).flatMap(({ host, inTraffic }) => (inTraffic ? [host] : []));
  }

  /** Takes the servers of hosts out, or puts them back in. */
  async set(hosts: readonly string[], state: 'maint' | 'ready'): Promise<void> {
    for (const { name, host } of await this.#servers())
      if (hosts.includes(host)) await this.#ask(`set server ${SHOP_BACKEND}/${name} state ${state}`);
  }

  /** Removes what expansions have added. */
  async removeSpares(): Promise<void> {
    for (const { name, host } of await this.#servers()) {
      if (!host.startsWith('new-')) continue;
      const id = `${SHOP_BACKEND}/${name}`;
      await this.#ask(`set server ${id} state maint; shutdown sessions server ${id}; del server ${id}`);
    }
  }

  async #servers(): Promise<readonly LabServer[]> {
    const { hosts } = this.#control.lab.topology;
    const rows = (await this.#ask(`show servers state ${SHOP_BACKEND}`))
      .split('\n')
      .map((line) => line.split(' '))
      .filter((row) => row[1] === SHOP_BACKEND);
    return rows.map(([, , , name = '', address, operational, administrative]) => ({
      name,
      host: hosts.find((host) => host.address === address)?.name ?? name,
      inTraffic: operational === '2' && administrative === '0',
    }));
  }

  async #ask(command: string): Promise<string> {
    const talk = ['nc', '-N', '-U', BALANCER_SOCKET];
    return (await this.#control.exec(this.#host, talk, `${command}\n`)).stdout;
  }
}
