import type { EnvConfig } from '../config/config-types.js';
import { systemPathRisk } from '../config/system-paths.js';
import type { CopyActions } from '../copy/actions.js';
import type { EnvAction, EnvActions } from '../env/actions.js';
import { accessWanted } from '../env/env-access.js';
import { envOfRoom, findRoomLeaks, type RoomMarks } from '../env/env-file.js';
import type { HostActions, HostNeed, ScriptAction } from '../host/actions.js';
import { healthUrl } from '../host/health-check.js';
import type { SecretText } from '../masking/secret.js';
import { fold } from '../names/fold.js';
import type { Host } from '../names/host.js';
import { laneOn } from '../plan/lane.js';
import type { Lane, Plan, Risk, Stage, Step } from '../plan/plan.js';
import { step } from '../plan/step.js';
import type { PoolActions } from '../pool/actions.js';
import { scriptCommand } from '../shell/quote.js';
import type { TrafficActions } from '../traffic/actions.js';
import type { JoinFacts } from '../traffic/join-facts.js';
import { type WayIn, wayIn } from '../traffic/way-in.js';
import type { ServiceAction, UnitActions } from '../unit/actions.js';
import { type CopyFacts, copyAction, copyNotes, treeOf } from './copy-step.js';
import type { InitTemplate } from './init-template.js';
import type { ScaleRequest } from './scale-request.js';
import { lookRisks } from './template-look.js';

/** What planning needs to know; all of it is read beforehand. */
export interface ScaleFacts extends CopyFacts {
  /** Free spare hosts of the room, in the order in which they are taken. */
  readonly free: readonly Host[];
  readonly init: InitTemplate;
  /** The room's balancers, if the app has some and hosts will join. */
  readonly traffic: JoinFacts | undefined;
  /** Why the health check of new hosts could not be made; empty if it can, or is not needed. */
  readonly unaskable: readonly string[];
  /** Operations on the same group and room that can be resumed, and the hosts that are reserved for them. */
  readonly unfinished: readonly { readonly id: string; readonly hosts: readonly string[] }[];
  /** What identifies the template's room and must not appear in the environment of another room. */
  readonly templateRoom: RoomMarks;
  /** The text of a value with its secrets; the plan must not contain any of it. */
  readonly textOf: (value: SecretText) => string;
}

/** With a larger difference other services begin to refuse: Kerberos at minutes, short-lived tokens at seconds. */
const CLOCK_MS = 5000;
const INIT_TIMEOUT_MS = 300_000;
const TOOLS = 'tar gzip sha256sum b2sum mktemp cmp find awk flock readlink systemctl'.split(' ');
/** Space needed beside the files themselves, in bytes: logs, the environment file, the first files that the service writes. */
const DISK_MARGIN_BYTES = 16_000_000;

type ScaleActions = PoolActions | HostActions | CopyActions | EnvActions | UnitActions | TrafficActions;

/** The plan of an expansion. Pure: the same request and facts give the same plan. */
export function planScale(request: ScaleRequest, facts: ScaleFacts): Plan<ScaleActions> {
  const { app, group, room, count, template, batches } = request;
  const chosen = facts.free.slice(0, count);
  const standby = facts.free.slice(count);
  const lanes = (
    hosts: readonly Host[],
    steps: (host: Host) => readonly Step<ScaleActions>[],
  ): Lane<ScaleActions>[] => hosts.map((host) => laneOn(host.name, steps(host)));
  const balancers = request.start && facts.traffic ? facts.traffic.balancers : [];
  const assign = step('assign', { kind: 'pool.member', app: app.name, group, room });
  const expand = (host: Host) => expandSteps(request, facts, host, wayIn(app, balancers, host));
  const join = (host: Host) => [...wayIn(app, balancers, host).join, assign];
  return {
    version: 2,
    kind: 'scale',
    title: `scale ${app.name}/${group} in room ${room} by ${count} ${count === 1 ? 'host' : 'hosts'} from ${template.name}`,
    scope: { apps: [app.name], groups: [group], rooms: [room] },
    locks: [`app/${app.name}/${group}/${room}`],
    claims: chosen.map((host) => host.name),
    hosts: [...facts.free, template, ...balancers],
    stages: [
      {
        id: 'expand',
        title: 'expand',
        lanes: lanes(chosen, expand),
        standby: lanes(standby, expand),
        pass: 'each',
      },
      sealStage(request, facts),
      { id: 'join', title: 'join', lanes: lanes(chosen, join), standby: lanes(standby, join), pass: 'each' },
    ],
    rollout: { ...(batches.length > 1 ? { batches } : {}), budgets: request.budgets },
    risks: [
      ...refusals(request, facts),
      ...lookRisks(app, template.name, facts.template.look),
      ...notes(request, facts),
    ],
  };
}

function expandSteps(
  { app, room, template, start, ...request }: ScaleRequest,
  facts: ScaleFacts,
  host: Host,
  { enrol }: WayIn,
): Step<ScaleActions>[] {
  const steps: Step<ScaleActions>[] = [
    step('reserve', { kind: 'pool.claim', room }),
    step('connect', {
      kind: 'host.connect',
      need: needOf({ app, template, start, ...request }, facts, host),
    }),
    step('init', initAction({ app, room, group: request.group }, facts, host)),
    step('copy', copyAction({ app, room, template, start, ...request }, facts)),
  ];
  if (app.env) steps.push(step('configure', envAction(app.env, room, facts.template)));
  const stopped: ServiceAction = { kind: 'unit.state', unit: app.service, wanted: 'stopped' };
  const { wantedIn } = facts.template.look;
  const links = wantedIn.length === 0 ? {} : { wantedIn };
  // A later start reads the links from this step.
  if (!start) return [...steps, step('install', { ...stopped, ...links })];
  const started: ServiceAction = { kind: 'unit.state', unit: app.service, wanted: 'started', ...links };
  steps.push(step('start', started, stopped));
  steps.push(...enrol);
  if (app.health) {
    const url = healthUrl(app.health, host);
    steps.push(step('health', { kind: 'unit.health', check: app.health, url, unit: app.service }));
  }
  return steps;
}

function envAction(env: EnvConfig, room: string, template: ScaleFacts['template']): EnvAction {
  const values = envOfRoom(env, room);
  const access = accessWanted(env, template.look.env);
  return { kind: 'env.write', path: env.file, ...access, values, keepsPrevious: true, brings: true };
}

/** Stops the join if the template's files changed during the copy; checked again for every batch. */
function sealStage({ app, template, batches }: ScaleRequest, facts: ScaleFacts): Stage<CopyActions> {
  const tree = treeOf({ app }, facts.template);
  const unmoved = batches.map((_, index): Step<CopyActions> => {
    const id = index === 0 ? 'unmoved' : `unmoved-${index + 1}`;
    return { id, title: 'unmoved', action: { kind: 'copy.check', from: template.name, tree } };
  });
  return {
    id: 'seal',
    title: 'template unmoved',
    lanes: unmoved.map((step) => laneOn(template.name, [step])),
    standby: [],
    pass: 'all',
    perBatch: true,
  };
}

function initAction(
  { app, group, room }: Pick<ScaleRequest, 'app' | 'group' | 'room'>,
  { init, template }: ScaleFacts,
  host: Host,
): ScriptAction {
  const values = {
    KUAFU_APP: app.name,
    KUAFU_GROUP: group,
    KUAFU_ROOM: room,
    KUAFU_HOST: host.name,
    KUAFU_USER: app.user ?? '',
    KUAFU_UID: template.look.account.uid,
    KUAFU_GID: template.look.account.gid,
  };
  const environment = Object.entries(values).map(([name, value]) => `${name}=${value}`);
  const script = scriptCommand(init.script, [], 'write', INIT_TIMEOUT_MS);
  return {
    kind: 'host.script',
    name: init.name,
    command: { ...script, words: ['env', ...environment, ...script.words] },
  };
}

/** For a moment the archive and its unpacked files are both on the disk. */
function needOf(
  { app, replace, start, template: { name } }: Pick<ScaleRequest, 'app' | 'replace' | 'start' | 'template'>,
  { template }: ScaleFacts,
  host: Host,
): HostNeed {
  const { bytes } = template.fingerprint;
  const diskFree = app.files.map((path) => ({ path, bytes: bytes + DISK_MARGIN_BYTES }));
  return {
    arch: template.arch,
    osId: template.osId,
    tools: TOOLS,
    idleUnit: app.service,
    clock: { of: name, withinMs: CLOCK_MS },
    place: { tree: treeOf({ app }, template), env: app.env?.file ?? '', replace },
    ...(app.health && start ? { health: { check: app.health, url: healthUrl(app.health, host) } } : {}),
    diskFree: [{ path: '/var/lib/kuafu', bytes: 2 * bytes + DISK_MARGIN_BYTES }, ...diskFree],
  };
}

function refusals({ app, room, count, template }: ScaleRequest, facts: ScaleFacts): Risk[] {
  const found: string[] = [];
  if (count > facts.free.length)
    found.push(
      `${count} ${count === 1 ? 'host is' : 'hosts are'} asked for, but ${free(facts.free.length)} in room ${room}`,
    );
  if (!facts.template.look.hasUnit)
    found.push(`template host ${template.name} has no service ${app.service}`);
  if (app.user && !facts.template.look.account.uid)
    found.push(`template host ${template.name} has no account ${app.user}`);
  if (app.env && template.room !== room) {
    for (const leak of findRoomLeaks(app.env, room, facts.templateRoom, facts.textOf))
      found.push(
        `${app.env.file}:${leak.line} for room ${room} would hold ${leak.what}, which belongs to room ${template.room} (if it may: apps.${app.name}.env.shared)`,
      );
  }
  found.push(...(facts.traffic?.refusals ?? []), ...facts.unaskable);
  return found.map((message) => ({ level: 'refuse', message }));
}

function free(count: number): string {
  return count === 0 ? 'none is free' : `${count} ${count === 1 ? 'is' : 'are'} free`;
}

function notes(request: ScaleRequest, facts: ScaleFacts): Risk[] {
  const { app, group, room, template, start } = request;
  const found = [
    ...copyNotes(request, facts),
    ...app.files.flatMap((path) => systemPathRisk(path) ?? []),
    ...(request.replace
      ? [
          `--replace: what is at ${app.files.join(', ')} on a new host and was not brought by kuafu is deleted`,
        ]
      : []),
  ];
  for (const { id, hosts } of facts.unfinished)
    found.push(
      `operation ${id} on this group is unfinished and keeps ${fold(hosts)}; kuafu ops resume ${id} goes on with it`,
    );
  if (template.room !== room)
    found.push(
      `the template ${template.name} is in room ${template.room}: the copy crosses between the rooms`,
    );
  if (!start)
    found.push(
      `without --start the service is installed and stopped, and no host joins traffic: kuafu start --app ${app.name} --group ${group} --idc ${room} does that later`,
    );
  if (start && !app.health)
    found.push(`apps.${app.name} has no health check: a host counts as good once its service runs`);
  found.push(...(facts.traffic?.notes ?? []));
  if (start && !facts.traffic)
    found.push(`apps.${app.name} has no balancer in room ${room}: no host joins traffic`);
  return found.map((message) => ({ level: 'note', message }));
}
