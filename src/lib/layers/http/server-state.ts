/** A server of a backend, as its balancer tells. */
export interface ServerState {
  readonly name: string;
  /** As the balancer has it, be it an address or not. */
  readonly address: string;
  readonly port: number;
  /**
   * What somebody wants of it there. `drained`: it was taken out to end its requests, as a restart does, and in no other
   * way. `shut`: in any other way, such as maintenance.
   */
  readonly order: 'in' | 'drained' | 'shut';
  /** It is out as another server is with which it goes. */
  readonly isOutByTracking: boolean;
  /** Taken for up by the balancer, be it in traffic or not. */
  readonly isRunning: boolean;
  /** The weight that counts now; with 0 it gets no new requests. */
  readonly weight: number;
  /** The balancer asks it for its health; without that it takes everybody for up. */
  readonly isChecked: boolean;
  /** The last check of its health passed; one that was just added has had none. */
  readonly checkPassed: boolean;
  /** It stands for nobody yet: no host has its address. */
  readonly isUnset: boolean;
  /** A place that is kept free for a host to come. */
  readonly isFree: boolean;
}

/** Nobody has taken it out, whether or not it is up; one that it tracks may be out. */
export function isWanted({ order }: Pick<ServerState, 'order'>): boolean {
  return order === 'in';
}

/** Taken out to end its requests, as a restart does, and in no other way. */
export function isDrained({ order }: Pick<ServerState, 'order'>): boolean {
  return order === 'drained';
}

/** Wanted, and taken for up by the balancer. */
export function isUp(server: ServerState): boolean {
  return isWanted(server) && server.isRunning;
}

/** Its last check passed, or it has none. */
export function isHealthy({ isChecked, checkPassed }: ServerState): boolean {
  return !isChecked || checkPassed;
}

/** Gets new requests now. */
export function isInTraffic(server: ServerState): boolean {
  return isUp(server) && !server.isOutByTracking && server.weight > 0;
}

/** What a balancer counts of a server. */
export interface ServerStatistics {
  readonly name: string;
  /** Requests that it has now, and those that wait for it. */
  readonly sessions: number;
  /** Requests it got since the balancer started; connections, where the balancer looks at nothing else. */
  readonly requests: number;
  readonly inTraffic: boolean;
}
