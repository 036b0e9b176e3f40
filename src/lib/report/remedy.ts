import type { Inventory } from '../inventory/inventory.js';
import { quoteWord } from '../shell/quote.js';
import type { CapacityVerdict, GroupLoad } from './capacity.js';

/** What makes up for a shortage: an expansion, as far as the pool goes. */
export interface Remedy {
  readonly room: string;
  /** Hosts that the command adds. */
  readonly count: number;
  /** Hosts that the pool of the room lacks for the rest. */
  readonly missing: number;
  /** The command to type; empty when there is nothing to take a host from, or no host to take the application from. */
  readonly command: string;
}

/**
 * An expansion for each verdict that is short, in their order. Spare hosts are promised once. A shortage of one group
 * in one room needs one expansion, however many lost rooms ask for it.
 *
 * @param free spare hosts that are free, by room
 * @param configFile as the user named it, if so
 */
export function remediesFor(
  verdicts: readonly CapacityVerdict[],
  groups: readonly GroupLoad[],
  inventory: Inventory,
  free: ReadonlyMap<string, number>,
  configFile: string | undefined,
): ReadonlyMap<CapacityVerdict, Remedy> {
  const unpromised = new Map(free);
  const remedies = new Map<CapacityVerdict, Remedy>();
  for (const verdict of verdicts) {
    if (verdict.short === 0) continue;
    const spares = (room: string) => unpromised.get(room) ?? 0;
    const room = [...verdict.left].sort((a, b) => spares(b) - spares(a))[0];
    if (room === undefined) continue;
    const template = templateFor(verdict, room, groups);
    const count = template === undefined ? 0 : Math.min(verdict.short, spares(room));
    unpromised.set(room, spares(room) - count);
    const address = template === undefined ? '' : inventory.host(template).ssh.address;
    const command = count === 0 ? '' : scaleCommand(verdict, room, count, address, configFile);
    remedies.set(verdict, { room, count, missing: verdict.short - count, command });
  }
  return remedies;
}

/** A host that serves, of the same room if there is one: its files then need not cross between rooms. */
function templateFor(
  { app, group }: CapacityVerdict,
  room: string,
  groups: readonly GroupLoad[],
): string | undefined {
  const hosts = groups.find((each) => each.app === app && each.group === group)?.hosts ?? [];
  const serving = hosts.filter(({ serves }) => serves);
  return (serving.find((host) => host.room === room) ?? serving[0])?.host;
}

function scaleCommand(
  { app, group }: CapacityVerdict,
  room: string,
  count: number,
  address: string,
  configFile: string | undefined,
): string {
  const words = ['kuafu', 'scale', '--app', app, '--group', group, '--idc', room, '--count', String(count)];
  words.push('--template-ip', address, '--start');
  if (configFile !== undefined) words.push('--config', configFile);
  return words.map(quoteWord).join(' ');
}
