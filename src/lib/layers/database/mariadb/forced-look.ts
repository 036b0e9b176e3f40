import { hostScript } from '../../../../host-script.js';
import type { ReadCommand } from '../../../shell/command.js';
import { scriptCommand } from '../../../shell/quote.js';
import type { CommitWaits, FenceLook, ReplicationThreads } from '../forced-server.js';
import { parseGtids } from '../gtid.js';
import { LOOK_TIMEOUT_MS, STATEMENT_S } from './look.js';
import { readTables, valuesOf, wholeNumber } from './tables.js';

const SECONDS = [String(STATEMENT_S)];

export function fenceLookCommand(): ReadCommand {
  return scriptCommand(hostScript('database/mariadb-fence-look'), SECONDS, 'read', LOOK_TIMEOUT_MS);
}

/** @returns undefined for an answer that is not whole */
export function parseFenceLook(stdout: string): FenceLook | undefined {
  const rows = readTables(stdout, ['fence', 'variables']);
  const [fence, ...others] = rows?.('fence') ?? [];
  const file = fence?.get('state');
  if (rows === undefined || fence === undefined || others.length > 0) return undefined;
  if (file !== 'none' && file !== 'ours' && file !== 'foreign') return undefined;
  return {
    path: fence.get('file') ?? '',
    file,
    hasUnit: fence.get('unit') === 'loaded',
    waits: waitsOf(valuesOf(rows('variables'))),
  };
}

function waitsOf(value: ReadonlyMap<string, string>): CommitWaits | undefined {
  const enabled = value.get('rpl_semi_sync_master_enabled');
  const timeoutMs = wholeNumber(value.get('rpl_semi_sync_master_timeout'));
  if ((enabled !== 'ON' && enabled !== 'OFF') || timeoutMs === undefined) return undefined;
  const beforeCommit = value.get('rpl_semi_sync_master_wait_point') === 'AFTER_SYNC';
  return { isEnabled: enabled === 'ON', beforeCommit, timeoutMs };
}

export function threadsCommand(): ReadCommand {
  return scriptCommand(hostScript('database/mariadb-threads'), SECONDS, 'read', LOOK_TIMEOUT_MS);
}

/** @returns undefined for an answer that is not whole; null: it replicates from nobody, or in more than one connection */
export function parseThreads(stdout: string): ReplicationThreads | null | undefined {
  const rows = readTables(stdout, ['threads'])?.('threads');
  if (rows === undefined) return undefined;
  const [row, ...others] = rows;
  if (row === undefined || others.length > 0) return null;
  const receives = row.get('Slave_IO_Running');
  const applies = row.get('Slave_SQL_Running');
  const received = parseGtids(row.get('Gtid_IO_Pos') ?? 'none');
  if (received === undefined || !isThread(receives) || !isThread(applies)) return undefined;
  const errors = ['Last_IO_Error', 'Last_SQL_Error'].map((column) => row.get(column) ?? '');
  return {
    receiver: receives === 'No' ? 'down' : 'up',
    applier: applies === 'Yes' ? 'up' : 'down',
    received,
    error: errors.filter((text) => text !== '').join(' · '),
  };
}

/** The words of the server for the state of a thread. */
function isThread(text: string | undefined): boolean {
  return text === 'Yes' || text === 'No' || text === 'Connecting' || text === 'Preparing';
}
