import { findingsOf } from '../layers/database/judge.js';
import { heldGuards, overWords } from '../layers/device-holders.js';
import type { Plan, Risk } from '../plan/plan.js';
import { type Guard, hintOf, refusals } from '../plan/risk.js';
import type { DatabaseActions } from './actions.js';
import { onlyWriter, stateOf } from './applied.js';
import { gatesBefore, type SwitchFacts } from './facts.js';
import { type Gate, STATUS } from './gate.js';
import { closedGates } from './gates.js';
import type { DatabaseSwitch } from './request.js';
import { switchStages } from './switch-stages.js';

/** A plan, what it was judged by, and what to type when it is refused. */
export interface ProposedSwitch {
  readonly plan: Plan<DatabaseActions>;
  readonly gates: readonly Gate[];
  readonly hint: string;
}

/** Moves the primary of a database; no stage where it is there already, or where something stands in the way. Pure. */
export function planDatabaseSwitch(request: DatabaseSwitch, facts: SwitchFacts): ProposedSwitch {
  const { database, to } = request;
  const { from, look } = facts;
  const gates = gatesBefore(facts, to);
  const isThere = gates.length === 0;
  const guards: Guard[] = isThere ? [] : [...closedGates(gates), ...claimGuards(request, facts)];
  const isReady = guards.length === 0 && !isThere && from !== undefined;
  const plan: Plan<DatabaseActions> = {
    version: 2,
    kind: 'db-switch',
    title: `move the primary of ${database.name} ${from === undefined ? '' : `from ${from} `}to ${to}`,
    scope: { apps: [], groups: [], rooms: [...database.members.keys()].sort() },
    locks: isReady ? [`db/${database.name}`] : [],
    claims: [],
    hosts: isReady ? facts.hosts : [],
    ...(isReady ? switchStages(request, from, facts) : { stages: [] }),
    risks: [
      ...refusals(guards),
      ...(isReady ? notesOf(request, facts) : []),
      ...(isThere ? findingsOf(look).map((message): Risk => ({ level: 'note', message })) : []),
    ],
  };
  return { plan, gates, hint: hintOf(guards) };
}

function claimGuards({ database }: DatabaseSwitch, { states, holders }: SwitchFacts): Guard[] {
  return [...states].flatMap(([host, state]) =>
    typeof state === 'string'
      ? [{ message: `who may change ${database.name} at ${host} could not be read: ${state}`, hint: STATUS }]
      : heldGuards(`${database.name} at ${host}`, state, holders),
  );
}

/** Nothing that changes from one moment to the next: the checksum of a dry run has to hold. */
function notesOf({ database }: DatabaseSwitch, facts: SwitchFacts): Risk[] {
  const { states, holders, look } = facts;
  const from = onlyWriter(look) ?? '';
  const isSemiSync = stateOf(look, from)?.semiSync.isEnabled === true;
  const notes = [
    ...[...states].flatMap(([host, state]) =>
      typeof state === 'string' ? [] : overWords(`${database.name} at ${host}`, state, holders),
    ),
    `nobody can write from \`stop-writes\` to \`open\`; transactions that are open then end with an error`,
    ...(isSemiSync ? [] : [`semi-sync is off at ${from}, and stays off: commits wait for no replica`]),
    ...(database.proxies === undefined
      ? [`no \`proxies\` for ${database.name}: whether clients follow is not judged`]
      : []),
  ];
  return notes.map((message) => ({ level: 'note', message }));
}
