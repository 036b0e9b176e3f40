import { gtidsBeyond, lastByDomain, positionText } from '../layers/database/gtid.js';
import { generationOf } from '../layers/own-device.js';
import { type LookHandler, StepFailure, type StepHandler } from '../run/step-handler.js';
import type {
  DatabaseArchiveAction,
  DatabaseCaughtUpAction,
  DatabaseMayFollowAction,
} from './forced-actions.js';
import { type ForcedWays, mustRead } from './forced-ways.js';
import { lastCommon } from './parted.js';
import { type Seen, until } from './until.js';
import { readPair } from './ways.js';

const ARCHIVE = 'database.archive';
const MOST = 10;

/** A transaction that no other server has is named and kept before anything may drop it. */
export function archiveHandler(ways: ForcedWays): StepHandler<DatabaseArchiveAction> {
  return {
    async apply({ database, replica, source, number }, context) {
      const names = { own: replica, other: source };
      const { own, other } = await readPair(ways, database, names, context);
      const errant = gtidsBeyond(own.gtids, other.gtids);
      if (errant.length === 0)
        return { changed: false, message: `${replica} has nothing that ${source} lacks` };
      if (own.takesWrites)
        throw new StepFailure('failed', `it takes writes: there may be more at once`, replica);
      const behind = lastCommon(own.gtids, other.gtids).text;
      if (behind === '')
        throw new StepFailure('failed', `it has no transaction in common with ${source}`, replica);
      const server = await ways.openForced(database.name, replica, context);
      const name = `${database.name}-${context.operation}.sql`;
      const { path, bytes, sha256 } = await server.archive(generationOf(context, number), name, behind);
      const kept = `${path} on ${replica} (${bytes} bytes, sha256 ${sha256})`;
      const message = `${replica} has ${some(errant)}, which ${source} lacks: kept in ${kept}`;
      return { changed: true, message, facts: { [ARCHIVE]: kept } };
    },
  };
}

/** A server whose log parts from that of its source is refused by it, or would differ for good. */
export function mayFollowHandler(ways: ForcedWays): LookHandler<DatabaseMayFollowAction> {
  return {
    async apply({ database, replica, source }, context) {
      const { own, other } = await readPair(ways, database, { own: replica, other: source }, context);
      const errant = gtidsBeyond(own.gtids, other.gtids);
      if (errant.length === 0) return { changed: false, message: '' };
      const kept = context.fact(ARCHIVE);
      throw new StepFailure(
        'failed',
        `it cannot follow ${source}, as it has ${some(errant)}, which ${source} lacks: build it anew from ${source}` +
          (kept === undefined ? '' : `; they are kept in ${kept}`),
        replica,
      );
    },
  };
}

/**
 * Clients go on writing at the source: what it has once it is asked is enough. By domain alone, as a server that was built anew
 * does not know which server committed what came before.
 */
export function caughtUpHandler(ways: ForcedWays): LookHandler<DatabaseCaughtUpAction> {
  return {
    async apply({ database, replica, source, withinMs }, context) {
      const had = (await mustRead(ways, database, source, context)).gtids;
      const wanted = lastByDomain(had);
      const look = async (): Promise<Seen> => {
        const { gtids, sources } = await mustRead(ways, database, replica, context);
        const last = lastByDomain(gtids);
        const isBehind = [...wanted].some(([domain, number]) => (last.get(domain) ?? 0) < number);
        if (!isBehind) return { fault: undefined };
        const error = sources.map((each) => each.error).join(' · ');
        const position = `it is at ${positionText(gtids) || 'none'}, behind ${positionText(had)}`;
        return { fault: `${position}${error === '' ? '' : `: ${error}`}` };
      };
      await until(look, withinMs, context, replica);
      return { changed: false, message: `${replica} has all up to ${positionText(had) || 'none'}` };
    },
  };
}

function some(gtids: readonly string[]): string {
  const more = gtids.length - MOST;
  return gtids.slice(0, MOST).join(', ') + (more > 0 ? ` and ${more} more` : '');
}
