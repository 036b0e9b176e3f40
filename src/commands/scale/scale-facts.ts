import type { Ledger, TakenSpare } from '../../lib/ledger/ledger.js';
import type { ScaleFacts } from '../../lib/scale/scale-plan.js';
import type { ScaleRequest } from '../../lib/scale/scale-request.js';
import { ConnectError } from '../../lib/ssh/connect-error.js';
import type { ReadConnections, ReadSession } from '../../lib/ssh/transport.js';

/**
 * Connects to the template; without it there is no plan.
 * @throws ConnectError that says it is the template that cannot be reached
 */
export async function templateSession(
  { template }: ScaleRequest,
  connections: ReadConnections,
): Promise<ReadSession> {
  try {
    return await connections.session(template);
  } catch (error) {
    if (!(error instanceof ConnectError)) throw error;
    const { host, failure, message, hint } = error;
    throw new ConnectError(
      host,
      failure,
      `the template cannot be read, nothing was changed: ${message}`,
      hint,
    );
  }
}

/** Operations on the same group and room that can be resumed and still hold hosts. */
export async function unfinishedBefore(
  { app, group, room }: ScaleRequest,
  ledger: Ledger,
  rows: readonly TakenSpare[],
): Promise<ScaleFacts['unfinished']> {
  const before = await ledger.list({ app: app.name, room });
  return before
    .filter((operation) => operation.resumable && operation.group === group)
    .map(({ id }) => {
      const held = rows.filter((row) => row.operation === id && row.state === 'reserved');
      return { id, hosts: held.map(({ host }) => host) };
    })
    .filter(({ hosts }) => hosts.length > 0);
}
