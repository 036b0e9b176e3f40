import type { askResolver } from '../channel/from-here.js';
import type { askEntry } from '../host/entry-health.js';
import { isOnHost, type lookAtAuthority, type openAuthority } from '../layers/dns/adapters.js';
import type { Authority, ReadAuthority } from '../layers/dns/authority.js';
import type { LookContext, StepContext } from '../run/step-handler.js';
import type { AtAuthority } from './actions.js';

/** How authorities, resolvers and entries are reached; a test has its own. */
export interface AuthorityWays {
  readonly look: typeof lookAtAuthority;
  readonly open: typeof openAuthority;
  readonly resolve: typeof askResolver;
  readonly entry: typeof askEntry;
}

export type Open = (at: AtAuthority, context: StepContext) => Promise<Authority>;

export function opener({ open }: Pick<AuthorityWays, 'open'>): Open {
  return async ({ zone, authority, file }, { secrets, signal, sessionOf }) =>
    open(zone, isOnHost(zone) ? await sessionOf(authority) : undefined, { file, secrets, signal });
}

export async function lookAt(
  { look }: Pick<AuthorityWays, 'look'>,
  { zone, authority, file }: AtAuthority,
  { secrets, signal, sessionOf }: LookContext,
): Promise<ReadAuthority> {
  return look(zone, isOnHost(zone) ? await sessionOf(authority) : undefined, { file, secrets, signal });
}
