import type { Command } from 'commander';

/** The databases with servers in both rooms. */
export function registerDb(program: Command): Command {
  const db = program.command('db').summary('databases of two rooms: status');
  db.description('Databases with a server in each room, of which one takes writes.');
  db.command('status [database]')
    .summary('who takes writes, how far each server is, and what is wrong')
    .description(
      'Asks every server and every proxy of a database, or of all of them; changes nothing. The servers are asked by their ' +
        'own client on their hosts, so no password is needed here.',
    )
    .addHelpText(
      'after',
      `
  primary            it takes writes, and replicates from nobody
  replica            it replicates, and takes no writes
  writable replica   a fault: it replicates, and takes writes of its own
  read-only          a fault: it takes no writes, and replicates from nobody

Errant transactions are those that a server has and its source lacks: somebody
wrote there, or the roles were switched before all had arrived.

Exit codes: 0 nothing is wrong · 1 something is, or a server or proxy could not
be asked · 5 none could

Examples:
  kuafu db status
  kuafu db status orders --json`,
    )
    .action(async (database: string | undefined, _flags: object, command: Command) => {
      const { showDatabases } = await import('./db-status-action.js');
      await showDatabases(database, command);
    });
  return db;
}
