import type { Command } from 'commander';
import { selectHosts, selectionWords } from '../../lib/inventory/selection.js';
import type { HostLogs } from '../../lib/logs/sources.js';
import { Secrets } from '../../lib/masking/secret.js';
import type { ReadConnections } from '../../lib/ssh/transport.js';
import { openReadConnections } from '../connections.js';
import { openHostContext } from '../context.js';
import type { GlobalOptions } from '../global-options.js';
import { sayUnset } from '../known-secrets.js';
import { type LogsFlags, logsOf } from './logs-request.js';
import { waitingHosts } from './waiting-hosts.js';

export interface LogsContext {
  readonly options: GlobalOptions;
  readonly logs: readonly HostLogs[];
  readonly connections: ReadConnections;
  /** The secrets to mask; none with --no-mask. */
  readonly secrets: Secrets;
}

/** Opens what a logs command needs, and closes it after the work. */
export async function withLogs(
  nodeSets: readonly string[],
  flags: LogsFlags,
  command: Command,
  work: (context: LogsContext) => Promise<void>,
): Promise<void> {
  const selection = selectionWords(nodeSets, flags);
  const context = await openHostContext(command);
  const hosts = selectHosts(selection, context.inventory, `kuafu logs ${command.name()} --app shop`);
  const found = logsOf(hosts, flags, context);
  const connections = await openReadConnections(context);
  const isWaiting = waitingHosts(hosts, flags.app, { ...context, connections });
  const isNamed = flags.file !== undefined || flags.unit !== undefined;
  const logs = isNamed
    ? found
    : found.map((each) => ({ ...each, isWaiting: () => isWaiting(each.host.name) }));
  const secrets = flags.mask === false ? new Secrets() : context.config.secrets;
  if (flags.mask) sayUnset(secrets);
  try {
    await work({ options: context.options, logs, connections, secrets });
  } finally {
    await connections.close();
  }
}
