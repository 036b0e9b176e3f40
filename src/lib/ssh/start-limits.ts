import { isIP } from 'node:net';
import type { Route } from './route.js';
import { Slots, SlotsByKey } from './slots.js';

export interface StartOptions {
  /** Logins at the same time; 32 by default. */
  readonly startsInFlight?: number;
  /** Of those, through one bastion; 5 by default. */
  readonly startsPerBastion?: number;
  /** Into one subnet (a /24, or a /64 of IPv6); 24 by default. */
  readonly startsPerSubnet?: number;
  /** At one sshd; 8 by default. */
  readonly startsPerSshd?: number;
}

/** A login that takes longer than this no longer holds up the other logins. */
const PATIENCE_MS = 2000;

/**
 * Which logins may start now.
 *
 * - One sshd drops logins from the tenth that is in progress (MaxStartups 10:30:100); several names can lead to one sshd.
 * - The hosts of a subnet are often behind one firewall, which counts new connections. If a whole subnet is dead, the
 *   remaining slots stay free for other subnets. 24 of 32 never slows a fleet that answers.
 * - A silent login gives its slots back after two seconds, except the slot at its own sshd. So five hundred dead hosts, each
 *   with a timeout of ten seconds, do not hold up the hosts that answer longer than needed.
 */
export class StartLimits {
  readonly #all: Slots;
  readonly #perBastion: SlotsByKey;
  readonly #perSubnet: SlotsByKey;
  readonly #perSshd: SlotsByKey;

  constructor(options: StartOptions) {
    this.#all = new Slots(options.startsInFlight ?? 32);
    this.#perBastion = new SlotsByKey(options.startsPerBastion ?? 5);
    this.#perSubnet = new SlotsByKey(options.startsPerSubnet ?? 24);
    this.#perSshd = new SlotsByKey(options.startsPerSshd ?? 8);
  }

  /**
   * Waits until the host of this route may be dialled. Call the returned function when the login is over.
   *
   * @throws the signal's reason when it aborts first
   */
  async acquire({ host, via }: Route, signal: AbortSignal): Promise<() => void> {
    const { address, port } = host.ssh;
    const ownSshd = this.#perSshd.of(`${via?.key ?? ''} ${address} ${port}`);
    // A host behind a bastion is dialled by the bastion, so the subnet limit does not apply.
    const shared = [via ? this.#perBastion.of(via.key) : this.#perSubnet.of(subnetOf(address)), this.#all];
    const leave = await ownSshd.acquire(signal);
    const releases: (() => void)[] = [];
    const giveTurn = () => {
      for (const release of releases) release();
    };
    try {
      for (const slots of shared) releases.push(await slots.acquire(signal));
    } catch (error) {
      giveTurn();
      leave();
      throw error;
    }
    const timer = setTimeout(giveTurn, PATIENCE_MS).unref();
    return () => {
      clearTimeout(timer);
      giveTurn();
      leave();
    };
  }
}

/** The /24 or /64 of an address; a name counts as its own subnet. */
export function subnetOf(address: string): string {
  if (isIP(address) === 4) return address.slice(0, address.lastIndexOf('.'));
  if (isIP(address) !== 6) return address;
  const [head = '', tail] = address.toLowerCase().split('::');
  const groups = head === '' ? [] : head.split(':');
  const behind = tail === undefined || tail === '' ? [] : tail.split(':');
  const gap =
    tail === undefined ? [] : Array<string>(Math.max(0, 8 - groups.length - behind.length)).fill('0');
  const all = [...groups, ...gap, ...behind].slice(0, 4);
  return all.map((group) => Number.parseInt(group, 16).toString(16)).join(':');
}
