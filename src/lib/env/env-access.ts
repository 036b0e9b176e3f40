import type { EnvConfig } from '../config/config-types.js';
import type { EnvFileState } from './env-facts.js';

/** The mode of an environment file if the configuration sets none. */
export const ENV_MODE = '640';

/** Who may read an environment file: octal mode, and `user:group` if it is not the account that writes the file. */
export interface EnvAccess {
  readonly mode: string;
  readonly owner?: string;
}

/** Part of an action that writes the file. `like`: mode and owner for a file that does not exist yet, such as the template's. */
export function accessWanted(
  { mode, owner }: Pick<EnvConfig, 'mode' | 'owner'>,
  like?: EnvAccess,
): EnvAccess & { readonly keeps: readonly ('mode' | 'owner')[] } {
  const wantedOwner = owner ?? like?.owner;
  return {
    mode: mode ?? like?.mode ?? ENV_MODE,
    ...(wantedOwner === undefined ? {} : { owner: wantedOwner }),
    keeps: [
      ...(mode === undefined ? (['mode'] as const) : []),
      ...(owner === undefined ? (['owner'] as const) : []),
    ],
  };
}

/** A mode without the rights of other users: the file holds secrets. */
export function closedMode(mode: string): string {
  return (Number.parseInt(mode, 8) & 0o770).toString(8).padStart(3, '0');
}

/** The mode and owner that an existing file would have after a push. */
export function accessAfterPush(
  { mode, owner }: Pick<EnvConfig, 'mode' | 'owner'>,
  file: Pick<EnvFileState, 'mode' | 'owner'>,
): Required<EnvAccess> {
  return { mode: mode ?? closedMode(file.mode), owner: owner ?? file.owner };
}
