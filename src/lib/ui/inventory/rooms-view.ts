import type { KeptOut } from '../../ledger/ledger.js';
import type { GatewayWay, RoomLink } from '../../report/room-links.js';
import { keptOutLine } from '../../traffic/kept-out-words.js';
import { type ChalkInstance, plain } from '../frame/colour.js';
import { sanitizeLine } from '../frame/sanitize.js';
import { renderTable } from '../frame/table.js';

export interface RoomSummary {
  readonly room: string;
  readonly title: string;
  readonly network: string;
  readonly gateway: string | null;
  readonly hosts: number;
  readonly spare: number;
  /** Hosts by `app/group`. */
  readonly groups: Readonly<Record<string, number>>;
}

export interface RoomsReport {
  readonly rooms: readonly RoomSummary[];
  readonly gateways: readonly GatewayWay[];
  readonly links: readonly RoomLink[];
  /** Hosts that a person keeps out of traffic. */
  readonly drained: readonly KeptOut[];
}

export interface RoomsViewOptions {
  readonly width?: number;
  readonly paint?: ChalkInstance;
}

/** Whether a path fails or loses connections. */
export function isBroken(report: RoomsReport): boolean {
  return report.gateways.some(({ reached }) => !reached) || report.links.some(isBadLink);
}

/** Whether hosts were asked, and none of them could be: then nothing is known of the ways between them. */
export function reachesNobody({ gateways, links }: RoomsReport): boolean {
  const reached = [...gateways.map((way) => way.reached), ...links.map(({ probes }) => probes > 0)];
  return reached.length > 0 && !reached.includes(true);
}

function isBadLink({ lost, roundTripMs }: RoomLink): boolean {
  return lost > 0 || roundTripMs === null;
}

/** The rooms, the ways to their gateways, and the paths between them. */
export function renderRooms(
  { rooms, gateways, links, drained }: RoomsReport,
  options: RoomsViewOptions = {},
): string {
  const { paint = plain, width } = options;
  const style = { paintHead: (text: string) => paint.dim(text), ...(width === undefined ? {} : { width }) };
  const mark = (text: string, bad: boolean) => ({ text, paint: bad ? paint.red : paint.green });
  const roomRows = rooms.map(({ room, title, network, hosts, spare, groups }) => [
    room,
    title,
    network,
    String(hosts),
    String(spare),
    Object.entries(groups)
      .map(([group, count]) => `${group}: ${count}`)
      .join(', '),
  ]);
  const gatewayRows = gateways.map(({ room, host, way, address, reached, message }) => [
    host,
    room,
    way,
    address,
    mark(reached ? 'reached' : sanitizeLine(message), !reached),
  ]);
  const linkRows = links.map((link) => [
    `${link.fromRoom} to ${link.toRoom}`,
    link.from,
    link.to,
    link.roundTripMs === null ? '-' : `${link.roundTripMs.toFixed(1)} ms`,
    mark(
      link.probes === 0 || link.roundTripMs === null
        ? sanitizeLine(link.message)
        : `${link.lost} of ${link.probes}`,
      isBadLink(link),
    ),
  ]);
  const tables = [
    renderTable(['ROOM', 'TITLE', 'NETWORK', 'HOSTS', 'SPARE', 'GROUPS'], roomRows, style),
    ...(gatewayRows.length === 0
      ? []
      : [renderTable(['GATEWAY', 'ROOM', 'WAY', 'ADDRESS', 'FROM HERE'], gatewayRows, style)]),
    ...(linkRows.length === 0
      ? []
      : [renderTable(['ROOMS', 'FROM', 'TO', 'ROUND TRIP', 'LOST'], linkRows, style)]),
  ];
  const kept = drained.map((row) => paint.yellow(sanitizeLine(keptOutLine(row))));
  return [...tables, ...(kept.length === 0 ? [] : [kept.join('\n')])].join('\n\n');
}

/** `kuafu rooms --json`; schemas/rooms.schema.json. */
export function roomsDocument({ rooms, gateways, links, drained }: RoomsReport, exitCode: number): object {
  const rounded = links.map((link) => ({
    ...link,
    roundTripMs: link.roundTripMs === null ? null : Math.round(link.roundTripMs * 100) / 100,
  }));
  return { kind: 'kuafu.rooms', version: 1, exitCode, rooms, gateways, links: rounded, drained };
}
