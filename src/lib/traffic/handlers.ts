import type { HandlersOf } from '../run/step-handler.js';
import type { TrafficActions } from './actions.js';
import { drainHandler } from './drain.js';
import { FloorGuard } from './floor-guard.js';
import { OutOfTraffic } from './kept-out.js';
import { leaveHandler, rejoinHandler } from './leave.js';
import { trafficHandler } from './membership.js';

/** What all hosts of a run share: the capacity floors, and the hosts that are kept out meanwhile. */
export interface TrafficGuards {
  readonly floors: FloorGuard;
  readonly out: OutOfTraffic;
}

export function newGuards(): TrafficGuards {
  return { floors: new FloorGuard(), out: new OutOfTraffic() };
}

export function trafficHandlers({ floors }: TrafficGuards): HandlersOf<TrafficActions> {
  return {
    'traffic.member': trafficHandler,
    'traffic.leave': leaveHandler(floors),
    'traffic.rejoin': rejoinHandler,
    'traffic.drain': drainHandler,
  };
}
