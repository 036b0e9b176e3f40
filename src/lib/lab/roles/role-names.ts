import { UsageError } from '../../errors.js';

export const ROLE_NAMES = ['dns', 'bind', 'database'] as const;

export type RoleName = (typeof ROLE_NAMES)[number];

/**
 * `dns,database` or `all`, in the order of ROLE_NAMES.
 *
 * @throws UsageError for an unknown name
 */
export function parseRoles(text: string): readonly RoleName[] {
  const words = text.split(',').map((word) => word.trim());
  const unknown = words.find((word) => word !== 'all' && !isRole(word));
  if (unknown !== undefined) {
    throw new UsageError(
      `--with ${text}: there is no role "${unknown}"`,
      `Roles are ${ROLE_NAMES.join(', ')}, and all stands for all of them.`,
    );
  }
  return ROLE_NAMES.filter((name) => words.includes('all') || words.includes(name));
}

function isRole(word: string): word is RoleName {
  return (ROLE_NAMES as readonly string[]).includes(word);
}
