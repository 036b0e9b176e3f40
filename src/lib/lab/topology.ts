import {
  CLIENT,
  CONTROL,
  networkOf,
  otherRoom,
  RESOLVER,
  ROOM_ADDRESSES,
  ROOMS,
  type RoomName,
  SPARE_ADDRESSES,
  WEB_ADDRESSES,
} from './address-plan.js';
import type { RoleHost } from './roles/role.js';
import type { RoleName } from './roles/role-names.js';
import { ROLES } from './roles/roles.js';
import type { LabSizes } from './sizes.js';

/** The switches: one for each room, the backbone between them, and the carrier (one bridge, no router). */
export const SEGMENTS = ['room-a', 'room-b', 'backbone', 'carrier'] as const;

export type Segment = (typeof SEGMENTS)[number];

export type HostKind =
  | 'gateway'
  | 'control'
  | 'client'
  | 'resolver'
  | 'balancer'
  | 'web'
  | 'service'
  | 'spare';

export interface Link {
  readonly device: string;
  readonly segment: Segment;
  /** All are /24; the first is the host's own. */
  readonly addresses: readonly string[];
}

export interface LabHost {
  readonly name: string;
  readonly kind: HostKind;
  readonly room: RoomName | undefined;
  /** The address at which the control host reaches it. */
  readonly address: string;
  readonly links: readonly Link[];
  readonly routes: readonly { readonly to: string; readonly via: string }[];
  /** Only for a host of kind `service`. */
  readonly service?: RoleHost & { readonly role: RoleName };
}

export interface Topology {
  readonly name: string;
  readonly sizes: LabSizes;
  readonly roles: readonly RoleName[];
  /** In the order in which they are started. */
  readonly hosts: readonly LabHost[];
}

/**
 * Every host of a lab with its wires. Pure. A larger lab contains all hosts of a smaller one unchanged, except for the
 * addresses of roles at the gateways.
 */
export function buildTopology(name: string, sizes: LabSizes, roles: readonly RoleName[] = []): Topology {
  const services = roles.flatMap((role) => ROLES[role].hosts().map((host) => ({ ...host, role })));
  const perRoom = (build: (room: RoomName) => readonly LabHost[]) => ROOMS.flatMap((room) => build(room));
  return {
    name,
    sizes,
    roles,
    hosts: [
      ...perRoom((room) => [gateway(room, services)]),
      control(),
      carrierHost('resolver', 'resolver', RESOLVER),
      carrierHost('client', 'client', CLIENT),
      ...perRoom((room) => series(room, 'web', 'web', sizes.hosts, WEB_ADDRESSES.first)),
      ...perRoom((room) => [
        roomHost(`lb-${room.toLowerCase()}`, 'balancer', room, ROOM_ADDRESSES[room].balancer),
      ]),
      ...services.map(serviceHost),
      ...perRoom((room) => series(room, 'new', 'spare', sizes.spare[room], SPARE_ADDRESSES.first)),
    ],
  };
}

/** Hosts of one kind in one room, in the order of their numbers. */
export function hostsOf(topology: Topology, kind: HostKind, room?: RoomName): readonly LabHost[] {
  return topology.hosts.filter((host) => host.kind === kind && (room === undefined || host.room === room));
}

function gateway(room: RoomName, services: readonly RoleHost[]): LabHost {
  const published = services.flatMap((service) =>
    service.room === room && service.published !== undefined ? [service.published.address] : [],
  );
  const own = ROOM_ADDRESSES[room];
  const other = otherRoom(room);
  return {
    name: `gw-${room.toLowerCase()}`,
    kind: 'gateway',
    room,
    address: own.gateway,
    links: [
      { device: 'eth0', segment: segmentOf(room), addresses: [own.gateway] },
      { device: 'eth1', segment: 'backbone', addresses: [own.backbone] },
      { device: 'eth2', segment: 'carrier', addresses: [own.outOfBand, own.entry, ...published] },
    ],
    routes: [{ to: networkOf(other), via: ROOM_ADDRESSES[other].backbone }],
  };
}

function control(): LabHost {
  return {
    name: 'ctl',
    kind: 'control',
    room: undefined,
    address: CONTROL.backbone,
    links: [
      { device: 'eth0', segment: 'backbone', addresses: [CONTROL.backbone] },
      { device: 'eth1', segment: 'carrier', addresses: [CONTROL.carrier] },
    ],
    routes: ROOMS.map((room) => ({ to: networkOf(room), via: ROOM_ADDRESSES[room].backbone })),
  };
}

function carrierHost(name: string, kind: HostKind, address: string): LabHost {
  const links = [{ device: 'eth0', segment: 'carrier' as const, addresses: [address] }];
  return { name, kind, room: undefined, address, links, routes: [] };
}

function serviceHost(service: NonNullable<LabHost['service']>): LabHost {
  const { name, room, address } = service;
  const host =
    room === undefined ? carrierHost(name, 'service', address) : roomHost(name, 'service', room, address);
  return { ...host, service };
}

function series(
  room: RoomName,
  stem: string,
  kind: HostKind,
  count: number,
  first: number,
): readonly LabHost[] {
  return Array.from({ length: count }, (_, index) => {
    const number = String(index + 1).padStart(2, '0');
    const address = `${ROOM_ADDRESSES[room].prefix}.${first + index}`;
    return roomHost(`${stem}-${room.toLowerCase()}-${number}`, kind, room, address);
  });
}

function roomHost(name: string, kind: HostKind, room: RoomName, address: string): LabHost {
  return {
    name,
    kind,
    room,
    address,
    links: [{ device: 'eth0', segment: segmentOf(room), addresses: [address] }],
    routes: [{ to: 'default', via: ROOM_ADDRESSES[room].gateway }],
  };
}

function segmentOf(room: RoomName): Segment {
  return room === 'A' ? 'room-a' : 'room-b';
}
