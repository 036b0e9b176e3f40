import { readdir } from 'node:fs/promises';
import { FailedError } from '../errors.js';
import { concurrently, TOOL_CONCURRENCY } from './concurrently.js';
import { NETNS_FOLDER, namespaceName, namespacePrefix } from './paths.js';
import { runTool, type ToolOptions, tryTool } from './tool.js';
import { type LabHost, SEGMENTS, type Segment, type Topology } from './topology.js';

const BRIDGE = 'br0';

/**
 * Makes the namespaces, switches and wires that do not exist yet. A wire is connected to its switch last, so a host with all
 * wires connected is complete. A host that a killed `up` left half-wired is wired again.
 *
 * @returns the hosts that were wired
 */
export async function buildNetwork(topology: Topology, options: ToolOptions): Promise<readonly LabHost[]> {
  const lab = topology.name;
  const there = new Set(await namespacesOf(lab));
  for (const segment of SEGMENTS) await buildSwitch(lab, segment, there, options);
  const plugged = new Map<Segment, ReadonlySet<string>>();
  for (const segment of SEGMENTS) plugged.set(segment, await pluggedPorts(lab, segment, options));
  const missing = topology.hosts.filter(
    (host) =>
      !there.has(namespaceName(lab, host.name)) ||
      !host.links.every(({ segment }) => plugged.get(segment)?.has(host.name)),
  );
  if (missing.length === 0) return [];
  await dropRemains(lab, missing, there, options);
  await batch(
    [],
    missing.flatMap((host) => wireCommands(lab, host)),
    options,
  );
  await concurrently(missing, TOOL_CONCURRENCY, (host) => configureHost(lab, host, options));
  for (const segment of SEGMENTS) {
    const ports = missing.filter(({ links }) => links.some((link) => link.segment === segment));
    await batch(
      ['-n', namespaceName(lab, segment)],
      ports.map(({ name }) => plugCommand(name)),
      options,
    );
  }
  return missing;
}

/** Network namespaces of a lab by their names. */
export async function namespacesOf(lab: string): Promise<readonly string[]> {
  return (await allNamespaces()).filter((name) => name.startsWith(namespacePrefix(lab)));
}

/** Labs that have network namespaces. */
export async function labsWithNamespaces(): Promise<readonly string[]> {
  const names = (await allNamespaces()).map((name) => /^kuafu\.([a-z0-9-]+)\./.exec(name)?.[1]);
  return [...new Set(names.filter((name) => name !== undefined))];
}

/** Wires and switches are removed with their namespaces. */
export async function removeNetwork(lab: string, options: ToolOptions): Promise<void> {
  const names = await namespacesOf(lab);
  await batch(
    ['-force'],
    names.map((name) => `netns del ${name}`),
    options,
  );
  const [left] = await namespacesOf(lab);
  if (left !== undefined) {
    throw new FailedError(`network namespace ${left} cannot be removed`, `Try: ip netns del ${left}`);
  }
}

async function allNamespaces(): Promise<readonly string[]> {
  return readdir(NETNS_FOLDER).catch(() => []);
}

async function buildSwitch(
  lab: string,
  segment: Segment,
  there: ReadonlySet<string>,
  options: ToolOptions,
): Promise<void> {
  const name = namespaceName(lab, segment);
  if (!there.has(name)) await runTool('ip', ['netns', 'add', name], options);
  const { exitCode } = await tryTool('ip', ['-n', name, 'link', 'show', 'dev', BRIDGE], options);
  if (exitCode === 0) return;
  // One command makes it and sets it up, or does nothing.
  await runTool('ip', ['-n', name, 'link', 'add', BRIDGE, 'up', 'type', 'bridge'], options);
}

async function pluggedPorts(
  lab: string,
  segment: Segment,
  options: ToolOptions,
): Promise<ReadonlySet<string>> {
  const args = ['-n', namespaceName(lab, segment), '-j', 'link', 'show', 'master', BRIDGE];
  const links = JSON.parse((await runTool('ip', args, options)) || '[]') as { ifname?: string }[];
  return new Set(links.flatMap(({ ifname }) => (ifname === undefined ? [] : [ifname])));
}

/** Removes what a killed `up` left of these hosts. */
async function dropRemains(
  lab: string,
  hosts: readonly LabHost[],
  there: ReadonlySet<string>,
  options: ToolOptions,
): Promise<void> {
  // Ports first: a namespace, and its wires with it, goes a while after `netns del` returns.
  for (const segment of SEGMENTS) {
    const ports = hosts.filter(
      (host) =>
        there.has(namespaceName(lab, host.name)) && host.links.some((link) => link.segment === segment),
    );
    const commands = ports.map(({ name }) => `link del ${name}`);
    await batch(['-force', '-n', namespaceName(lab, segment)], commands, options);
  }
  const remains = hosts.map(({ name }) => namespaceName(lab, name)).filter((name) => there.has(name));
  await batch(
    ['-force'],
    remains.map((name) => `netns del ${name}`),
    options,
  );
}

/** Exported for tests. */
export function wireCommands(lab: string, host: LabHost): readonly string[] {
  const namespace = namespaceName(lab, host.name);
  const wires = host.links.map(
    ({ device, segment }) =>
      `link add ${device} netns ${namespace} type veth peer name ${host.name} netns ${namespaceName(lab, segment)}`,
  );
  return [`netns add ${namespace}`, ...wires];
}

/** Exported for tests. */
export function addressCommands(host: LabHost): readonly string[] {
  return [
    'link set lo up',
    ...host.links.flatMap(({ device, addresses }) => [
      ...addresses.map((address) => `addr add ${address}/24 dev ${device}`),
      `link set ${device} up`,
    ]),
    ...host.routes.map(({ to, via }) => `route add ${to} via ${via}`),
  ];
}

async function configureHost(lab: string, host: LabHost, options: ToolOptions): Promise<void> {
  const namespace = namespaceName(lab, host.name);
  await batch(['-n', namespace], addressCommands(host), options);
  if (host.kind !== 'gateway') return;
  await runTool('ip', ['netns', 'exec', namespace, 'sysctl', '-qw', 'net.ipv4.ip_forward=1'], options);
}

function plugCommand(port: string): string {
  return `link set ${port} master ${BRIDGE} up`;
}

/** Many commands in one process; all names in them are kuafu's own or checked, and hold no blanks. */
async function batch(
  flags: readonly string[],
  commands: readonly string[],
  options: ToolOptions,
): Promise<void> {
  if (commands.length === 0) return;
  const args = [...flags, '-batch', '-'];
  const input = `${commands.join('\n')}\n`;
  if (flags.includes('-force')) await tryTool('ip', args, { ...options, input });
  else await runTool('ip', args, { ...options, input });
}
