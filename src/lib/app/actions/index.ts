import type { CopyMethod } from '../../copy/method.js';
import type { Handlers } from '../../run/step-handler.js';
import { claimHandler, keepOutHandler, memberHandler, releaseHandler } from './claim.js';
import { connectHandler } from './connect.js';
import { drainHandler } from './drain.js';
import { envHandler } from './env.js';
import { envRollbackHandler } from './env-rollback.js';
import { FloorGuard } from './floor.js';
import { healthHandler } from './health.js';
import { OutOfTraffic } from './kept-out.js';
import { leaveHandler, rejoinHandler } from './leave.js';
import { removeHandler } from './remove.js';
import { startHandler, stopHandler } from './run-of-unit.js';
import { scriptHandler } from './script.js';
import { serviceHandler } from './service.js';
import { sidecarsHandler } from './sidecars.js';
import { trafficHandler } from './traffic.js';
import { unmovedHandler } from './unmoved.js';

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
