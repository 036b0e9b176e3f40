import { CLEAN_OPERATIONS } from './clean/actions.js';
import { COPY_KINDS, type CopyActions } from './copy/actions.js';
import type { CopyMethod } from './copy/method.js';
import { DATABASE_KINDS, DATABASE_OPERATIONS, type DatabaseActions } from './database/actions.js';
import { DNS_KINDS, DNS_OPERATIONS, type DnsActions } from './dns/actions.js';
import { ENV_KINDS, ENV_OPERATIONS, type EnvActions } from './env/actions.js';
import { HOST_KINDS, type HostActions } from './host/actions.js';
import { MAINTENANCE_OPERATIONS } from './maintenance/actions.js';
import type { KindsOf } from './plan/kinds.js';
import type { OperationKinds } from './plan/operation-kinds.js';
import { POOL_KINDS, type PoolActions } from './pool/actions.js';
import { RESTART_OPERATIONS } from './restart/actions.js';
import type { HandlersOf } from './run/step-handler.js';
import { type RemoveAction, SCALE_KINDS, SCALE_OPERATIONS } from './scale/actions.js';
import { START_OPERATIONS } from './start/actions.js';
import { TRAFFIC_KINDS, type TrafficActions } from './traffic/actions.js';
import { UNIT_KINDS, type UnitActions } from './unit/actions.js';

/**
 * What a step of a plan can do. This file is the list of domains: each has its kinds in `actions.ts` and their code in
 * `handlers.ts`.
 */
export type Action =
  | PoolActions
  | HostActions
  | CopyActions
  | EnvActions
  | UnitActions
  | TrafficActions
  | RemoveAction
  | DnsActions
  | DatabaseActions;

/** What is known of every kind of action without running it. */
export const KINDS: KindsOf<Action> = {
  ...POOL_KINDS,
  ...HOST_KINDS,
  ...COPY_KINDS,
  ...ENV_KINDS,
  ...UNIT_KINDS,
  ...TRAFFIC_KINDS,
  ...SCALE_KINDS,
  ...DNS_KINDS,
  ...DATABASE_KINDS,
};

/** What is known of every kind of operation. */
export const OPERATIONS: OperationKinds = {
  ...SCALE_OPERATIONS,
  ...RESTART_OPERATIONS,
  ...ENV_OPERATIONS,
  ...MAINTENANCE_OPERATIONS,
  ...START_OPERATIONS,
  ...CLEAN_OPERATIONS,
  ...DNS_OPERATIONS,
  ...DATABASE_OPERATIONS,
};

/** The code behind every kind of action, loaded when it is needed. It may be loaded before the copy method is known. */
export async function loadHandlers(): Promise<(copy: CopyMethod) => HandlersOf<Action>> {
  const [pool, host, copying, env, unit, traffic, scale, dns, database] = await Promise.all([
    import('./pool/handlers.js'),
    import('./host/handlers.js'),
    import('./copy/handlers.js'),
    import('./env/handlers.js'),
    import('./unit/handlers.js'),
    import('./traffic/handlers.js'),
    import('./scale/handlers.js'),
    import('./dns/handlers.js'),
    import('./database/handlers.js'),
  ]);
  return (copy) => {
    const guards = traffic.newGuards();
    return {
      ...pool.poolHandlers,
      ...host.hostHandlers,
      ...copying.copyHandlers(copy),
      ...env.envHandlers,
      ...unit.unitHandlers(guards),
      ...traffic.trafficHandlers(guards),
      ...scale.scaleHandlers,
      ...dns.dnsHandlers(),
      ...database.databaseHandlers(),
    };
  };
}
