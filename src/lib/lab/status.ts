import { isFrozen } from './cgroups.js';
import { concurrently, TOOL_CONCURRENCY } from './concurrently.js';
import { findLabs } from './down.js';
import { initOf } from './host-process.js';
import { findLab, type Lab } from './lab.js';
import type { LabHost } from './topology.js';

export type HostState = 'running' | 'frozen' | 'off';

export interface LabStatus {
  readonly name: string;
  /** Undefined: remains of an early `up`, or of a lab whose folder was removed. */
  readonly lab: Lab | undefined;
  readonly hosts: readonly { readonly host: LabHost; readonly state: HostState }[];
}

/** The status of one lab, or of all labs that exist. */
export async function readStatus(name: string | undefined): Promise<readonly LabStatus[]> {
  const names = (await findLabs()).filter((candidate) => name === undefined || candidate === name);
  return Promise.all(names.map(labStatus));
}

async function labStatus(name: string): Promise<LabStatus> {
  const lab = await findLab(name);
  if (lab === undefined) return { name, lab, hosts: [] };
  const states = new Map<string, HostState>();
  await concurrently(lab.topology.hosts, TOOL_CONCURRENCY, async (host) => {
    states.set(host.name, await hostState(name, host.name));
  });
  const hosts = lab.topology.hosts.map((host) => ({ host, state: states.get(host.name) ?? 'off' }));
  return { name, lab, hosts };
}

export async function hostState(lab: string, host: string): Promise<HostState> {
  if ((await initOf(lab, host)) === undefined) return 'off';
  return (await isFrozen(lab, host)) ? 'frozen' : 'running';
}
