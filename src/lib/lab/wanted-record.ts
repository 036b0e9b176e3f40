import { RefusedError } from '../errors.js';
import { labPaths } from './paths.js';
import { type LabRecord, readRecord } from './record.js';
import type { RoleName } from './roles/role-names.js';
import { DEFAULT_SIZES, type LabSizes } from './sizes.js';

export interface Wanted {
  readonly name: string;
  /** Undefined: as the lab is, or the default for a new lab. */
  readonly hosts: number | undefined;
  readonly spare: LabSizes['spare'] | undefined;
  /** The roles to add to the lab. */
  readonly roles: readonly RoleName[];
}

/**
 * The design that a lab will have. It never shrinks: hosts in use would be lost.
 *
 * @throws RefusedError if it would shrink
 */
export async function wantedRecord({ name, hosts, spare, roles }: Wanted): Promise<LabRecord> {
  const there = await readRecord(labPaths(name));
  const { sizes } = there ?? { sizes: DEFAULT_SIZES };
  const wanted = { hosts: hosts ?? sizes.hosts, spare: spare ?? sizes.spare };
  const shrinks =
    wanted.hosts < sizes.hosts || wanted.spare.A < sizes.spare.A || wanted.spare.B < sizes.spare.B;
  if (there !== undefined && shrinks) {
    throw new RefusedError(
      `Lab ${name} has ${describeSizes(sizes)}; it does not shrink.`,
      `Take it down first: kuafu lab down --name ${name}`,
    );
  }
  const layers = { ...Object.fromEntries(roles.map((role) => [role, ''])), ...there?.roles };
  return {
    version: 1,
    name,
    sizes: wanted,
    image: there?.image ?? '',
    createdAt: there?.createdAt ?? new Date().toISOString(),
    ...(Object.keys(layers).length === 0 ? {} : { roles: layers }),
    ...(there?.configured === undefined ? {} : { configured: there.configured }),
  };
}

function describeSizes({ hosts, spare }: LabSizes): string {
  return `${hosts} app hosts in each room, ${spare.A} spare in A and ${spare.B} in B`;
}
