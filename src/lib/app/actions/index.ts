import type { CopyMethod } from '../../copy/method.js';
import type { Handlers } from '../../run/step-handler.js';
import { claimHandler, memberHandler, releaseHandler } from './claim.js';
import { connectHandler } from './connect.js';
import { envHandler } from './env.js';
import { healthHandler } from './health.js';
import { removeHandler } from './remove.js';
import { scriptHandler } from './script.js';
import { serviceHandler } from './service.js';
import { trafficHandler } from './traffic.js';
import { unmovedHandler } from './unmoved.js';

/** The code behind every kind of action a plan can hold. */
export function actionHandlers(copy: CopyMethod): Handlers {
  return {
    claim: claimHandler,
    connect: connectHandler,
    script: scriptHandler,
    copy: { apply: (action, context) => copy.deliver(action, context) },
    env: envHandler,
    service: serviceHandler,
    health: healthHandler,
    traffic: trafficHandler,
    member: memberHandler,
    remove: removeHandler,
    release: releaseHandler,
    unmoved: unmovedHandler,
  };
}
