import type { Inventory } from '../inventory/inventory.js';
import { quoteWord } from '../shell/quote.js';
import { startCommand } from '../unit/not-started.js';
import { type CapacityVerdict, type GroupLoad, NOT_STARTED } from './capacity.js';

/** How to end a shortage: a start of installed hosts, then an expansion, as far as the pool allows. */
export interface Remedy {
  readonly room: string;
  /** Hosts that the command starts or adds. */
  readonly count: number;
  /** Hosts that are still short, because the pool of the room has too few. */
  readonly missing: number;
  /** The command to type; empty when there is no host to add, or no template host. */
  readonly command: string;
}

/**
 * A start or an expansion, or both, for each verdict with a shortage, in their order. Each spare host and each installed host is
 * counted only once. A shortage of one group in one room needs one expansion, even if several lost rooms cause it.
 *
 * @param free number of free spare hosts, by room
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
  const promised = new Set<string>();
  const remedies = new Map<CapacityVerdict, Remedy>();
  for (const verdict of verdicts) {
    if (verdict.short === 0) continue;
    const spares = (room: string) => unpromised.get(room) ?? 0;
    const room = [...verdict.left].sort((a, b) => spares(b) - spares(a))[0];
    if (room === undefined) continue;
    const template = templateFor(verdict, room, groups);
    const started = waitingFor(verdict, groups, promised);
    for (const host of started) promised.add(host);
    const rest = verdict.short - started.length;
    const count = template === undefined ? 0 : Math.min(rest, spares(room));
    unpromised.set(room, spares(room) - count);
    const address = template === undefined ? '' : inventory.host(template).ssh.address;
    const config = configFile === undefined ? '' : ` --config ${quoteWord(configFile)}`;
    const commands = [
      ...(started.length === 0 ? [] : [`${startCommand(verdict.app, started)}${config}`]),
      ...(count === 0 ? [] : [scaleCommand(verdict, room, count, address, configFile)]),
    ];
    const made = started.length + count;
    remedies.set(verdict, {
      room,
      count: made,
      missing: verdict.short - made,
      command: commands.join(' && '),
    });
  }
  return remedies;
}

/** Hosts of the remaining rooms that are installed and only need a start, as many as are short. */
function waitingFor(
  { app, group, lost, short }: CapacityVerdict,
  groups: readonly GroupLoad[],
  promised: ReadonlySet<string>,
): readonly string[] {
  const hosts = groups.find((each) => each.app === app && each.group === group)?.hosts ?? [];
  return hosts
    .filter(({ host, room, why }) => why === NOT_STARTED && room !== lost && !promised.has(host))
    .slice(0, short)
    .map(({ host }) => host);
}

/** A host that serves, from the same room if possible: its files then need not cross between rooms. */
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
