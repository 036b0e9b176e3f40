import type { Origin } from './parse.js';

/** Something in ssh_config that changes how ssh would connect to a host, and not how kuafu does. */
export interface Doubt {
  readonly origin: Origin;
  /** What the line says and what becomes of it, to stand behind the host's name. */
  readonly sentence: string;
  readonly weight: 'says' | 'shows';
}
