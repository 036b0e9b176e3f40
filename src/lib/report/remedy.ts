import type { Config } from '../config/config-types.js';
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
  /** What to know of the template host; empty when the configuration declares it. */
  readonly note: string;
}

/** What a shortage can be ended with. */
export interface Supply {
  readonly inventory: Inventory;
  readonly apps: Config['apps'];
  /** Number of free spare hosts, by room. */
  readonly free: ReadonlyMap<string, number>;
  /** As the user named it, if so. */
  readonly configFile: string | undefined;
}

/**
 * A start or an expansion, or both, for each verdict with a shortage, in their order. Each spare host and each installed host is
 * counted only once. A shortage of one group in one room needs one expansion, even if several lost rooms cause it.
 */
export function remediesFor(
  verdicts: readonly CapacityVerdict[],
  groups: readonly GroupLoad[],
  { inventory, apps, free, configFile }: Supply,
): ReadonlyMap<CapacityVerdict, Remedy> {
  const unpromised = new Map(free);
  const promised = new Set<string>();
  const remedies = new Map<CapacityVerdict, Remedy>();
  for (const verdict of verdicts) {
    if (verdict.short === 0) continue;
    const spares = (room: string) => unpromised.get(room) ?? 0;
    const room = [...verdict.left].sort((a, b) => spares(b) - spares(a))[0];
    if (room === undefined) continue;
    const template = templateFor(verdict, room, groups, apps);
    const started = waitingFor(verdict, groups, promised);
    for (const host of started) promised.add(host);
    const rest = verdict.short - started.length;
    const count = template === undefined ? 0 : Math.min(rest, spares(room));
    unpromised.set(room, spares(room) - count);
    const address = template === undefined ? '' : inventory.host(template.host).ssh.address;
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
      note: count === 0 || template === undefined ? '' : noteOf(template, room),
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

interface Template {
  readonly host: string;
  readonly room: string;
  readonly isDeclared: boolean;
}

/**
 * A host that serves, from the same room if possible: its files then need not cross between rooms. A host that the
 * configuration declares goes before one that came by an expansion, which an undo takes away.
 */
function templateFor(
  { app, group }: CapacityVerdict,
  room: string,
  groups: readonly GroupLoad[],
  apps: Config['apps'],
): Template | undefined {
  const declared = [...(apps.get(app)?.groups.get(group)?.values() ?? [])].flat();
  const hosts = groups.find((each) => each.app === app && each.group === group)?.hosts ?? [];
  const serving = hosts
    .filter(({ serves }) => serves)
    .map(({ host, room }): Template => ({ host, room, isDeclared: declared.includes(host) }));
  const near = serving.filter((each) => each.room === room);
  const from = near.length > 0 ? near : serving;
  return from.find(({ isDeclared }) => isDeclared) ?? from[0];
}

function noteOf({ host, isDeclared }: Template, room: string): string {
  if (isDeclared) return '';
  return `the template host ${host} came by an expansion: no declared host of room ${room} serves`;
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
