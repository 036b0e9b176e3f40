import type { CopyMethod } from './copy/method.js';
import { unmovedHandler } from './copy/unmoved.js';
import { envRollbackHandler } from './env/rollback.js';
import { envHandler } from './env/write.js';
import { connectHandler } from './host/connect.js';
import { scriptHandler } from './host/script.js';
import { claimHandler, keepOutHandler, memberHandler, releaseHandler } from './pool/claim.js';
import type { Handlers } from './run/step-handler.js';
import { removeHandler } from './scale/remove.js';
import { drainHandler } from './traffic/drain.js';
import { FloorGuard } from './traffic/floor-guard.js';
import { OutOfTraffic } from './traffic/kept-out.js';
import { leaveHandler, rejoinHandler } from './traffic/leave.js';
import { trafficHandler } from './traffic/membership.js';
import { healthHandler } from './unit/health.js';
import { startHandler, stopHandler } from './unit/run-of-unit.js';
import { serviceHandler } from './unit/service.js';
import { sidecarsHandler } from './unit/sidecars.js';

/** The code behind every kind of action a plan can hold. */
export function actionHandlers(copy: CopyMethod): Handlers {
  const floors = new FloorGuard();
  const out = new OutOfTraffic();
  return {
    claim: claimHandler,
    connect: connectHandler,
    script: scriptHandler,
    copy: { apply: (action, context) => copy.deliver(action, context) },
    env: envHandler,
    'env-rollback': envRollbackHandler,
    service: serviceHandler,
    health: healthHandler(out),
    traffic: trafficHandler,
    leave: leaveHandler(floors),
    rejoin: rejoinHandler,
    drain: drainHandler,
    stop: stopHandler(floors, out),
    start: startHandler(out),
    'keep-out': keepOutHandler,
    sidecars: sidecarsHandler,
    member: memberHandler,
    remove: removeHandler,
    release: releaseHandler,
    unmoved: unmovedHandler,
  };
}
