import { hostScript } from '../../../../host-script.js';
import type { ReadCommand } from '../../../shell/command.js';
import { scriptCommand } from '../../../shell/quote.js';
import { joinGtids, parseGtids } from '../gtid.js';
import type { ClientSessions, MemberState, ReplicationSource } from '../member.js';
import { type Row, readTables, valuesOf, wholeNumber } from './tables.js';

/** For one statement; a server that hangs in one is not asked the next. */
export const STATEMENT_S = 3;
export const LOOK_TIMEOUT_MS = 15_000;

/** Reads the state of the server on a host. */
export function lookCommand(): ReadCommand {
  return scriptCommand(hostScript('database/mariadb-look'), [String(STATEMENT_S)], 'read', LOOK_TIMEOUT_MS);
}

/**
 * What the server said.
 * @returns undefined for an answer that is cut short, or lacks a value that every MariaDB 10.6 or later has
 */
export function parseLook(stdout: string): MemberState | undefined {
  const rows = readTables(stdout, ['variables', 'status', 'replication', 'clients']);
  if (rows === undefined) return undefined;
  const value = valuesOf([...rows('variables'), ...rows('status')]);
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
    sources: rows('replication').map(sourceOf),
    clients: rows('clients').map(clientsOf),
  };
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
