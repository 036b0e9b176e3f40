import type { Origin } from './parse.js';

/** A line of ssh_config that changes how ssh connects to a host, but not how kuafu does. */
export interface Doubt {
  readonly origin: Origin;
  /** What the line says and what kuafu does with it; printed after the host's name. */
  readonly sentence: string;
  readonly weight: 'says' | 'shows';
}
