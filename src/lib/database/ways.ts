import type { DatabaseLook } from '../layers/database/database-look.js';
import type { HeldClients } from '../layers/database/mariadb/held-clients.js';
import { openServer } from '../layers/database/mariadb/server.js';
import type { MemberState } from '../layers/database/member.js';
import type { MemberDetails } from '../layers/database/member-details.js';
import { type DatabaseReach, lookAtDatabase, readDetails } from '../layers/database/read.js';
import type { DatabaseServer } from '../layers/database/server.js';
import type { LookContext, StepContext } from '../run/step-handler.js';
import { OutcomeUnknownError } from '../ssh/connect-error.js';
import { stateOf } from './applied.js';
import { askedAt, type DatabasePlace } from './place.js';
import { OLD_S } from './server-gates.js';

/** How servers and proxies are reached; a test has its own. */
export interface DatabaseWays {
  look(place: DatabasePlace, what: 'members' | 'all', context: LookContext): Promise<DatabaseLook>;
  details(host: string, context: LookContext): Promise<MemberDetails>;
  open(database: string, host: string, context: StepContext): Promise<DatabaseServer>;
}

/** Over SSH; the clients of servers stay open from one step to the next. */
export function overSsh(clients: HeldClients): DatabaseWays {
  return {
    look: (place, what, context) => lookAtDatabase(askedAt(place, what), { ...reachOf(context), clients }),
    details: (host, context) => readDetails(host, OLD_S, reachOf(context)),
    open: async (database, host, context) =>
      openServer(await context.sessionOf(host), database, clients, context.signal),
  };
}

export function reachOf({ sessionOf, hostOf, secrets, signal }: LookContext): DatabaseReach {
  return { connections: { session: ({ name }) => sessionOf(name) }, hostOf, secrets, signal };
}

/** A server gave no answer: what a command has done to it is unknown. */
class SilentServerError extends OutcomeUnknownError {
  constructor(host: string, silence: string) {
    super(host, `${host} could not be asked: ${silence}`);
  }
}

/** The states of servers at one moment. @throws SilentServerError */
export async function readPair<Name extends string>(
  ways: DatabaseWays,
  place: DatabasePlace,
  names: Readonly<Record<Name, string>>,
  context: LookContext,
): Promise<Readonly<Record<Name, MemberState>>> {
  const look = await ways.look(place, 'members', context);
  const pairs = Object.entries<string>(names).map(([name, host]) => {
    const state = stateOf(look, host);
    if (state !== undefined) return [name, state];
    const silence = look.members.find((member) => member.host === host)?.silence ?? 'it is no member';
    throw new SilentServerError(host, silence);
  });
  return Object.fromEntries(pairs);
}
