import { access } from 'node:fs/promises';
import { ensureLayer, type ImageProgress } from './image.js';
import type { LabRecord } from './record.js';
import { ROLE_NAMES, type RoleName } from './roles/role-names.js';
import { ROLES } from './roles/roles.js';

/** The roles of a lab, each with the folder of its layer; a missing layer is built over the image. */
export async function ensureLayers(
  image: string,
  roles: LabRecord['roles'],
  progressOf: (role: RoleName) => ImageProgress,
): Promise<LabRecord['roles']> {
  if (roles === undefined) return undefined;
  const layers: Partial<Record<RoleName, string>> = {};
  for (const role of ROLE_NAMES) {
    const before = roles[role];
    if (before === undefined) continue;
    const isThere = before !== '' && (await exists(before));
    layers[role] = isThere ? before : await ensureLayer(image, ROLES[role], progressOf(role));
  }
  return layers;
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
