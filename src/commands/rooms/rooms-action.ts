import type { Command } from 'commander';
import type { Config } from '../../lib/config/config-types.js';
import { ExitCode } from '../../lib/exit-codes.js';
import type { Inventory } from '../../lib/inventory/inventory.js';
import { jsonText } from '../../lib/json-text.js';
import { readKeptOut } from '../../lib/ledger/read-assigned.js';
import { isSameAddress } from '../../lib/names/addresses.js';
import type { Host } from '../../lib/names/host.js';
import {
  type GatewayWay,
  measureLink,
  pairsOf,
  type RoomLink,
  tryGateway,
} from '../../lib/report/room-links.js';
import { painter } from '../../lib/ui/frame/colour.js';
import { out, say } from '../../lib/ui/frame/output.js';
import { stdoutColumns } from '../../lib/ui/frame/screen-width.js';
import {
  isBroken,
  type RoomSummary,
  type RoomsReport,
  reachesNobody,
  renderRooms,
  roomsDocument,
} from '../../lib/ui/inventory/rooms-view.js';
import { openReadConnections } from '../connections.js';
import { type HostContext, openHostContext } from '../context.js';
import { listenForInterruption } from '../interruption.js';

export interface RoomsFlags {
  /** False: --no-probe. */
  readonly probe: boolean;
}

/** `kuafu rooms` */
export async function showRooms({ probe }: RoomsFlags, command: Command): Promise<void> {
  const context = await openHostContext(command);
  const { config, inventory, options } = context;
  const rooms = [...config.rooms.values()].map((room) => summaryOf(room.name, config, inventory));
  const interruption = listenForInterruption('no further way is tried');
  try {
    const measured = probe ? await measure(context, interruption.stop) : { gateways: [], links: [] };
    const drained = await readKeptOut(config);
    const report = { rooms, ...measured, drained };
    const exitCode = exitCodeOf(report);
    process.exitCode = exitCode;
    if (options.json) return out(jsonText(roomsDocument(report, exitCode)));
    out(renderRooms(report, { width: stdoutColumns(), paint: painter('stdout') }));
  } catch (error) {
    if (!interruption.stop.aborted) throw error;
    process.exitCode = ExitCode.interrupted;
    say('interrupted: not all ways were tried');
  } finally {
    interruption.ignore();
  }
}

function exitCodeOf(report: RoomsReport): ExitCode {
  if (reachesNobody(report)) return ExitCode.unreachable;
  return isBroken(report) ? ExitCode.finding : ExitCode.done;
}

function summaryOf(room: string, config: Config, inventory: Inventory): RoomSummary {
  const known = config.rooms.get(room);
  const counts = [...config.apps.values()].flatMap((app) =>
    [...app.groups.keys()].map((group): [string, number] => [
      `${app.name}/${group}`,
      inventory.members(app.name, group, room).length,
    ]),
  );
  return {
    room,
    title: known?.title ?? room,
    network: known?.network ?? '',
    gateway: known?.gateway?.host ?? null,
    hosts: inventory.inUse({ room }).length,
    spare: inventory.spares(room).length,
    groups: Object.fromEntries(counts.filter(([, count]) => count > 0)),
  };
}

/** Gateways first: their result may explain why no traffic passes between the rooms. */
async function measure(context: HostContext, signal: AbortSignal) {
  const connections = await openReadConnections(context);
  const links: RoomLink[] = [];
  try {
    const gateways: GatewayWay[] = await Promise.all(
      waysOf(context).map(([gateway, way]) =>
        tryWay(gateway, way, { ...context, through: connections }, signal),
      ),
    );
    const { config, inventory } = context;
    // One pair after another, so that the measurements do not slow each other down.
    for (const [from, to] of pairsOf([...config.rooms.keys()], inventory.inUse({})))
      links.push(await measureLink(from, to, connections, signal));
    return { gateways, links };
  } finally {
    await connections.close();
  }
}

/** With its own connection, because both ways lead to the same host. */
async function tryWay(
  gateway: Host,
  way: GatewayWay['way'],
  context: HostContext,
  signal: AbortSignal,
): Promise<GatewayWay> {
  const connections = await openReadConnections(context);
  try {
    return await tryGateway(gateway, way, connections, signal);
  } finally {
    await connections.close();
  }
}

function waysOf({ config, inventory }: HostContext): [Host, GatewayWay['way']][] {
  return [...config.rooms.values()].flatMap(({ gateway }): [Host, GatewayWay['way']][] => {
    const host = gateway && inventory.hosts.get(gateway.host);
    if (host === undefined) return [];
    const { outOfBand } = gateway ?? {};
    const ways: [Host, GatewayWay['way']][] = [];
    if (!isSameAddress(host.ssh.address, outOfBand ?? '')) ways.push([host, 'intranet']);
    // The out-of-band way must work when the intranet is cut, so it uses no jump host.
    if (outOfBand !== undefined)
      ways.push([{ ...host, ssh: { ...host.ssh, address: outOfBand, proxyJump: [] } }, 'out of band']);
    return ways;
  });
}
