import type { Replication } from '../server.js';

export const STOP_WRITES = 'SET GLOBAL read_only=1;\n';
export const TAKE_WRITES = 'SET GLOBAL read_only=0;\n';
export const WAIT_FOR_REPLICA = 'SET GLOBAL rpl_semi_sync_master_enabled=1;\n';
export const STOP_REPLICATING = 'STOP SLAVE;\nRESET SLAVE ALL;\n';

/**
 * A replica whose own commits waited for a replica would wait for one that it does not have. MASTER_DEMOTE_TO_SLAVE: what it has
 * committed as a primary counts as replicated.
 */
export function replicateFrom({ address, port, user, password, options }: Replication): string {
  const all = {
    MASTER_HOST: address,
    MASTER_PORT: port,
    MASTER_USER: user,
    MASTER_PASSWORD: password,
    ...options,
  };
  const words = Object.entries(all).map(
    ([option, value]) => `${option}=${typeof value === 'number' ? value : quoted(value)}`,
  );
  return [
    // Quoted texts depend on it.
    "SET SESSION sql_mode='';",
    STOP_REPLICATING.trimEnd(),
    'SET GLOBAL rpl_semi_sync_master_enabled=0;',
    `CHANGE MASTER TO ${[...words, 'MASTER_USE_GTID=slave_pos', 'MASTER_DEMOTE_TO_SLAVE=1'].join(', ')};`,
    'START SLAVE;',
    '',
  ].join('\n');
}

/** A text as MariaDB reads it in single quotes. @throws an Error for a control character, which no value here has */
function quoted(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what it looks for
  if (/[\x00-\x1f\x7f]/.test(text)) throw new Error('a text for the server holds a control character');
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "''")}'`;
}
