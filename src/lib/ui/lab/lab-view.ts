import type { Lab } from '../../lab/lab.js';
import { DEFAULT_LAB } from '../../lab/lab-name.js';
import type { HostState, LabStatus } from '../../lab/status.js';
import type { HostKind, LabHost } from '../../lab/topology.js';
import { hostsOf } from '../../lab/topology.js';
import { fold } from '../../names/fold.js';
import { brokenCommand, commandLine } from '../frame/command-line.js';
import type { Advice } from '../frame/suggested.js';
import { renderTable } from '../frame/table.js';

const KINDS: Readonly<Record<HostKind, string>> = {
  gateway: 'gateway',
  control: 'control host',
  client: "user's client",
  resolver: 'resolver',
  balancer: 'balancer',
  web: 'app host',
  service: 'service',
  spare: 'spare host',
};

/** What to type when a lab is up: each command can be copied as it stands. */
export function renderNextSteps(lab: Lab, columns: number): string {
  const flags = { name: lab.name === DEFAULT_LAB ? undefined : lab.name };
  const run = commandLine('kuafu lab run', flags);
  const [template] = hostsOf(lab.topology, 'web', 'A');
  const count = Math.min(20, lab.record.sizes.spare.B);
  const scale = `kuafu scale --app shop --group web --idc B --count ${count} --template-ip ${template?.address} --start`;
  const steps: readonly Advice[] = [
    ['a shell on the control host:', run],
    ...(count === 0 ? [] : [[`an expansion by ${count}:`, `${run} -- ${scale}`] as const]),
    ['who answers in room B:', `${run} -- curl -sS http://203.0.113.102/whoami`],
    ['take the lab away:', commandLine('kuafu lab down', flags)],
  ];
  return [
    `Configuration: ${lab.paths.config}`,
    '',
    'Type next:',
    ...steps.flatMap(([what, command]) => [what, brokenCommand(command, columns)]),
  ].join('\n');
}

/** A lab as a table: hosts of the same kind, room and state share a row. */
export function renderLabStatus({ name, lab, hosts }: LabStatus): string {
  if (lab === undefined) return `Lab ${name}: remains only. Remove them: kuafu lab down --name ${name}`;
  const running = hosts.filter(({ state }) => state === 'running').length;
  const rows = groupAlike(hosts).map(({ state, members }) => [
    fold(members.map((host) => host.name)),
    members[0]?.service?.title ?? KINDS[members[0]?.kind ?? 'spare'],
    members[0]?.room ?? '-',
    state,
    fold(members.map(({ address }) => address)),
  ]);
  return [
    `Lab ${name}: ${running} of ${hosts.length} hosts run; since ${lab.record.createdAt}`,
    `Configuration: ${lab.paths.config}`,
    '',
    renderTable(['HOST', 'WHAT', 'ROOM', 'STATE', 'ADDRESS'], rows),
  ].join('\n');
}

/** The same as data. */
export function labStatusDocument(labs: readonly LabStatus[]): object {
  return {
    kind: 'kuafu.lab-status',
    version: 1,
    labs: labs.map(({ name, lab, hosts }) => ({
      name,
      complete: lab !== undefined,
      config: lab?.paths.config ?? null,
      hosts: hosts.map(({ host, state }) => ({
        name: host.name,
        kind: host.kind,
        role: host.service?.role ?? null,
        room: host.room ?? null,
        address: host.address,
        state,
      })),
    })),
  };
}

function groupAlike(hosts: LabStatus['hosts']): readonly { state: HostState; members: readonly LabHost[] }[] {
  const groups = new Map<string, { state: HostState; members: LabHost[] }>();
  for (const { host, state } of hosts) {
    const key = `${host.service?.title ?? host.kind} ${host.room} ${state}`;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, { state, members: [host] });
    else group.members.push(host);
  }
  return [...groups.values()];
}
