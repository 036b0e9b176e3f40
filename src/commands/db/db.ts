import type { Command } from 'commander';
import type { DbRejoinFlags } from './db-forced-action.js';
import type { DbSwitchFlags } from './db-switch-action.js';

const CHECKSUM = 'run the plan of an earlier --dry-run, unasked; refused if it has changed';

/** The databases with servers in both rooms. */
export function registerDb(program: Command): Command {
  const db = program.command('db').summary('databases of two rooms: status, switch, rejoin');
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
  registerSwitch(db);
  registerRejoin(db);
  return db;
}

function registerSwitch(db: Command): void {
  db.command('switch [database]')
    .usage('[database] --to <room> [options]')
    .summary('move the primary to the server of another room')
    .description(
      'Makes the server of another room the primary, and the primary a replica of it. Both servers and all proxies have to ' +
        'answer, and nothing may be wrong: what stands in the way is said before anything is changed. The database may be left ' +
        'out where there is one.',
    )
    .option('--to <room>', 'the room whose server shall take writes')
    .option('--force', 'also where the primary or its room is lost: it is killed and read as read-only first')
    .option(
      '--without-fence',
      'with --force: though nothing proves that the primary takes no writes any more',
    )
    .option('--checksum <sum>', CHECKSUM)
    .addHelpText(
      'after',
      `
In this order: the old primary takes no writes any more, within 5 s; the new one
applies all that it has, and stops replicating; the old one replicates from it;
semi-synchronous replication is on, where it was; the new one takes writes; each
proxy sends clients there; nothing is wrong any more. Nobody can write in
between, and transactions that are open at the beginning end with an error.

If a step fails before the new one takes writes, the old one takes them again.
Later there is no way back but another switch: what is left to do is done by
kuafu ops resume. No server takes writes before the other was asked and takes
none: if one of them is silent, both wait for kuafu ops resume.

--force is for a primary that is lost, or cut off with its room. Its server is
killed over SSH, by the way around the cut if the room has one; it starts
read-only, and is read. Nothing is promoted before. Then the new one applies all
that it has received, and takes writes. Where the old one cannot be reached,
nothing proves that it takes no writes, and the switch is refused. With
--without-fence it is done all the same: if the old one does take writes, two
servers do. Afterwards: kuafu db rejoin

Examples:
  kuafu db switch --to B --dry-run
  kuafu db switch orders --to B
  kuafu db switch orders --to A --yes
  kuafu db switch orders --to B --force`,
    )
    .action(async (database: string | undefined, flags: DbSwitchFlags, command: Command) => {
      if (flags.force === true || flags.withoutFence === true) {
        const { forceDatabase } = await import('./db-forced-action.js');
        return await forceDatabase(database, flags, command);
      }
      const { switchDatabase } = await import('./db-switch-action.js');
      await switchDatabase(database, flags, command);
    });
}

function registerRejoin(db: Command): void {
  db.command('rejoin [database]')
    .usage('[database] [options]')
    .summary('make a primary that was lost a replica of the new one')
    .description(
      'Lets the old primary return after a forced switch. Which server that is, is told by transactions, and not by who takes ' +
        'writes. The database may be left out where there is one.',
    )
    .option('--checksum <sum>', CHECKSUM)
    .addHelpText(
      'after',
      `
In this order: the server that returns takes no writes; what only it has is
named, and kept in a file on its host; if there is nothing of that kind, it
replicates from the primary and catches up; the file by which it starts
read-only is taken away, unless it would take writes after a restart then;
commits wait for it again, where both servers are made for that. A server that
has transactions of its own cannot follow: it has to be built anew from the
primary.

Examples:
  kuafu db rejoin --dry-run
  kuafu db rejoin orders --yes`,
    )
    .action(async (database: string | undefined, flags: DbRejoinFlags, command: Command) => {
      const { rejoinDatabase } = await import('./db-forced-action.js');
      await rejoinDatabase(database, flags, command);
    });
}
