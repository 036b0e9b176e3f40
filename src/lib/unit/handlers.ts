import type { HandlersOf } from '../run/step-handler.js';
import type { TrafficGuards } from '../traffic/handlers.js';
import type { UnitActions } from './actions.js';
import { healthHandler } from './health.js';
import { startHandler, stopHandler } from './run-of-unit.js';
import { serviceHandler } from './service.js';
import { sidecarsHandler } from './sidecars.js';

export function unitHandlers({ floors, out }: TrafficGuards): HandlersOf<UnitActions> {
  return {
    'unit.state': serviceHandler,
    'unit.health': healthHandler(out),
    'unit.stop': stopHandler(floors, out),
    'unit.start': startHandler(out),
    'unit.sidecars': sidecarsHandler,
  };
}
