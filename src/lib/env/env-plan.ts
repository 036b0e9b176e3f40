import type { EnvConfig } from '../config/config-types.js';
import type { Host } from '../names/host.js';
import { fold } from '../names/nodeset.js';
import type { Budgets } from '../plan/budget.js';
import { laneOn } from '../plan/lane.js';
import type { OperationKind, Plan, Risk, Step } from '../plan/plan.js';
import type { RestartFacts } from '../restart/restart-facts.js';
import { planRestart, type RestartActions } from '../restart/restart-plan.js';
import type { RestartRequest } from '../restart/restart-request.js';
import type { EnvAction, EnvActions } from './actions.js';
import { accessWanted } from './env-access.js';
import type { EnvFacts } from './env-facts.js';
import { envOfRoom } from './env-file.js';

/** A host with an environment file, and what was read of it. */
export interface EnvTarget {
  readonly host: Host;
  /** Groups of the app that the host is in. */
  readonly groups: readonly string[];
  /** Undefined: the host was not reached, and `unread` says why. */
  readonly facts: EnvFacts | undefined;
  readonly unread: string;
  /** Whether a push would change the file; true if that is not known. */
  readonly differs: boolean;
}

export interface EnvRequest {
  readonly app: string;
  readonly env: EnvConfig;
  /** The batches and budget for this number of hosts. */
  readonly bounds: (hosts: number) => { readonly batches: readonly number[]; readonly budgets: Budgets };
}

/** Whether a push with a restart has work there: to write the file, or only to restart a service that has not read it. */
export function isConcerned({ differs, facts }: EnvTarget): boolean {
  return differs || facts?.isUnread === true;
}

/** The plan that writes the environment of the configuration. Hosts that already have it are left out. Pure. */
export function planEnvPush(request: EnvRequest, targets: readonly EnvTarget[]): Plan<EnvActions> {
  const { app, env } = request;
  const wrong = targets.filter(({ differs }) => differs);
  const action = ({ host }: EnvTarget) => writeAction(env, host);
  const title = `push the environment of ${app} to ${hostWords(wrong)}`;
  return planOf('env-push', title, 'write', request, wrong, action, [
    ...pushRisks(env, wrong),
    ...restartNotes(app, wrong),
  ]);
}

function restartNotes(app: string, targets: readonly EnvTarget[]): Risk[] {
  if (targets.length === 0) return [];
  const message = `services read it when they start: until then the old values hold; --restart does it with the push, kuafu restart --app ${app} later`;
  return [{ level: 'note', message }];
}

/**
 * The plan that writes the environment of the configuration and restarts, host by host, every host that gets it or has not
 * read it. `request` names only the hosts of `targets` that need this. Pure.
 */
export function planEnvRestart(
  env: EnvConfig,
  targets: readonly EnvTarget[],
  request: RestartRequest,
  facts: RestartFacts,
): Plan<RestartActions | EnvAction> {
  const write = (host: Host): Step<EnvAction> => ({
    id: 'write',
    title: 'write',
    action: writeAction(env, host),
  });
  const plan = planRestart(request, facts, write);
  const wrong = targets.filter(({ differs }) => differs);
  return {
    ...plan,
    kind: 'env-push',
    title: `push the environment and ${plan.title}`,
    risks: [...pushRisks(env, wrong), ...unreadFiles(targets), ...plan.risks],
  };
}

function unreadFiles(targets: readonly EnvTarget[]): Risk[] {
  const unread = targets.filter((target) => !target.differs && isConcerned(target));
  if (unread.length === 0) return [];
  const hosts = fold(namesOf(unread));
  return [
    {
      level: 'note',
      message: `restarted alone, as the file is right and came there after the service was started: ${hosts}`,
    },
  ];
}

function writeAction(env: EnvConfig, { room }: Host): EnvAction {
  return {
    kind: 'env.write',
    path: env.file,
    ...accessWanted(env),
    values: envOfRoom(env, room),
    keepsPrevious: true,
  };
}

function pushRisks({ file }: EnvConfig, targets: readonly EnvTarget[]): Risk[] {
  return [...unreadNotes(targets), ...kindRisks(file, targets)];
}

const STILL_CONFIGURED =
  'the configuration keeps its values: correct them there, too, or the next push writes them again';

/** The plan that restores, on each host, the content of the file before its last push. Pure. */
export function planEnvRollback(request: EnvRequest, targets: readonly EnvTarget[]): Plan<EnvActions> {
  const { env } = request;
  const action = ({ facts }: EnvTarget): EnvActions => ({
    kind: 'env.rollback',
    path: env.file,
    version: facts?.previous?.version ?? '',
  });
  const unread = targets.filter(({ facts }) => facts === undefined);
  const without = targets.filter(({ facts }) => facts !== undefined && facts.previous === undefined);
  const risks: Risk[] = [];
  if (without.length > 0)
    risks.push({ level: 'refuse', message: `no previous version is kept on ${fold(namesOf(without))}` });
  if (unread.length > 0)
    risks.push({ level: 'refuse', message: `whether there is one is not known of ${fold(namesOf(unread))}` });
  if (risks.length === 0) risks.push({ level: 'note', message: STILL_CONFIGURED });
  const title = `roll the environment of ${request.app} back on ${hostWords(targets)}`;
  return planOf('env-rollback', title, 'swap', request, targets, action, risks);
}

function unreadNotes(targets: readonly EnvTarget[]): Risk[] {
  const unread = targets.filter(({ facts }) => facts === undefined);
  return [...new Set(unread.map((target) => target.unread))].map((reason) => {
    const hosts = fold(namesOf(unread.filter((target) => target.unread === reason)));
    return { level: 'note', message: `not read, and tried all the same: ${hosts} (${reason})` };
  });
}

function kindRisks(file: string, targets: readonly EnvTarget[]): Risk[] {
  const on = (kind: string) => namesOf(targets.filter(({ facts }) => facts?.current.kind === kind));
  const risks: Risk[] = [];
  const [others, links] = [on('other'), on('link')];
  if (others.length > 0) risks.push({ level: 'refuse', message: `${file} is no file on ${fold(others)}` });
  if (links.length > 0)
    risks.push({
      level: 'note',
      message: `${file} is a symbolic link on ${fold(links)}: a file takes its place, what it leads to stays`,
    });
  return risks;
}

function planOf(
  kind: OperationKind,
  title: string,
  step: string,
  { app, bounds }: EnvRequest,
  targets: readonly EnvTarget[],
  action: (target: EnvTarget) => EnvActions,
  risks: readonly Risk[],
): Plan<EnvActions> {
  const { batches, budgets } = bounds(targets.length);
  const lanes = targets.map((target) =>
    laneOn(target.host.name, [{ id: step, title: step, action: action(target) }]),
  );
  const places = targets.flatMap(({ host, groups }) =>
    groups.map((group) => `app/${app}/${group}/${host.room}`),
  );
  return {
    version: 2,
    kind,
    title,
    scope: {
      apps: [app],
      groups: unique(targets.flatMap(({ groups }) => groups)),
      rooms: unique(targets.map(({ host }) => host.room)),
    },
    locks: unique(places),
    claims: [],
    hosts: targets.map(({ host }) => host),
    stages: [{ id: 'env', title: 'environment', lanes, standby: [], pass: 'each' }],
    rollout: { ...(batches.length > 1 ? { batches } : {}), budgets },
    risks,
  };
}

function unique(words: readonly string[]): readonly string[] {
  return [...new Set(words)].sort();
}

function hostWords(targets: readonly EnvTarget[]): string {
  return `${targets.length} ${targets.length === 1 ? 'host' : 'hosts'}`;
}

export function namesOf(targets: readonly EnvTarget[]): readonly string[] {
  return targets.map(({ host }) => host.name);
}
