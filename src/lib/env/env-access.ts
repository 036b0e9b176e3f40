import type { EnvConfig } from '../config/config-types.js';
import type { EnvFileState } from './env-facts.js';

/** The mode of an environment file where nothing says another. */
export const ENV_MODE = '640';

/** Who may read an environment file: octal mode, and `user:group` where it is not the account that writes it. */
export interface EnvAccess {
  readonly mode: string;
  readonly owner?: string;
}

/** Part of an action that writes the file; `like`: what a file has that is not there yet, such as the template's. */
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

/** A mode without what everybody may do: there are secrets in the file. */
export function closedMode(mode: string): string {
  return (Number.parseInt(mode, 8) & 0o770).toString(8).padStart(3, '0');
}

/** What a file that is there would have after a push. */
export function accessAfterPush(
  { mode, owner }: Pick<EnvConfig, 'mode' | 'owner'>,
  file: Pick<EnvFileState, 'mode' | 'owner'>,
): Required<EnvAccess> {
  return { mode: mode ?? closedMode(file.mode), owner: owner ?? file.owner };
}
