import { gtidsBeyond, parseGtids, positionText } from '../layers/database/gtid.js';
import type { MemberState } from '../layers/database/member.js';
import { generationOf } from '../layers/own-device.js';
import { type StepContext, StepFailure, type StepHandler } from '../run/step-handler.js';
import type {
  DatabaseDrainAction,
  DatabaseFenceAction,
  DatabasePromoteAction,
  DatabaseUnfenceAction,
} from './forced-actions.js';
import { type ForcedWays, mustRead, readOne } from './forced-ways.js';
import { type Seen, until } from './until.js';

/** How the old primary was left by the fence of this operation. */
const FENCED = 'database.fenced';
/** The last transaction of the old primary, once it was fenced. */
const LAST = 'database.last';
/** What the new primary had received, all of which it has applied. */
const RECEIVED = 'database.received';

/** Done again it kills a server that is read-only by then, which harms nobody, and proves anew that it is. */
export function fenceHandler(ways: ForcedWays): StepHandler<DatabaseFenceAction> {
  return {
    async apply({ database, host, number, withinMs, ifWritable }, context) {
      const before = ifWritable ? await mustRead(ways, database, host, context) : undefined;
      if (before?.takesWrites === false)
        return { changed: false, message: `${host} takes no writes`, facts: { [FENCED]: 'read-only' } };
      const server = await ways.openForced(database.name, host, context);
      const end = await server.fence(generationOf(context, number), withinMs);
      if (end === 'stopped') {
        const message = `${host} was killed and does not start; it would start read-only`;
        return { changed: true, message, facts: { [FENCED]: end } };
      }
      const own = await mustRead(ways, database, host, context);
      if (own.takesWrites) throw new StepFailure('failed', `it takes writes after it was fenced`, host);
      const last = positionText(own.gtids) || 'none';
      const message = `${host} was killed, and is read-only; its last transaction is ${last}`;
      return { changed: true, message, facts: { [FENCED]: end, [LAST]: gtidsText(own.gtids) } };
    },
  };
}

const APPLIER_MS = 10_000;

/**
 * Acknowledged transactions may have been received and not applied. Once both threads are down, the next start of one deletes
 * them: so the applier runs before the receiver is stopped, and nothing is forgotten before all is applied.
 */
export function drainHandler(ways: ForcedWays): StepHandler<DatabaseDrainAction> {
  return {
    async apply(action, context) {
      const { database, from, to, number, withinMs } = action;
      await mustBeFenced(action, ways, context);
      const threads = await ways.threads(to, context);
      const before = await mustAnswer(ways, action, context);
      if (threads === null && before.sources.length > 0)
        throw new StepFailure('failed', `it replicates in more than one connection`, to);
      if (threads !== null) {
        const as = generationOf(context, number);
        const server = await ways.openForced(database.name, to, context);
        if (threads.applier === 'down') {
          if (threads.receiver === 'down')
            throw new StepFailure('failed', BOTH_DOWN + errorWords(threads.error), to);
          await server.startApplying(as);
        }
        const look = () => applierLook(ways, to, context);
        await until(look, Math.min(APPLIER_MS, withinMs), context, to);
        if (threads.receiver === 'up') await server.stopReceiving(as);
        await applyAll(ways, action, threads.received, context);
        await (await ways.open(database.name, to, context)).stopReplicating(as);
      }
      const now = await mustAnswer(ways, action, context);
      const { message, evidence } = divergence(now, { from, to }, parseGtids(context.fact(LAST, from) ?? ''));
      const facts = { [RECEIVED]: gtidsText(now.gtids) };
      return { changed: threads !== null, message, evidence, facts };
    },
  };
}

export const BOTH_DOWN =
  'it neither receives nor applies: what it has received and not applied would be deleted by a start';

const errorWords = (error: string) => (error === '' ? '' : ` (${error})`);

async function applierLook(ways: ForcedWays, host: string, context: StepContext): Promise<Seen> {
  const now = await ways.threads(host, context);
  if (now?.applier === 'up') return { fault: undefined };
  const error = now?.error ?? '';
  return { fault: `it does not apply what it has received${errorWords(error)}`, isFinal: error !== '' };
}

/** @param known what it had received before it was told to receive no more */
async function applyAll(
  ways: ForcedWays,
  action: DatabaseDrainAction,
  known: MemberState['gtids'],
  context: StepContext,
): Promise<void> {
  const { to, withinMs } = action;
  const received = (await ways.threads(to, context))?.received ?? new Map();
  const lost = gtidsBeyond(known, received);
  if (lost.length > 0)
    throw new StepFailure('failed', `it has lost what it had received: ${lost.join(', ')}`, to);
  const look = async (): Promise<Seen> => {
    const { gtids } = await mustAnswer(ways, action, context);
    const lacks = gtidsBeyond(received, gtids);
    if (lacks.length === 0) return { fault: undefined };
    const applier = await applierLook(ways, to, context);
    const fault = `it has not applied ${lacks.join(', ')}`;
    return applier.fault === undefined ? { fault } : { fault: `${fault}: ${applier.fault}`, isFinal: true };
  };
  await until(look, withinMs, context, to);
}

/** Where the two have parted, for the record: what the old primary has beyond is what the switch leaves behind. */
function divergence(
  { gtids }: MemberState,
  { from, to }: { readonly from: string; readonly to: string },
  last: MemberState['gtids'] | undefined,
) {
  const position = positionText(gtids) || 'none';
  const received = {
    what: `last transaction of ${to}`,
    seen: position,
    wanted: 'all that it had received',
    ok: true,
  };
  if (last === undefined || last.size === 0)
    return {
      message: `${to} has all that it had received, up to ${position}; how far ${from} was could not be read`,
      evidence: [received],
    };
  const beyond = gtidsBeyond(last, gtids);
  const seen = beyond.join(', ') || 'nothing';
  return {
    message: `${to} has all that it had received, up to ${position}; left behind at ${from}: ${seen}`,
    evidence: [
      received,
      { what: `${from} has, and ${to} lacks`, seen, wanted: 'nothing', ok: beyond.length === 0 },
    ],
  };
}

export function promoteHandler(ways: ForcedWays): StepHandler<DatabasePromoteAction> {
  return {
    tellsBegin: true,
    async apply(action, context) {
      const { database, to, number } = action;
      await mustBeFenced(action, ways, context);
      const next = await mustAnswer(ways, action, context);
      const message = `${to} takes writes`;
      if (next.sources.length > 0)
        throw new StepFailure('failed', `${to} still replicates, so it is no primary`, to);
      if (next.takesWrites) return { changed: false, message };
      const lacks = gtidsBeyond(parseGtids(context.fact(RECEIVED) ?? '') ?? new Map(), next.gtids);
      if (lacks.length > 0)
        throw new StepFailure('failed', `it lacks what it had received: ${lacks.join(', ')}`, to);
      const server = await ways.openForced(database.name, to, context);
      const as = generationOf(context, number);
      context.begins();
      // As a replica by its own files it would drop what it has committed, if it were killed as a primary.
      await server.unfence(as);
      await server.takeWritesAlone(as).catch(async (error: unknown) => {
        const isOpen = error instanceof StepFailure && (await mustAnswer(ways, action, context)).takesWrites;
        if (!isOpen) throw error;
      });
      return { changed: true, message };
    },
  };
}

export function unfenceHandler(ways: ForcedWays): StepHandler<DatabaseUnfenceAction> {
  return {
    async apply({ database, host, number }, context) {
      const own = await mustRead(ways, database, host, context);
      if (own.takesWrites) throw new StepFailure('failed', `it takes writes, so its fence stays`, host);
      const server = await ways.openForced(database.name, host, context);
      const end = await server.unfence(generationOf(context, number));
      const why = `the file of the fence stays: without it ${host} would take writes after a restart; put read_only=1 below [mariadbd] in its own files`;
      return { changed: end === 'removed', message: end === 'kept' ? why : '' };
    },
  };
}

/** A server that answers is believed; one that is silent by now was fenced for good, if this operation has fenced it. */
async function mustBeFenced(
  { database, from, fenced }: DatabaseDrainAction | DatabasePromoteAction,
  ways: ForcedWays,
  context: StepContext,
): Promise<void> {
  if (fenced && context.fact(FENCED, from) === undefined)
    throw new StepFailure('failed', `nothing proves that ${from} takes no writes`, from);
  const old = await readOne(ways, database, from, context);
  if (old?.takesWrites !== true) return;
  const what = fenced
    ? `${from} takes writes again: no other server may`
    : `${from} answers, and takes writes: it can be fenced, so close this operation and switch anew`;
  throw new StepFailure('failed', what, from);
}

async function mustAnswer(
  ways: ForcedWays,
  { database, to }: DatabaseDrainAction | DatabasePromoteAction,
  context: StepContext,
): Promise<MemberState> {
  return await mustRead(ways, database, to, context);
}

/** As parseGtids() reads it. */
function gtidsText(gtids: MemberState['gtids']): string {
  return [...gtids].map(([key, number]) => `${key}-${number}`).join(',');
}
