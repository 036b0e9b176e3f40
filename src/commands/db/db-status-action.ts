import type { Command } from 'commander';
import type { Config, DatabaseConfig } from '../../lib/config/config-types.js';
import { UsageError } from '../../lib/errors.js';
import { ExitCode } from '../../lib/exit-codes.js';
import { parseDatabases } from '../../lib/inventory/known-names.js';
import { jsonText } from '../../lib/json-text.js';
import { findingsOf } from '../../lib/layers/database/judge.js';
import { lookAtDatabase } from '../../lib/layers/database/read.js';
import { contains, isAddress, isSameAddress } from '../../lib/names/addresses.js';
import { painter } from '../../lib/ui/frame/colour.js';
import { out } from '../../lib/ui/frame/output.js';
import { stdoutColumns } from '../../lib/ui/frame/screen-width.js';
import {
  type DatabaseReport,
  databaseDocument,
  renderDatabases,
} from '../../lib/ui/inventory/database-view.js';
import { openReadConnections } from '../connections.js';
import { openContext } from '../context.js';

/** `kuafu db status` */
export async function showDatabases(name: string | undefined, command: Command): Promise<void> {
  const context = await openContext(command, 'unneeded', 'read');
  try {
    const { config, inventory, options } = context;
    const wanted = databasesNamed(name, config);
    const connections = await openReadConnections(context);
    const hostOf = (host: string) => inventory.host(host);
    const reach = { connections, hostOf, secrets: config.secrets };
    try {
      const databases = await Promise.all(
        wanted.map(async (database) => ({ ...(await lookAtDatabase(database, reach)), home: database.home })),
      );
      const report: DatabaseReport = { databases, roomOf: (address) => roomOf(address, config) };
      const exitCode = exitCodeOf(report);
      process.exitCode = exitCode;
      if (options.json) out(jsonText(databaseDocument(report, exitCode)));
      else out(renderDatabases(report, { width: stdoutColumns(), paint: painter('stdout') }));
    } finally {
      await connections.close();
    }
  } finally {
    await context.ledger.close();
  }
}

/** @throws UsageError for an unknown name, and if there is no database */
function databasesNamed(name: string | undefined, config: Config): readonly DatabaseConfig[] {
  if (config.databases.size > 0) return parseDatabases(name, config);
  throw new UsageError(
    'the configuration has no database',
    'kuafu config docs layers shows how databases are written',
  );
}

/** The room of a host with this address, or whose network has it. */
function roomOf(address: string, { rooms }: Config): string | undefined {
  if (!isAddress(address)) return undefined;
  const all = [...rooms.values()];
  const own = all.find(({ hosts }) => [...hosts.values()].some((each) => isSameAddress(each, address)));
  return (own ?? all.find(({ network }) => contains(network, address)))?.name;
}

function exitCodeOf({ databases }: DatabaseReport): ExitCode {
  const answers = databases.flatMap(({ members, proxies }) => [...members, ...proxies]);
  if (answers.every(({ silence }) => silence !== undefined)) return ExitCode.unreachable;
  const isWrong = databases.some((look) => findingsOf(look).length > 0);
  return isWrong || answers.some(({ silence }) => silence !== undefined) ? ExitCode.finding : ExitCode.done;
}
