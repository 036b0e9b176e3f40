import { RefusedError } from '../errors.js';
import { type LabPaths, labPaths } from './paths.js';
import { type LabRecord, readRecord } from './record.js';
import { ROLE_NAMES, type RoleName } from './roles/role-names.js';
import { buildTopology, type LabHost, type Topology } from './topology.js';

/** A lab that exists: its recorded design, and where its files are. */
export interface Lab {
  readonly name: string;
  readonly paths: LabPaths;
  readonly record: LabRecord;
  readonly topology: Topology;
}

export function labOf(record: LabRecord): Lab {
  const { name, sizes, roles = {} } = record;
  return { name, paths: labPaths(name), record, topology: buildTopology(name, sizes, rolesOf(roles)) };
}

function rolesOf(layers: NonNullable<LabRecord['roles']>): readonly RoleName[] {
  return ROLE_NAMES.filter((name) => layers[name] !== undefined);
}

/** Undefined if there is no lab of this name. */
export async function findLab(name: string): Promise<Lab | undefined> {
  const record = await readRecord(labPaths(name));
  return record === undefined ? undefined : labOf(record);
}

/** @throws RefusedError if there is no lab of this name */
export async function openLab(name: string): Promise<Lab> {
  const lab = await findLab(name);
  if (lab !== undefined) return lab;
  throw new RefusedError(`There is no lab ${name} on this machine.`, `Try: kuafu lab up --name ${name}`);
}

/** @throws RefusedError if the lab has no such host */
export function hostOf(lab: Lab, name: string): LabHost {
  const host = lab.topology.hosts.find((candidate) => candidate.name === name);
  if (host === undefined) throw new RefusedError(`Lab ${lab.name} has no host ${name}.`);
  return host;
}
