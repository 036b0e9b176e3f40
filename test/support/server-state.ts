import type { ServerState } from '../../src/lib/layers/http/server-state.js';

/** A server in traffic, healthy, of weight 1. */
export function serverState(
  name: string,
  address = '198.18.2.11',
  over: Partial<ServerState> = {},
): ServerState {
  return {
    name,
    address,
    port: 8080,
    order: 'in',
    isOutByTracking: false,
    isRunning: true,
    weight: 1,
    isChecked: true,
    checkPassed: true,
    isUnset: false,
    isFree: false,
    ...over,
  };
}
