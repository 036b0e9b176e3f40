import { setTimeout as sleep } from 'node:timers/promises';
import { knock } from '../channel/knock.js';
import { sentenceOf, tellsOfHost } from '../errors.js';
import type { Host } from '../names/host.js';
import { CommandTimeoutError } from '../ssh/connect-error.js';
import type { ReadConnections, ReadSession } from '../ssh/transport.js';

/** The connection from one host to a host of another room. */
export interface RoomLink {
  readonly from: string;
  readonly fromRoom: string;
  readonly to: string;
  readonly toRoom: string;
  /**
   * The time of the fastest successful connection, minus the time of our own path to the host that opened it; null: none
   * succeeded.
   */
  readonly roundTripMs: number | null;
  readonly probes: number;
  readonly lost: number;
  /** Why nothing was measured; else empty. */
  readonly message: string;
}

/** An address of a gateway, and whether it works from here. */
export interface GatewayWay {
  readonly room: string;
  readonly host: string;
  readonly way: 'intranet' | 'out of band';
  readonly address: string;
  readonly reached: boolean;
  readonly message: string;
}

const PROBES = 10;
const EVERY_MS = 50;
/** Less than the second after which TCP sends a lost SYN again (RFC 6298, 2.1): a lost packet is a lost probe. */
const PROBE_TIMEOUT_MS = 900;

/**
 * Opens TCP connections from one host to the SSH port of another, through the first host's SSH connection: no program is needed
 * on either. The time of our own path is measured by connections of the host to itself.
 */
export async function measureLink(
  from: Host,
  to: Host,
  connections: ReadConnections,
  signal: AbortSignal,
): Promise<RoomLink> {
  const ends = { from: from.name, fromRoom: from.room, to: to.name, toRoom: to.room };
  try {
    const session = await connections.session(from, signal);
    const own = await probe(session, from, signal);
    const far = await probe(session, to, signal);
    const best = Math.min(...far.times) - Math.min(...own.times);
    const isMeasured = far.times.length > 0 && own.times.length > 0;
    const why = far.times.length > 0 ? '' : far.message;
    return {
      ...ends,
      roundTripMs: isMeasured ? Math.max(best, 0) : null,
      probes: PROBES,
      lost: far.lost,
      message: why,
    };
  } catch (error) {
    if (!tellsOfHost(error)) throw error;
    return { ...ends, roundTripMs: null, probes: 0, lost: 0, message: sentenceOf(error) };
  }
}

async function probe(session: ReadSession, to: Host, signal: AbortSignal) {
  const times: number[] = [];
  let message = '';
  for (let count = 0; count < PROBES; count += 1) {
    const startedAt = performance.now();
    try {
      await knock(session, to.ssh.address, to.ssh.port, {
        timeoutMs: PROBE_TIMEOUT_MS,
        via: 'forward',
        signal,
      });
      times.push(performance.now() - startedAt);
    } catch (error) {
      if (!tellsOfHost(error)) throw error;
      message = error instanceof CommandTimeoutError ? 'no answer' : error.message;
    }
    await sleep(EVERY_MS, undefined, { signal });
  }
  return { times, lost: PROBES - times.length, message };
}

/** Logs in to a gateway by one of its addresses; the connections must be used for this address alone. */
export async function tryGateway(
  gateway: Host,
  way: GatewayWay['way'],
  connections: ReadConnections,
  signal: AbortSignal,
): Promise<GatewayWay> {
  const about = { room: gateway.room, host: gateway.name, way, address: gateway.ssh.address };
  try {
    await connections.session(gateway, signal);
    return { ...about, reached: true, message: '' };
  } catch (error) {
    if (!tellsOfHost(error)) throw error;
    return { ...about, reached: false, message: error.message };
  }
}

/** From the first host of each room to the first host of each other room: they represent the path between two rooms. */
export function pairsOf(rooms: readonly string[], hosts: readonly Host[]): [from: Host, to: Host][] {
  const first = rooms.flatMap((room) => hosts.find((host) => host.room === room) ?? []);
  return first.flatMap((from) => first.filter((to) => to !== from).map((to): [Host, Host] => [from, to]));
}
