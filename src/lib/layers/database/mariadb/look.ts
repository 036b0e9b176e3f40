import { hostScript } from '../../../../host-script.js';
import type { ReadCommand } from '../../../shell/command.js';
import { scriptCommand } from '../../../shell/quote.js';
import { joinGtids, parseGtids } from '../gtid.js';
import type { ClientSessions, MemberState, ReplicationSource } from '../member.js';
import { type Row, readTables } from './tables.js';

/** For one statement; a server that hangs in one is not asked the next. */
const STATEMENT_S = 3;
const LOOK_TIMEOUT_MS = 15_000;

/** Reads the state of the server on a host. */
export function lookCommand(): ReadCommand {
  return scriptCommand(hostScript('database/mariadb-look'), [String(STATEMENT_S)], 'read', LOOK_TIMEOUT_MS);
}

/**
 * What the server said.
 * @returns undefined for an answer that is cut short, or lacks a value that every MariaDB 10.6 or later has
 */
export function parseLook(stdout: string): MemberState | undefined {
  const tables = readTables(stdout);
  if (tables === undefined) return undefined;
  const value = valuesOf([...(tables.get('variables') ?? []), ...(tables.get('status') ?? [])]);
  const committed = parseGtids(value.get('gtid_binlog_state') ?? 'none');
  const applied = parseGtids(value.get('gtid_slave_pos') ?? 'none');
  const readOnly = value.get('read_only');
  if (committed === undefined || applied === undefined) return undefined;
  if (readOnly !== 'ON' && readOnly !== 'OFF') return undefined;
  return {
    version: value.get('version') ?? '',
    serverId: value.get('server_id') ?? '',
    takesWrites: readOnly === 'OFF',
    gtids: joinGtids(committed, applied),
    semiSync: {
      isEnabled: value.get('rpl_semi_sync_master_enabled') === 'ON',
      isActive: value.get('rpl_semi_sync_master_status') === 'ON',
      replicas: wholeNumber(value.get('rpl_semi_sync_master_clients')) ?? 0,
    },
    sources: (tables.get('replication') ?? []).map(sourceOf),
    clients: (tables.get('clients') ?? []).map(clientsOf),
  };
}

/** Names of variables and of status values; the server does not mind their case. */
function valuesOf(rows: readonly Row[]): Map<string, string> {
  return new Map(rows.map((row) => [(row.get('Variable_name') ?? '').toLowerCase(), row.get('Value') ?? '']));
}

function sourceOf(row: Row): ReplicationSource {
  const errors = ['Last_IO_Error', 'Last_SQL_Error'].map((column) => row.get(column) ?? '');
  const id = row.get('Master_Server_Id') ?? '0';
  return {
    serverId: id === '0' ? '' : id,
    address: row.get('Master_Host') ?? '',
    port: wholeNumber(row.get('Master_Port')) ?? 0,
    receives: row.get('Slave_IO_Running') === 'Yes',
    applies: row.get('Slave_SQL_Running') === 'Yes',
    secondsBehind: wholeNumber(row.get('Seconds_Behind_Master')) ?? null,
    received: parseGtids(row.get('Gtid_IO_Pos') ?? '') ?? new Map(),
    error: errors.filter((text) => text !== '').join(' · '),
  };
}

function clientsOf(row: Row): ClientSessions {
  return {
    user: row.get('user') ?? '',
    address: row.get('address') ?? '',
    sessions: wholeNumber(row.get('sessions')) ?? 0,
  };
}

function wholeNumber(text = ''): number | undefined {
  return /^\d{1,15}$/.test(text) ? Number(text) : undefined;
}
