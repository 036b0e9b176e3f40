/** A server of a backend, as its balancer reports it. */
export interface ServerState {
  readonly name: string;
  /** As the balancer has it; it need not be an address. */
  readonly address: string;
  readonly port: number;
  /**
   * What is wanted of the server there. `drained`: it was taken out to end its requests, as a restart does, and in no other
   * way. `shut`: it was taken out in any other way, such as maintenance.
   */
  readonly order: 'in' | 'drained' | 'shut';
  /** It is out because the server that it tracks is out. */
  readonly isOutByTracking: boolean;
  /** The balancer considers it up, in traffic or not. */
  readonly isRunning: boolean;
  /** The effective weight; with 0 it gets no new requests. */
  readonly weight: number;
  /** The balancer checks its health; without checks the balancer considers every server up. */
  readonly isChecked: boolean;
  /** Its last health check passed; a server that was just added has had none. */
  readonly checkPassed: boolean;
  /** No host has its address yet. */
  readonly isUnset: boolean;
  /** A place that is kept free for a future host. */
  readonly isFree: boolean;
  /** A backup server, and another server is in traffic: it gets no requests until none is. */
  readonly isIdleBackup?: boolean;
}

/** It was not taken out, whether or not it is up; a server that it tracks may be out. */
export function isWanted({ order }: Pick<ServerState, 'order'>): boolean {
  return order === 'in';
}

/** It was taken out to end its requests, as a restart does, and in no other way. */
export function isDrained({ order }: Pick<ServerState, 'order'>): boolean {
  return order === 'drained';
}

/** Wanted, and up for the balancer. */
export function isUp(server: ServerState): boolean {
  return isWanted(server) && server.isRunning;
}

/** Its last check passed, or it has none. */
export function isHealthy({ isChecked, checkPassed }: ServerState): boolean {
  return !isChecked || checkPassed;
}

/** Gets new requests, or will as soon as no other server does. */
export function isInTraffic(server: ServerState): boolean {
  return isUp(server) && !server.isOutByTracking && server.weight > 0;
}

/** What a balancer counts for a server. */
export interface ServerStatistics {
  readonly name: string;
  /** Requests that it has now, and requests that wait for it. */
  readonly sessions: number;
  /** Requests it got since the balancer started; connections, if the balancer does not look at requests. */
  readonly requests: number;
  readonly inTraffic: boolean;
  /** It gets requests only while no server that is none is in traffic. */
  readonly isBackup: boolean;
}
