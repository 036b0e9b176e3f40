import type { DnsZone } from '../config/config-types.js';
import { UsageError } from '../errors.js';
import { type SetChange, wholeName } from '../layers/dns/records.js';
import type { OperationRecord } from '../ledger/ledger.js';
import type { Guard } from '../plan/risk.js';
import { quoteWord } from '../shell/quote.js';
import { type DnsSetAction, isDnsSet } from './actions.js';
import type { AuthorityChanges } from './authority-changes.js';
import type { DnsFacts } from './change-facts.js';
import { authorityGuards, nowhereGuard } from './change-guards.js';
import { type ProposedChange, proposedChange } from './change-plan.js';
import { changedNames, inOne, setsAfter } from './changes.js';
import { takenBack } from './taken-back.js';

/** @throws UsageError for an operation that has changed nothing in DNS */
export function requireDnsOperation(record: Undone): void {
  if (setsOf(record).length > 0) return;
  throw new UsageError(
    `operation ${record.id} (${record.plan.title}) has changed no name in DNS`,
    `what it did: kuafu ops show ${record.id}`,
  );
}

type Undone = Pick<OperationRecord, 'id' | 'plan'>;

/** The zones of an operation as the configuration has them, each with the names that it changed; without those it has not. */
export function zonesOfRecord(record: Pick<Undone, 'plan'>, zones: ReadonlyMap<string, DnsZone>): DnsZone[] {
  const changes = setsOf(record);
  return [...zones.values()].flatMap((zone) => {
    const changed = changedNames(
      changes.flatMap((each) => (each.zone.name === zone.name ? each.changes : [])),
    );
    const names = new Map([...zone.names].filter(([name]) => changed.includes(name)));
    return changed.length === 0 ? [] : [{ ...zone, names }];
  });
}

/** Puts back, at each authority, what an operation has replaced there, if nobody has changed it since. Pure. */
export function planDnsUndo(record: Undone, facts: DnsFacts): ProposedChange {
  const each = doneAt(setsOf(record)).map((done) => undoAt(record, done, facts));
  const guards = [...authorityGuards(facts), ...each.flatMap(({ guards: own }) => own)];
  const title = `undo operation ${record.id} (${record.plan.title})`;
  const changes = each.flatMap(({ undo }) => undo ?? []);
  return proposedChange({ kind: 'dns-undo', title, undoes: record.id }, changes, guards, facts);
}

interface Undo {
  readonly guards: readonly Guard[];
  readonly undo?: AuthorityChanges;
}

/** What an operation has done at an authority, in one step or several. */
interface Done extends Pick<DnsSetAction, 'zone' | 'authority' | 'changes'> {
  readonly meanwhile: readonly SetChange[];
}

function doneAt(actions: readonly DnsSetAction[]): Done[] {
  const steps = new Map<string, DnsSetAction[]>();
  for (const action of actions) {
    const key = JSON.stringify([action.zone.name, action.authority]);
    steps.set(key, [...(steps.get(key) ?? []), action]);
  }
  return [...steps.values()].flatMap((own) => {
    const [first] = own;
    const changes = inOne(own.map((action) => action.changes));
    const meanwhile = own.slice(0, -1).flatMap((action) => action.changes);
    return first === undefined ? [] : [{ ...first, changes, meanwhile }];
  });
}

function undoAt({ id }: Undone, done: Done, facts: DnsFacts): Undo {
  const { zone: at, authority, changes, meanwhile } = done;
  const zone = facts.zones.find(({ name }) => name === at.name);
  const gone = changedNames(changes).filter((name) => !zone?.names.has(name));
  if (zone === undefined || gone.length > 0)
    return {
      guards: gone.map((name) => ({
        message: `${wholeName(name, at.name)} is not under layers.dns any more`,
        hint: `put it back there; what it was: kuafu ops show ${id}`,
      })),
    };
  const answer = facts.answers.find((each) => each.zone === at.name && each.authority === authority);
  if (answer === undefined) {
    const isSilent = facts.silent.some((each) => each.zone === at.name && each.authority === authority);
    const message = `${authority} is no authority of ${at.name} any more`;
    return { guards: isSilent ? [] : [{ message, hint: `what it was told: kuafu ops show ${id}` }] };
  }
  const { foreign, back } = takenBack(changes, meanwhile, answer.sets);
  const undo = { zone, answer, changes: back };
  const after = setsAfter(answer.sets, undo.changes);
  const nowhere = changedNames(undo.changes).filter((name) => after.every((set) => set.name !== name));
  return {
    undo,
    guards: [
      ...foreign.map((name) => foreignGuard(wholeName(name, at.name), authority, id)),
      ...nowhere.map((name) => nowhereGuard(name, at.name)),
    ],
  };
}

function foreignGuard(name: string, authority: string, id: string): Guard {
  return {
    message: `${name} at ${authority} has been changed since operation ${id}`,
    hint: `back to what the configuration declares: kuafu dns set ${quoteWord(name)} --steady`,
  };
}

function setsOf({ plan }: Pick<Undone, 'plan'>): DnsSetAction[] {
  return plan.stages.flatMap(({ lanes }) =>
    lanes.flatMap(({ steps }) => steps.map(({ action }) => action).filter(isDnsSet)),
  );
}
