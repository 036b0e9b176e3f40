import type { AppConfig } from '../config/config-types.js';
import type { Inventory } from '../inventory/inventory.js';
import type { BackendLoad } from './backend-load.js';
import { type GroupLoad, type HostLoad, NOT_RUNNING, NOT_STARTED } from './capacity.js';
import type { HostAnswer } from './read-hosts.js';
import type { Waiting } from './waiting.js';

export interface Measured {
  readonly answers: ReadonlyMap<string, HostAnswer>;
  /** By room; a room whose balancer could not be read has none. */
  readonly backends: ReadonlyMap<string, BackendLoad>;
}

/** The measured load of a group, host by host. */
export function groupLoad(
  app: AppConfig,
  group: string,
  rooms: readonly string[],
  inventory: Inventory,
  { answers, backends }: Measured,
): GroupLoad {
  const hosts = rooms.flatMap((room) =>
    inventory
      .members(app.name, group, room)
      .map(({ name }) => hostLoad(name, room, app, answers.get(name), backends.get(room))),
  );
  return { app: app.name, group, hosts };
}

/** Marks the hosts that wait for their first start, to tell them from hosts whose service has stopped. */
export function tellWaiting(groups: readonly GroupLoad[], waiting: readonly Waiting[]): GroupLoad[] {
  const isWaiting = (app: string, { host, why }: HostLoad) =>
    why === NOT_RUNNING && waiting.some((each) => each.app.name === app && each.hosts.has(host));
  return groups.map((group) => ({
    ...group,
    hosts: group.hosts.map((host) => (isWaiting(group.app, host) ? { ...host, why: NOT_STARTED } : host)),
  }));
}

function hostLoad(
  host: string,
  room: string,
  { service }: AppConfig,
  answer: HostAnswer | undefined,
  backend: BackendLoad | undefined,
): HostLoad {
  const unit = answer?.reading?.units.find((each) => each.unit === service);
  const server = backend?.get(host);
  const why = whyNot(answer, unit?.state, backend, server?.inTraffic);
  return {
    host,
    room,
    serves: why === '',
    why,
    cpus: unit?.cpus ?? null,
    cpusUsed: unit?.cpusUsed ?? null,
    requests: backend === undefined ? null : (server?.requests ?? 0),
  };
}

function whyNot(
  answer: HostAnswer | undefined,
  state: string | undefined,
  backend: BackendLoad | undefined,
  inTraffic: boolean | undefined,
): string {
  if (answer?.reading === undefined) return answer?.message ?? 'it was not asked';
  if (state !== 'active') return NOT_RUNNING;
  if (backend === undefined || inTraffic === true) return '';
  return inTraffic === undefined ? 'its balancer does not know it' : 'its balancer gives it no requests';
}
