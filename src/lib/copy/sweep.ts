import { hostScript } from '../../host-script.js';
import type { OperationRecord } from '../ledger/ledger.js';
import type { Host } from '../names/host.js';
import { scriptCommand } from '../shell/quote.js';
import type { Connections } from '../ssh/transport.js';
import { isCopy } from './actions.js';

const SWEEP_TIMEOUT_MS = 10_000;
/** Includes the login. */
const HOST_TIMEOUT_MS = 20_000;

/**
 * Removes what the copies of an operation left on its hosts: folders with the archive and the key, and lines of
 * authorized_keys. For an operation that will not be resumed.
 * @returns hosts on which this did not work, because they could not be reached or refused
 */
export async function sweepHosts(
  { id, plan, events }: Pick<OperationRecord, 'id' | 'plan' | 'events'>,
  connections: Connections,
): Promise<readonly string[]> {
  const copies = plan.stages.flatMap(({ lanes, standby }) =>
    [...lanes, ...standby].flatMap(({ host, steps }) =>
      steps.flatMap(({ id: step, action }) => (isCopy(action) ? [{ host, step, from: action.from }] : [])),
    ),
  );
  const begun = copies.filter(({ host, step }) =>
    events.some((event) => event.type === 'step-started' && event.lane === host && event.step === step),
  );
  const names = new Set(begun.flatMap(({ host, from }) => [host, from]));
  const hosts = plan.hosts.filter(({ name }) => names.has(name));
  const swept = await Promise.all(hosts.map((host) => sweepHost(id, host, connections)));
  return hosts.flatMap(({ name }, index) => (swept[index] ? [] : [name]));
}

async function sweepHost(id: string, host: Host, connections: Connections): Promise<boolean> {
  const signal = AbortSignal.timeout(HOST_TIMEOUT_MS);
  const script = hostScript('copy/sweep-operation');
  try {
    const session = await connections.session(host, signal);
    const command = scriptCommand(script, [id], 'write', SWEEP_TIMEOUT_MS);
    return (await session.run(command, { signal })).exitCode === 0;
  } catch {
    return false;
  }
}
