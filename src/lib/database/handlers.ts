import { gtidsBeyond } from '../layers/database/gtid.js';
import type { MemberState } from '../layers/database/member.js';
import type { DatabaseServer } from '../layers/database/server.js';
import { generationOf, letGo, stateOf } from '../layers/own-device.js';
import {
  type HandlersOf,
  type StepContext,
  StepFailure,
  type StepHandler,
  type StepOutcome,
} from '../run/step-handler.js';
import type {
  DatabaseActions,
  DatabaseAttachAction,
  DatabaseClaimAction,
  DatabaseCloseAction,
  DatabaseDetachAction,
  DatabaseOpenAction,
  DatabaseReopenAction,
  DatabaseSemiSyncAction,
  DatabaseStopWritesAction,
} from './actions.js';
import { drainHandler, fenceHandler, promoteHandler, unfenceHandler } from './fence-handlers.js';
import { aloneHandler, ownProxiesHandler } from './forced-look-handlers.js';
import { type ForcedWays, forcedOverSsh } from './forced-ways.js';
import { appliedHandler, gatesHandler, judgeHandler, proxiesHandler } from './look-handlers.js';
import { archiveHandler, caughtUpHandler, mayFollowHandler } from './rejoin-handlers.js';
import { busySessions } from './server-gates.js';
import { until } from './until.js';
import { type DatabaseWays, readPair } from './ways.js';

/** How servers are reached: a test has its own ways. */
export function databaseHandlers(
  ways: DatabaseWays | undefined = undefined,
  forced: ForcedWays = forcedOverSsh(),
): HandlersOf<DatabaseActions> {
  return handlersBy(ways ?? forced, forced);
}

function handlersBy(ways: DatabaseWays, forced: ForcedWays): HandlersOf<DatabaseActions> {
  return {
    'database.claim': claimHandler(ways),
    'database.gates': gatesHandler(ways),
    'database.stop-writes': stopWritesHandler(ways),
    'database.applied': appliedHandler(ways),
    'database.detach': detachHandler(ways),
    'database.attach': attachHandler(ways),
    'database.semi-sync': semiSyncHandler(ways),
    'database.open': openHandler(ways),
    'database.reopen': reopenHandler(ways),
    'database.proxies': proxiesHandler(ways),
    'database.judge': judgeHandler(ways),
    'database.close': closeHandler(ways),
    'database.fence': fenceHandler(forced),
    'database.drain': drainHandler(forced),
    'database.promote': promoteHandler(forced),
    'database.own-proxies': ownProxiesHandler(forced),
    'database.alone': aloneHandler(forced),
    'database.archive': archiveHandler(forced),
    'database.may-follow': mayFollowHandler(forced),
    'database.caught-up': caughtUpHandler(forced),
    'database.unfence': unfenceHandler(forced),
  };
}

const DONE: StepOutcome = { changed: true, message: '' };
const NOTHING: StepOutcome = { changed: false, message: '' };

function claimHandler(ways: DatabaseWays): StepHandler<DatabaseClaimAction> {
  return {
    async apply({ database, host, from, number }, context) {
      const server = await ways.open(database, host, context);
      const phase = from === 'any' ? 'back' : 'forward';
      await server.claim(from, stateOf(context, number, phase));
      return DONE;
    },
  };
}

/** A statement that hung, and was ended, may have had its effect. Whether writes stay stopped is looked at by the next step. */
function stopWritesHandler(ways: DatabaseWays): StepHandler<DatabaseStopWritesAction> {
  return {
    async apply({ database, from, to, number, withinMs }, context) {
      const read = () => readPair(ways, database, { old: from, next: to }, context);
      const [server] = await Promise.all(
        [from, to].map((host) => ready(ways, database.name, host, number, context)),
      );
      const before = await read();
      mustTakeNoWrites(before.next, to);
      if (!before.old.takesWrites || server === undefined) return NOTHING;
      const end = await server.stopWrites(generationOf(context, number), withinMs);
      if (end === 'done' || !(await read()).old.takesWrites) return DONE;
      const { busy } = await ways.details(from, context);
      const who = busySessions(busy) || 'a session that holds a lock, such as one of LOCK TABLES';
      const what = `it still takes writes after ${withinMs / 1000} s, held up by ${who}`;
      throw new StepFailure('failed', what, from);
    },
  };
}

/** What takes its time is done before writes stop. */
async function ready(
  ways: DatabaseWays,
  database: string,
  host: string,
  number: number,
  context: StepContext,
): Promise<DatabaseServer> {
  const server = await ways.open(database, host, context);
  await server.hold(generationOf(context, number));
  return server;
}

/** Nothing that it has received is lost: it has applied all that the old primary has, and that takes no writes any more. */
function detachHandler(ways: DatabaseWays): StepHandler<DatabaseDetachAction> {
  return {
    async apply({ database, from, to, number }, context) {
      const { old, next } = await readPair(ways, database, { old: from, next: to }, context);
      if (next.sources.length === 0) return NOTHING;
      mustTakeNoWrites(old, from);
      mustHaveAll(next, to, old, from);
      const server = await ways.open(database.name, to, context);
      await server.stopReplicating(generationOf(context, number));
      return DONE;
    },
  };
}

function attachHandler(ways: DatabaseWays): StepHandler<DatabaseAttachAction> {
  return {
    async apply({ database, replica: name, source: from, number, withinMs, ...settings }, context) {
      const names = { replica: name, source: from };
      const { replica, source } = await readPair(ways, database, names, context);
      const isAttached = replicates(replica, source);
      if (!isAttached) {
        mustTakeNoWrites(replica, name);
        mustHaveAll(source, from, replica, name);
        const server = await ways.open(database.name, name, context);
        const password = context.secrets.resolve([settings.password]);
        await server.replicateFrom(generationOf(context, number), { ...settings, password });
      }
      const look = async () => {
        const now = await readPair(ways, database, names, context);
        const error = now.replica.sources.map((each) => each.error).join(' · ');
        const fault = `${name} does not replicate from ${from}${error === '' ? '' : `: ${error}`}`;
        return { fault: replicates(now.replica, now.source) ? undefined : fault };
      };
      await until(look, withinMs, context, name);
      return isAttached ? NOTHING : DONE;
    },
  };
}

function semiSyncHandler(ways: DatabaseWays): StepHandler<DatabaseSemiSyncAction> {
  return {
    async apply({ database, from, to, number, withinMs }, context) {
      const read = async () => (await readPair(ways, database, { next: to }, context)).next.semiSync;
      const isEnabled = (await read()).isEnabled;
      if (!isEnabled)
        await (await ways.open(database.name, to, context)).waitForReplica(generationOf(context, number));
      const look = async () => {
        const { isActive, replicas } = await read();
        const fault = `no replica acknowledges what ${to} commits: ${from} does not as one`;
        return { fault: isActive && replicas > 0 ? undefined : fault };
      };
      await until(look, withinMs, context, from);
      return isEnabled ? NOTHING : DONE;
    },
  };
}

/** Whether it may have begun decides whether the operation may turn, so it tells, and reads again where it failed. */
function openHandler(ways: DatabaseWays): StepHandler<DatabaseOpenAction> {
  return {
    tellsBegin: true,
    async apply({ database, from, to, number }, context) {
      const read = () => readPair(ways, database, { old: from, next: to }, context);
      const { old, next } = await read();
      mustTakeNoWrites(old, from);
      if (next.takesWrites) return NOTHING;
      mustHaveAll(next, to, old, from);
      if (next.sources.length > 0)
        throw new StepFailure('failed', `${to} still replicates, so it is no primary`, to);
      const server = await ways.open(database.name, to, context);
      context.begins();
      await server.takeWrites(generationOf(context, number)).catch(async (error: unknown) => {
        if (!(error instanceof StepFailure && (await read()).next.takesWrites)) throw error;
      });
      return { ...DONE, message: `${to} takes writes` };
    },
  };
}

/** The way back: it judges by what it finds, and does nothing where the other server may have writes of its own. */
function reopenHandler(ways: DatabaseWays): StepHandler<DatabaseReopenAction> {
  return {
    async apply({ database, from, to, number, semiSync }, context) {
      const { old, next } = await readPair(ways, database, { old: from, next: to }, context);
      mustTakeNoWrites(next, to);
      mustHaveAll(old, from, next, to);
      if (old.takesWrites) return { ...NOTHING, message: `${from} takes writes` };
      const server = await ways.open(database.name, from, context);
      const as = generationOf(context, number);
      if (old.sources.length > 0) await server.stopReplicating(as);
      if (semiSync && !old.semiSync.isEnabled) await server.waitForReplica(as);
      await server.takeWrites(as);
      return { ...DONE, message: `${from} takes writes` };
    },
  };
}

function closeHandler(ways: DatabaseWays): StepHandler<DatabaseCloseAction> {
  return {
    apply: ({ database, host }, context) => letGo(() => ways.open(database, host, context), context),
  };
}

/** There are never two servers that take writes. */
function mustTakeNoWrites({ takesWrites }: MemberState, host: string): void {
  if (takesWrites)
    throw new StepFailure('failed', `${host} takes writes: no other server may, and it is no replica`, host);
}

function mustHaveAll(one: MemberState, host: string, other: MemberState, name: string): void {
  const missing = gtidsBeyond(other.position, one.gtids);
  if (missing.length > 0)
    throw new StepFailure('failed', `${host} lacks transactions of ${name}: ${missing.join(', ')}`, host);
}

function replicates({ sources }: MemberState, { serverId }: MemberState): boolean {
  const [source, ...others] = sources;
  return others.length === 0 && source?.serverId === serverId && source.receives && source.applies;
}
