import { gtidsBeyond } from '../layers/database/gtid.js';
import { findingsOf } from '../layers/database/judge.js';
import type { MemberState } from '../layers/database/member.js';
import { overWords } from '../layers/device-holders.js';
import type { Plan, Risk } from '../plan/plan.js';
import { type Guard, hintOf, refusals } from '../plan/risk.js';
import { quoteWord } from '../shell/quote.js';
import type { DatabaseActions, DatabaseAttachAction } from './actions.js';
import type { ForcedFacts } from './forced-facts.js';
import { forcedClaimGuards, unfenceable } from './forced-gates.js';
import { claimStages, FENCE_MS, nextNumber, stageOf } from './forced-stages.js';
import { type Gate, STATUS } from './gate.js';
import { closedGates } from './gates.js';
import { type Parted, partedServers } from './parted.js';
import { placeOf } from './place.js';
import type { DatabaseRejoin } from './request.js';
import { fileGates, versionGates } from './server-gates.js';
import type { ProposedSwitch } from './switch-plan.js';

const ATTACHED_MS = 15_000;
const CAUGHT_UP_MS = 1_800_000;
const SEMI_SYNC_MS = 10_000;
const JUDGE_MS = 30_000;

/** The two servers, as they were found. */
interface Pair {
  readonly primary: string;
  readonly returning: string;
  readonly lead: MemberState;
  readonly follow: MemberState;
}

/** A server that was the primary becomes a replica; no stage where it is one, or where something stands in the way. Pure. */
export function planRejoin(
  request: DatabaseRejoin,
  facts: ForcedFacts,
): ProposedSwitch & { readonly done: string } {
  const { database } = request;
  const pair = pairOf(facts);
  const gates = rejoinGates(pair, facts);
  const isThere = typeof pair === 'object' && isDone(pair, facts);
  const done = isThere ? `${pair.returning} replicates from ${pair.primary} already` : '';
  const guards: Guard[] = isThere ? [] : [...closedGates(gates), ...forcedClaimGuards(database.name, facts)];
  const isReady = guards.length === 0 && !isThere && typeof pair === 'object';
  const who =
    typeof pair === 'object'
      ? ` ${pair.returning} replicate from ${pair.primary}`
      : ' its servers replicate again';
  const plan: Plan<DatabaseActions> = {
    version: 2,
    kind: 'db-rejoin',
    title: `let${who} in ${database.name}`,
    scope: { apps: [], groups: [], rooms: [...database.members.keys()].sort() },
    locks: isReady ? [`db/${database.name}`] : [],
    claims: [],
    hosts: isReady ? facts.hosts : [],
    stages: isReady ? stagesOf(request, pair, facts) : [],
    risks: [
      ...refusals(guards),
      ...(isReady ? notesOf(request, pair, facts) : isThere ? findingsOf(facts.look) : []).map(
        (message): Risk => ({ level: 'note', message }),
      ),
    ],
  };
  return { plan, gates: isThere ? [] : gates, hint: hintOf(guards), done };
}

/** A text: why nothing can be said. */
function pairOf({ look }: ForcedFacts): Pair | string {
  const [one, other, ...more] = look.members;
  if (one?.state === undefined || other?.state === undefined || more.length > 0)
    return 'kuafu lets one of two servers return, and both have to answer';
  const states = new Map([
    [one.host, one.state],
    [other.host, other.state],
  ]);
  const of = (primary: string, returning: string): Pair => ({
    ...{ primary, returning },
    lead: states.get(primary) as MemberState,
    follow: states.get(returning) as MemberState,
  });
  const isFollowing = (follower: MemberState, { serverId }: MemberState) =>
    follower.sources.some((source) => source.serverId === serverId);
  if (isFollowing(one.state, other.state)) return of(other.host, one.host);
  if (isFollowing(other.state, one.state)) return of(one.host, other.host);
  const parted: Parted<string> = partedServers(
    { name: one.host, state: one.state },
    { name: other.host, state: other.state },
  );
  return typeof parted === 'string' ? parted : of(parted.primary, parted.returning);
}

function isDone({ lead, follow, returning }: Pair, { fences }: ForcedFacts): boolean {
  const [source, ...others] = follow.sources;
  const isReplica =
    others.length === 0 && source?.receives === true && source.applies && source.serverId === lead.serverId;
  const fence = fences.get(returning);
  const isFenced = typeof fence === 'object' && fence.file === 'ours';
  return isReplica && !follow.takesWrites && !isFenced;
}

function rejoinGates(pair: Pair | string, facts: ForcedFacts): Gate[] {
  const answers = facts.look.members.map(({ host, silence }) => ({
    ...{ what: host, wanted: 'an answer', hint: STATUS },
    seen: silence === undefined ? 'answers' : `could not be asked: ${silence}`,
    ok: silence === undefined,
  }));
  const unread = [...facts.states, ...facts.fences, ...facts.details].flatMap(([host, found]) =>
    typeof found === 'string' && answers.some(({ what, ok }) => what === host && ok)
      ? [{ what: host, seen: `could not be asked: ${found}`, wanted: 'an answer', ok: false, hint: STATUS }]
      : [],
  );
  if (typeof pair === 'string') {
    const hint = 'make one of them a replica of the other by hand';
    const which = { what: 'the server that returns', seen: pair, wanted: 'one', ok: false, hint };
    return answers.every(({ ok }) => ok) ? [...answers, which] : answers;
  }
  const { primary, returning, lead, follow } = pair;
  const [found, own] = [facts.details.get(primary), facts.details.get(returning)];
  const isLogged = typeof found === 'object' && found.logsUpdates;
  const reason = follow.takesWrites ? unfenceable(returning, facts) : undefined;
  return [
    ...answers,
    ...unread,
    {
      what: `what ${primary} commits is in its log`,
      seen: isLogged ? 'yes' : typeof found === 'string' ? `could not be asked: ${found}` : 'no',
      wanted: 'yes',
      ok: isLogged,
      hint: `put log_bin and log_slave_updates=1 below [mariadbd] in the files of ${primary}`,
    },
    ...(follow.takesWrites
      ? [
          {
            what: `${returning}, which takes writes, can be fenced`,
            seen: reason === undefined ? 'yes' : `no: ${reason}`,
            wanted: 'yes',
            ok: reason === undefined,
            hint: STATUS,
          },
        ]
      : []),
    // The fence has a file of its own.
    ...(follow.takesWrites ? [] : fileGates(returning, typeof own === 'object' ? own : undefined)),
    ...versionGates(follow, lead, { from: returning, to: primary }),
  ];
}

function stagesOf({ database, replication }: DatabaseRejoin, pair: Pair, facts: ForcedFacts) {
  const { primary, returning } = pair;
  const place = placeOf(database);
  const number = nextNumber(facts);
  const { claims, closes } = claimStages(database.name, [primary, returning], number, facts);
  const follower = { database: place, replica: returning, source: primary };
  const fence = { database: place, host: returning, number, withinMs: FENCE_MS, ifWritable: true };
  const known = facts.details.get(returning);
  const attach: DatabaseAttachAction = {
    kind: 'database.attach',
    ...follower,
    ...replication,
    number,
    address: facts.hosts.find((host) => host.name === primary)?.ssh.address ?? primary,
    port: database.port,
    options: (typeof known === 'object' ? known.replication[0]?.options : undefined) ?? {},
    withinMs: ATTACHED_MS,
  };
  const move = { database: place, from: returning, to: primary };
  return [
    claims,
    stageOf('return', {
      [returning]: {
        'read-only': { kind: 'database.fence', ...fence },
        archive: { kind: 'database.archive', ...follower, number },
        'may follow': { kind: 'database.may-follow', ...follower },
        attach,
        'caught up': { kind: 'database.caught-up', ...follower, withinMs: CAUGHT_UP_MS },
        unfence: { kind: 'database.unfence', database: place, host: returning, number },
      },
    }),
    ...(pair.lead.takesWrites
      ? [
          stageOf('look', {
            [primary]: {
              ...(waitsAgain(pair, facts)
                ? { 'semi-sync': { kind: 'database.semi-sync', ...move, number, withinMs: SEMI_SYNC_MS } }
                : {}),
              judge: { kind: 'database.judge', ...move, withinMs: JUDGE_MS },
            },
          }),
        ]
      : []),
    closes,
  ];
}

/** Both are made to acknowledge as replicas: then commits waited for one before, and do so again. */
function waitsAgain({ primary, returning, lead }: Pair, { details }: ForcedFacts): boolean {
  const acknowledges = (host: string) => {
    const found = details.get(host);
    return typeof found === 'object' && found.acknowledges;
  };
  return lead.semiSync.isEnabled || (acknowledges(primary) && acknowledges(returning));
}

/** Nothing that changes from one moment to the next: the checksum of a dry run has to hold. */
function notesOf({ database }: DatabaseRejoin, pair: Pair, facts: ForcedFacts): string[] {
  const { primary, returning, lead, follow } = pair;
  const isErrant = gtidsBeyond(follow.gtids, lead.gtids).length > 0;
  const room = [...database.members].find(([, host]) => host === primary)?.[0] ?? '';
  const open = `kuafu db switch ${quoteWord(database.name)} --to ${quoteWord(room)} --force`;
  return [
    ...[...facts.states].flatMap(([host, state]) =>
      typeof state === 'string' ? [] : overWords(`${database.name} at ${host}`, state, facts.holders),
    ),
    ...(isErrant
      ? [
          `${returning} has transactions that ${primary} lacks: they are named and kept in a file on ${returning}, which then has to be built anew`,
        ]
      : []),
    ...(follow.takesWrites ? [`${returning} takes writes: it is killed (kill -9) and starts read-only`] : []),
    ...(lead.takesWrites
      ? waitsAgain(pair, facts)
        ? [`commits on ${primary} wait for ${returning} again (semi-sync)`]
        : [`semi-sync stays off at ${primary}: commits wait for no replica`]
      : [`${primary} takes no writes, and is left so; to open it: ${open}`]),
  ];
}
