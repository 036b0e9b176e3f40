import type { Generation } from '../guard/generation.js';
import type { Plan, Stage, StepRef } from '../plan/plan.js';
import type { DatabaseActions, DatabaseAttachAction } from './actions.js';
import { stateOf } from './applied.js';
import type { SwitchFacts } from './facts.js';
import { placeOf } from './place.js';
import type { DatabaseSwitch } from './request.js';

/** Writes stop while a statement that holds a lock is waited for. */
const STOP_WRITES_MS = 5000;
const APPLIED_MS = 10_000;
const ATTACHED_MS = 10_000;
const SEMI_SYNC_MS = 10_000;
/** Proxies check servers every few hundred milliseconds to seconds. */
const PROXIES_MS = 30_000;
const JUDGE_MS = 15_000;

type Steps = Stage<DatabaseActions>['lanes'][number]['steps'];
type Actions = Readonly<Record<string, DatabaseActions>>;

/**
 * The old primary becomes a replica of the new one before that takes writes, so no moment has one copy alone. Up to `open` a
 * failure leads back: writes flow again where they did, before the other server replicates again. From then on the new primary
 * may have writes of its own, so there is no way back but another switch.
 */
export function switchStages(
  request: DatabaseSwitch,
  from: string,
  facts: SwitchFacts,
): Pick<Plan<DatabaseActions>, 'stages' | 'wayBack'> {
  const { database, to } = request;
  const number =
    1 +
    Math.max(
      0,
      ...[...facts.states.values()].map((state) => (typeof state === 'string' ? 0 : state.generation.number)),
    );
  const move = { database: placeOf(database), from, to };
  const change = { ...move, number };
  const back = { ...move, number: number + 1 };
  const semiSync = stateOf(facts.look, from)?.semiSync.isEnabled === true;
  const attach = attachments(request, from, facts);
  const claimOf = (host: string): DatabaseActions => ({
    kind: 'database.claim',
    ...{ database: database.name, host, from: generationAt(host, facts), number },
  });
  const claimBack = (host: string): DatabaseActions => ({
    kind: 'database.claim',
    ...{ database: database.name, host, from: 'any', number: number + 1 },
  });
  const close = (id: string) => {
    const closeOf = (host: string): DatabaseActions => ({
      kind: 'database.close',
      database: database.name,
      host,
    });
    return stageOf(id, { [from]: { close: closeOf(from) }, [to]: { close: closeOf(to) } });
  };
  const begun: StepRef = { stage: 'stop-writes', lane: from, step: 'stop-writes' };
  const detached: StepRef = { stage: 'promote', lane: to, step: 'detach' };
  const stages = [
    stageOf('claim', { [from]: { claim: claimOf(from) }, [to]: { claim: claimOf(to) } }),
    stageOf('stop-writes', {
      [from]: {
        gates: { kind: 'database.gates', ...move },
        'stop-writes': { kind: 'database.stop-writes', ...change, withinMs: STOP_WRITES_MS },
      },
    }),
    stageOf('promote', {
      [to]: {
        applied: { kind: 'database.applied', ...move, withinMs: APPLIED_MS },
        detach: { kind: 'database.detach', ...change },
      },
    }),
    stageOf('attach', { [from]: { attach: { ...attach.forth, number } } }),
    stageOf('open', {
      [to]: {
        ...(semiSync
          ? { 'semi-sync': { kind: 'database.semi-sync', ...change, withinMs: SEMI_SYNC_MS } }
          : {}),
        open: { kind: 'database.open', ...change },
      },
    }),
    stageOf('look', {
      [to]: {
        ...(database.proxies === undefined
          ? {}
          : { proxies: { kind: 'database.proxies', ...move, withinMs: PROXIES_MS } }),
        judge: { kind: 'database.judge', ...move, withinMs: JUDGE_MS },
      },
    }),
    close('close'),
  ];
  const wayBack = [
    stageOf(
      'claim back',
      { [from]: { 'claim back': claimBack(from) }, [to]: { 'claim back': claimBack(to) } },
      begun,
    ),
    stageOf('reopen', { [from]: { reopen: { kind: 'database.reopen', ...back, semiSync } } }, begun),
    stageOf('attach back', { [to]: { 'attach back': { ...attach.back, number: number + 1 } } }, detached),
    close('close back'),
  ];
  const until = { stage: 'open', lane: to, step: 'open' };
  return { stages, wayBack: { when: 'on-failure', until, stages: wayBack } };
}

function generationAt(host: string, { states }: SwitchFacts): Generation {
  const state = states.get(host);
  if (typeof state === 'object') return state.generation;
  throw new Error(`the generation of ${host} was not read`);
}

type Attachment = Omit<DatabaseAttachAction, 'number'>;

/** Both ways with the settings that the replica has now. Forth to the address by which kuafu knows the host. */
function attachments(
  { database, replication, to }: DatabaseSwitch,
  from: string,
  { details, hosts }: SwitchFacts,
): { readonly forth: Attachment; readonly back: Attachment } {
  const found = details.get(to);
  const [settings] = typeof found === 'object' ? found.replication : [];
  const known = (name: string) => hosts.find((host) => host.name === name)?.ssh.address ?? name;
  const both = {
    kind: 'database.attach' as const,
    database: placeOf(database),
    ...replication,
    options: settings?.options ?? {},
    withinMs: ATTACHED_MS,
  };
  return {
    forth: { ...both, replica: from, source: to, address: known(to), port: database.port },
    back: {
      ...both,
      replica: to,
      source: from,
      address: settings?.address ?? known(from),
      port: settings?.port ?? database.port,
    },
  };
}

/** @param ifBegun for all of its steps */
function stageOf(
  id: string,
  lanes: Readonly<Record<string, Actions>>,
  ifBegun?: StepRef,
): Stage<DatabaseActions> {
  const steps = (actions: Actions): Steps =>
    Object.entries(actions).map(([step, action]) => ({
      id: step,
      title: step,
      action,
      ...(ifBegun && { ifBegun }),
    }));
  const all = Object.entries(lanes).map(([name, actions]) => ({ name, host: name, steps: steps(actions) }));
  return { id, title: id, pass: 'all', lanes: all, standby: [] };
}
