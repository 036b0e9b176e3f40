import type { DatabaseLook } from '../layers/database/database-look.js';
import { overWords } from '../layers/device-holders.js';
import type { Plan, Risk } from '../plan/plan.js';
import { hintOf, refusals } from '../plan/risk.js';
import { quoteWord } from '../shell/quote.js';
import type { DatabaseActions } from './actions.js';
import { stateOf } from './applied.js';
import type { ForcedFacts } from './forced-facts.js';
import { type ForcedMove, forcedClaimGuards, forcedGates, unfenceable } from './forced-gates.js';
import { forcedStages } from './forced-stages.js';
import type { Gate } from './gate.js';
import { closedGates } from './gates.js';
import type { ForcedSwitch } from './request.js';
import type { ProposedSwitch } from './switch-plan.js';

/** Makes a server the primary though the one before may be lost; no stage where it is already, or is refused. Pure. */
export function planForcedSwitch(
  request: ForcedSwitch,
  facts: ForcedFacts,
  { withoutFence }: { readonly withoutFence: boolean },
): ProposedSwitch {
  const { database, to } = request;
  const others = [...database.members.values()].filter((host) => host !== to);
  const [from = ''] = others;
  const move: ForcedMove = { ...request, from, withoutFence };
  const isThere = others.length === 1 && isPrimary(facts.look, { from, to });
  const gates = isThere
    ? []
    : [sizeGate(others.length + 1), ...(others.length === 1 ? forcedGates(move, facts) : [])];
  const guards = isThere ? [] : [...closedGates(gates), ...forcedClaimGuards(database.name, facts)];
  const isReady = guards.length === 0 && !isThere;
  const isOpenEnded = unfenceable(from, facts) !== undefined;
  const plan: Plan<DatabaseActions> = {
    version: 2,
    kind: 'db-failover',
    title: `force the primary of ${database.name} from ${from} to ${to}${isOpenEnded ? ', without a fence' : ''}`,
    scope: { apps: [], groups: [], rooms: [...database.members.keys()].sort() },
    locks: isReady ? [`db/${database.name}`] : [],
    claims: [],
    hosts: isReady ? facts.hosts : [],
    ...(isReady ? forcedStages(move, facts) : { stages: [] }),
    risks: [
      ...refusals(guards),
      ...notes(isReady ? notesOf(move, facts) : []),
      ...notes(isThere ? silent(facts) : []),
    ],
  };
  return { plan, gates, hint: hintOf(guards) };
}

const notes = (messages: readonly string[]): Risk[] =>
  messages.map((message) => ({ level: 'note', message }));

/** It takes writes, replicates from nobody, and the other one is not known to take any. */
function isPrimary(
  look: DatabaseLook,
  { from, to }: { readonly from: string; readonly to: string },
): boolean {
  const next = stateOf(look, to);
  const isFirst = next?.takesWrites === true && next.sources.length === 0;
  return isFirst && stateOf(look, from)?.takesWrites !== true;
}

function silent({ look }: ForcedFacts): string[] {
  return look.members.flatMap(({ host, silence }) =>
    silence === undefined ? [] : [`${host} could not be asked: ${silence}`],
  );
}

function sizeGate(count: number): Gate {
  const hint = 'kuafu moves a primary between two servers; with more, the others would have to follow it';
  return { what: 'servers', seen: String(count), wanted: '2', ok: count === 2, hint };
}

/** Nothing that changes from one moment to the next: the checksum of a dry run has to hold. */
function notesOf(move: ForcedMove, facts: ForcedFacts): string[] {
  const { database, from, to } = move;
  const canFence = unfenceable(from, facts) === undefined;
  const proxies = facts.look.proxies.filter(({ silence }) => silence !== undefined);
  return [
    ...[...facts.states].flatMap(([host, state]) =>
      typeof state === 'string' ? [] : overWords(`${database.name} at ${host}`, state, facts.holders),
    ),
    ...(stateOf(facts.look, from)?.takesWrites === true ? [plannedWay(move)] : []),
    ...(canFence ? fenceNotes(move, facts) : openEndedNotes(move)),
    `commits on ${to} wait for no replica from then on, until ${from} replicates from it: kuafu db rejoin ${quoteWord(database.name)}`,
    ...proxies.map(({ host }) => `proxy ${host} could not be asked`),
    ...(database.proxies === undefined
      ? [`no \`proxies\` for ${database.name}: whether clients follow is not judged`]
      : []),
  ];
}

function plannedWay({ database, from, to, room }: ForcedMove): string {
  const command = `kuafu db switch ${quoteWord(database.name)} --to ${quoteWord(room)}`;
  return `${from} answers and takes writes: if ${to} can still reach it, the planned switch is the way, which kills nothing: ${command}`;
}

/** Acknowledged transactions that wait for an acknowledgement of the replica survive; others may be left behind. */
function fenceNotes({ from, to, withoutFence }: ForcedMove, { fences }: ForcedFacts): string[] {
  const fence = fences.get(from);
  const waits = typeof fence === 'object' ? fence.waits : undefined;
  const left = `may be acknowledged and left behind when ${to} has not received it`;
  const how =
    waits === undefined
      ? [`how commits on ${from} wait for a replica could not be read: what it committed ${left}`]
      : [
          ...(waits.isEnabled ? [] : [`semi-sync is off at ${from}: what it committed ${left}`]),
          ...(waits.isEnabled && !waits.beforeCommit
            ? [
                `semi-sync at ${from} waits after the commit (AFTER_COMMIT): it cannot rejoin if it has committed more than ${to}`,
              ]
            : []),
          ...(waits.isEnabled && waits.timeoutMs < FOR_LONG_MS
            ? [
                `semi-sync at ${from} gives up after ${waits.timeoutMs / 1000} s: what it commits later ${left}`,
              ]
            : []),
        ];
  return [
    `${from} is killed (kill -9) and starts read-only: its clients lose their sessions, and what waits for a replica is not committed`,
    ...how,
    ...(withoutFence ? [`--without-fence has no effect: ${from} can be fenced, and is`] : []),
  ];
}

const FOR_LONG_MS = 3_600_000;

function openEndedNotes({ from, to }: ForcedMove): string[] {
  return [
    `WITHOUT A FENCE: nothing proves that ${from} takes no writes. If it does, or does later, both take writes, clients in its ` +
      `room go on there, and what they write has to be brought to ${to} by hand, or is lost`,
  ];
}
