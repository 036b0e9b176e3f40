import { BIND } from './bind.js';
import { DATABASE } from './database.js';
import { DNS } from './dns.js';
import type { LabRole } from './role.js';
import type { RoleName } from './role-names.js';

export const ROLES = {
  dns: DNS,
  bind: BIND,
  database: DATABASE,
} as const satisfies Record<RoleName, LabRole>;
