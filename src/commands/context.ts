import type { Command } from 'commander';
import type { Config } from '../lib/config/config-types.js';
import type { Inventory } from '../lib/inventory/inventory.js';
import type { Ledger } from '../lib/ledger/ledger.js';
import type { LedgerAccess } from '../lib/ledger/open.js';
import type { ReadConnections } from '../lib/ssh/transport.js';
import { say } from '../lib/ui/frame/output.js';
import { suggestWithConfig } from '../lib/ui/frame/suggested.js';
import { type GlobalOptions, globalOptions } from './global-options.js';
import { rememberSecrets } from './known-secrets.js';

/** What a command that only reads hosts works with: built once, passed down. */
export interface HostContext {
  readonly options: GlobalOptions;
  readonly config: Config;
  readonly inventory: Inventory;
  /** Connections of this command whose jump hosts other connections share; they stay open longer. */
  readonly through?: ReadConnections;
}

/** The same for a command that reads or writes the ledger. */
export interface Context extends HostContext {
  readonly ledger: Ledger;
}

/** Loads the configuration that the command line names, and remembers its secrets; `unneeded` as for loadConfig. */
export async function readConfig(
  { config: file }: Pick<GlobalOptions, 'config'>,
  secrets: 'required' | 'unneeded' = 'required',
): Promise<Config> {
  const { loadConfig } = await import('../lib/config/load.js');
  suggestWithConfig(file);
  const config = await loadConfig({ file, secrets, onDoubt: say });
  rememberSecrets(config.secrets);
  return config;
}

/** Loads the configuration and its hosts, and reads from the ledger who has the spares; then closes the ledger. */
export async function openHostContext(command: Command): Promise<HostContext> {
  const options = globalOptions(command);
  const { readAssigned } = await import('../lib/ledger/read-assigned.js');
  const { buildInventory } = await import('../lib/inventory/inventory.js');
  const config = await readConfig(options, 'unneeded');
  return { options, config, inventory: buildInventory(config, await readAssigned(config)) };
}

/**
 * Loads the configuration, opens the ledger, and combines the hosts of both. Call close() on the ledger after use. With
 * `unneeded`, a command that sends nothing to hosts runs without the variables that hold secrets. A dry run only reads the
 * ledger, unless told otherwise.
 */
export async function openContext(
  command: Command,
  secrets: 'required' | 'unneeded' = 'required',
  access?: LedgerAccess,
): Promise<Context> {
  const options = globalOptions(command);
  const { openLedger } = await import('../lib/ledger/open.js');
  const { buildInventory } = await import('../lib/inventory/inventory.js');
  const config = await readConfig(options, secrets);
  const ledger = await openLedger(config, access ?? (options.dryRun ? 'read' : 'write'));
  const assigned = (await ledger.takenSpares()).filter((row) => row.state === 'assigned');
  return { options, config, ledger, inventory: buildInventory(config, assigned) };
}
