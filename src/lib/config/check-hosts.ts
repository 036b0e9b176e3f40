import { isIP } from 'node:net';
import { canonicalAddress, contains, isSameAddress, overlap } from '../names/addresses.js';
import { fold } from '../names/nodeset.js';
import type { KeyPath, ReportIssue } from './config-error.js';
import type { Shape } from './schema.js';

/** A host as one place of the configuration (or the inventory program) defines it. */
export interface HostClaim {
  readonly name: string;
  readonly room: string;
  readonly role: 'host' | 'spare' | 'gateway';
  /** Undefined: a gateway that is also under hosts, or is reached only out of band; or a host with a fault in its address. */
  readonly address: string | undefined;
  /** Where it is defined; for errors. */
  readonly path: KeyPath;
}

/** All hosts that the file itself defines. */
export function hostClaims(rooms: Shape['rooms']): HostClaim[] {
  return Object.entries(rooms).flatMap(([room, { hosts, spare, gateway }]) => [
    ...hosts.map(({ key, name, address }) => ({
      name,
      room,
      role: 'host' as const,
      address,
      path: ['rooms', room, 'hosts', key],
    })),
    ...spare.map(({ key, name, address }) => ({
      name,
      room,
      role: 'spare' as const,
      address,
      path: ['rooms', room, 'spare', key],
    })),
    ...(gateway === undefined
      ? []
      : [
          {
            name: gateway.host,
            room,
            role: 'gateway' as const,
            address: gateway.address,
            path: ['rooms', room, 'gateway'],
          },
        ]),
  ]);
}

/** What is uncertain about hosts because of other faults; no fault is reported about it. */
export interface HostDoubts {
  /** Whether the network of a room is certain. */
  hasNetwork(room: string): boolean;
  /** Whether a host may have an address that a fault hides. */
  mayHaveAddress(host: string, room: string): boolean;
  /** Whether a room has its hosts in two lists, of which perhaps only one is meant. */
  isDoubled(room: string): boolean;
}

/**
 * Checks that each host and each address occurs once, and that an address is in the network of its room. Also checks that
 * networks do not overlap, and that gateways can be reached.
 */
export function checkHosts(
  rooms: Shape['rooms'],
  claims: readonly HostClaim[],
  doubts: HostDoubts,
  report: ReportIssue,
): void {
  const certain = Object.fromEntries(Object.entries(rooms).filter(([room]) => doubts.hasNetwork(room)));
  checkNetworks(certain, report);
  checkInNetworks(certain, claims, report);
  checkRepetitions(claims, doubts, report);
  checkGateways(rooms, claims, doubts, report);
}

function checkRepetitions(claims: readonly HostClaim[], doubts: HostDoubts, report: ReportIssue): void {
  const byName = new Map<string, HostClaim>();
  const byAddress = new Map<string, HostClaim>();
  // Gateways come last: a gateway that is also under hosts is no duplicate.
  const gatewaysLast = [...claims].sort(
    (a, b) => Number(a.role === 'gateway') - Number(b.role === 'gateway'),
  );
  for (const claim of gatewaysLast) {
    const same = byName.get(claim.name);
    if (same === undefined) byName.set(claim.name, claim);
    else if (!isDoubtful(claim, same, doubts)) reportSameName(claim, same, report);
    if (claim.address === undefined || isOneAddress(same?.address, claim.address)) continue;
    checkAddress(claim, claim.address, { byAddress, doubts, report });
  }
}

function isDoubtful(claim: HostClaim, other: HostClaim, doubts: HostDoubts): boolean {
  return claim.room === other.room && doubts.isDoubled(claim.room);
}

function checkGateways(
  rooms: Shape['rooms'],
  claims: readonly HostClaim[],
  doubts: HostDoubts,
  report: ReportIssue,
): void {
  const reached = new Set(claims.filter(({ address }) => address !== undefined).map(({ name }) => name));
  for (const [room, { gateway }] of Object.entries(rooms)) {
    if (gateway === undefined || gateway.address !== undefined || gateway.outOfBand !== undefined) continue;
    if (!reached.has(gateway.host) && !doubts.mayHaveAddress(gateway.host, room))
      report(
        ['rooms', room, 'gateway'],
        `${gateway.host} has no address, no outOfBand, and is not under hosts: there is no way to it`,
      );
  }
}

function isOneAddress(one: string | undefined, other: string | undefined): boolean {
  return one !== undefined && other !== undefined && isSameAddress(one, other);
}

function reportSameName(claim: HostClaim, other: HostClaim, report: ReportIssue): void {
  const isDescribedGateway = claim.role === 'gateway' && other.role === 'host' && other.room === claim.room;
  const isUnsaid = claim.address === undefined || other.address === undefined;
  if (isDescribedGateway && (isUnsaid || isOneAddress(claim.address, other.address))) return;
  const place = other.room === claim.room ? `room ${other.room}` : `room ${other.room} as well`;
  const problem = isDescribedGateway
    ? `${claim.name} has the address ${other.address} under hosts`
    : `${claim.name} is a ${other.role} of ${place}; a host has one place`;
  report(claim.path, problem, 'key');
}

function checkAddress(
  claim: HostClaim,
  address: string,
  {
    byAddress,
    doubts,
    report,
  }: { byAddress: Map<string, HostClaim>; doubts: HostDoubts; report: ReportIssue },
): void {
  const canonical = canonicalAddress(address);
  const other = byAddress.get(canonical);
  if (other === undefined) byAddress.set(canonical, claim);
  else if (!isDoubtful(claim, other, doubts))
    report(claim.path, `${address} is the address of ${other.name} already; ${claim.name} needs another`);
}

/** One fault for each entry, however many hosts it names. */
function checkInNetworks(rooms: Shape['rooms'], claims: readonly HostClaim[], report: ReportIssue): void {
  const outside = new Map<string, HostClaim[]>();
  for (const claim of claims) {
    const network = rooms[claim.room]?.network;
    const { address } = claim;
    // The network of a DNS name cannot be known here.
    if (network === undefined || address === undefined || isIP(address) === 0) continue;
    if (contains(network, address)) continue;
    const entry = JSON.stringify([claim.path, claim.room]);
    const there = outside.get(entry);
    if (there) there.push(claim);
    else outside.set(entry, [claim]);
  }
  for (const hosts of outside.values()) {
    const [{ path, room } = { path: [], room: '' }] = hosts;
    const addresses = fold(hosts.flatMap(({ address }) => address ?? []));
    const names = fold(hosts.map(({ name }) => name));
    report(path, `${addresses}, of ${names}, is not in the network ${rooms[room]?.network} of room ${room}`);
  }
}

function checkNetworks(rooms: Shape['rooms'], report: ReportIssue): void {
  const entries = Object.entries(rooms);
  for (const [index, [room, { network }]] of entries.entries())
    for (const [otherRoom, other] of entries.slice(0, index))
      if (overlap(network, other.network))
        report(['rooms', room, 'network'], `overlaps with ${other.network} of room ${otherRoom}`);
}
