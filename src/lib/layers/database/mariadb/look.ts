import { hostScript } from '../../../../host-script.js';
import type { ReadCommand } from '../../../shell/command.js';
import { scriptCommand } from '../../../shell/quote.js';
import { joinGtids, parseGtids } from '../gtid.js';
import type { ClientSessions, MemberState, ReplicationSource } from '../member.js';
import type { HeldClient } from './held-client.js';
import { type Row, readTables, tableOf, valuesOf, wholeNumber } from './tables.js';

/** For one statement; a server that hangs in one is not asked the next. */
export const STATEMENT_S = 3;
export const LOOK_TIMEOUT_MS = 15_000;

const TABLES = ['variables', 'status', 'replication', 'clients'] as const;

/** Tables, and the statements that give them. */
const STATE = {
  variables: `SHOW GLOBAL VARIABLES WHERE Variable_name IN
    ('version', 'server_id', 'read_only', 'gtid_binlog_state', 'gtid_slave_pos', 'gtid_current_pos',
    'rpl_semi_sync_master_enabled')`,
  status: `SHOW GLOBAL STATUS WHERE Variable_name IN ('Rpl_semi_sync_master_status', 'Rpl_semi_sync_master_clients')`,
  replication: 'SHOW ALL SLAVES STATUS',
};
/** Sessions of clients: no threads of the server, no replicas, not the one that asks. */
const CLIENTS = `SELECT USER AS user, REGEXP_REPLACE(HOST, ':[0-9]+$', '') AS address, COUNT(*) AS sessions
  FROM information_schema.PROCESSLIST
  WHERE USER <> 'system user' AND COMMAND <> 'Daemon' AND COMMAND NOT LIKE 'Binlog Dump%' AND ID <> CONNECTION_ID()
  GROUP BY 1, 2 ORDER BY 3 DESC, 1, 2 LIMIT 1000`;

/** Reads the state of the server on a host. */
export function lookCommand(): ReadCommand {
  const tables = Object.entries({ ...STATE, clients: CLIENTS }).flat();
  const args = [String(STATEMENT_S), ...tables];
  return scriptCommand(hostScript('database/mariadb-look'), args, 'read', LOOK_TIMEOUT_MS);
}

/** The same by a client that is open, but for the sessions of its clients. @returns undefined as parseLook does */
export async function lookBy(client: Pick<HeldClient, 'ask'>): Promise<MemberState | undefined> {
  const texts = await Promise.all(
    Object.values(STATE).map((statement) => client.ask(`${statement};`, STATEMENT_S * 1000)),
  );
  const [variables, status, replication] = texts.map(tableOf);
  if (variables === undefined || status === undefined || replication === undefined) return undefined;
  return stateFrom({ variables, status, replication, clients: [] });
}

/**
 * What the server said.
 * @returns undefined for an answer that is cut short, or lacks a value that every MariaDB 10.6 or later has
 */
export function parseLook(stdout: string): MemberState | undefined {
  const rows = readTables(stdout, TABLES);
  if (rows === undefined) return undefined;
  return stateFrom({
    variables: rows('variables'),
    status: rows('status'),
    replication: rows('replication'),
    clients: rows('clients'),
  });
}

type Tables = Readonly<Record<(typeof TABLES)[number], readonly Row[]>>;

function stateFrom({ variables, status, replication, clients }: Tables): MemberState | undefined {
  const value = valuesOf([...variables, ...status]);
  const committed = parseGtids(value.get('gtid_binlog_state') ?? 'none');
  const applied = parseGtids(value.get('gtid_slave_pos') ?? 'none');
  const position = parseGtids(value.get('gtid_current_pos') ?? 'none');
  const readOnly = value.get('read_only');
  if (committed === undefined || applied === undefined || position === undefined) return undefined;
  if (readOnly !== 'ON' && readOnly !== 'OFF') return undefined;
  return {
    version: value.get('version') ?? '',
    serverId: value.get('server_id') ?? '',
    takesWrites: readOnly === 'OFF',
    gtids: joinGtids(committed, applied),
    position,
    semiSync: {
      isEnabled: value.get('rpl_semi_sync_master_enabled') === 'ON',
      isActive: value.get('rpl_semi_sync_master_status') === 'ON',
      replicas: wholeNumber(value.get('rpl_semi_sync_master_clients')) ?? 0,
    },
    sources: replication.map(sourceOf),
    clients: clients.map(clientsOf),
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
