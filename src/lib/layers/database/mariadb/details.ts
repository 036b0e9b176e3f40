import { hostScript } from '../../../../host-script.js';
import type { ReadCommand } from '../../../shell/command.js';
import { scriptCommand } from '../../../shell/quote.js';
import type {
  BusySession,
  MemberDetails,
  ReplicationOptions,
  ReplicationSettings,
} from '../member-details.js';
import { LOOK_TIMEOUT_MS, STATEMENT_S } from './look.js';
import { type Row, readTables, valuesOf, wholeNumber } from './tables.js';

/** Reads what a change of roles needs of the server on a host, with the sessions that are busy for so long. */
export function detailsCommand(oldS: number): ReadCommand {
  const args = [String(STATEMENT_S), String(oldS)];
  return scriptCommand(hostScript('database/mariadb-details'), args, 'read', LOOK_TIMEOUT_MS);
}

/** @returns undefined for an answer that is cut short, or holds a setting that could not be given to another server */
export function parseDetails(stdout: string): MemberDetails | undefined {
  const rows = readTables(stdout, ['variables', 'replication', 'busy', 'files']);
  if (rows === undefined) return undefined;
  const value = valuesOf(rows('variables'));
  const isOn = (name: string) => value.get(name) === 'ON';
  const replication = rows('replication').map(settingsOf);
  if (replication.some(({ options }) => Object.values(options).some(isOdd))) return undefined;
  return {
    startsReadOnly: isSwitchedOn(rows('files').at(-1)?.get('option') ?? '--read_only=0'),
    acknowledges: isOn('rpl_semi_sync_slave_enabled'),
    logsUpdates: isOn('log_bin') && isOn('log_slave_updates'),
    replication,
    busy: rows('busy').map(busyOf),
  };
}

/** The last option of the files counts. Without a value it is on; values as the server takes them. */
function isSwitchedOn(option: string): boolean {
  const [name = '', ...rest] = option.toLowerCase().split('=');
  const isSkipped = /^--(loose[-_])?skip[-_]/.test(name);
  return !isSkipped && (rest.length === 0 || ['1', 'on', 'true'].includes(rest.join('=')));
}

/** Columns of SHOW ALL SLAVES STATUS, and the options of CHANGE MASTER that give them to another server. */
const NUMBERS = { Connect_Retry: 'MASTER_CONNECT_RETRY', Slave_heartbeat_period: 'MASTER_HEARTBEAT_PERIOD' };
const SWITCHES = {
  Master_SSL_Allowed: 'MASTER_SSL',
  Master_SSL_Verify_Server_Cert: 'MASTER_SSL_VERIFY_SERVER_CERT',
};
const TEXTS = {
  Master_SSL_CA_File: 'MASTER_SSL_CA',
  Master_SSL_CA_Path: 'MASTER_SSL_CAPATH',
  Master_SSL_Cert: 'MASTER_SSL_CERT',
  Master_SSL_Key: 'MASTER_SSL_KEY',
  Master_SSL_Cipher: 'MASTER_SSL_CIPHER',
};

function settingsOf(row: Row): ReplicationSettings {
  return {
    name: row.get('Connection_name') ?? '',
    byGtid: ['Slave_Pos', 'Current_Pos'].includes(row.get('Using_Gtid') ?? ''),
    address: row.get('Master_Host') ?? '',
    port: wholeNumber(row.get('Master_Port')) ?? 0,
    options: optionsOf(row),
  };
}

function optionsOf(row: Row): ReplicationOptions {
  const from = (
    columns: Readonly<Record<string, string>>,
    take: (text: string) => string | number | undefined,
  ) =>
    Object.entries(columns).flatMap(([column, option]) => {
      const value = take(row.get(column) ?? '');
      return value === undefined ? [] : [[option, value] as const];
    });
  return Object.fromEntries([
    ...from(NUMBERS, (text) => (/^\d{1,9}(\.\d{1,3})?$/.test(text) ? Number(text) : undefined)),
    ...from(SWITCHES, (text) => (text === 'Yes' ? 1 : undefined)),
    ...from(TEXTS, (text) => text || undefined),
  ]);
}

function isOdd(value: string | number): boolean {
  return typeof value === 'string' && !/^[\x20-\x7e]{1,500}$/.test(value);
}

function busyOf(row: Row): BusySession {
  return {
    thread: row.get('thread') ?? '',
    user: row.get('user') ?? '',
    address: row.get('address') ?? '',
    seconds: wholeNumber(row.get('seconds')) ?? 0,
    inTransaction: row.get('in_transaction') === '1',
    statement: row.get('statement') ?? '',
  };
}
