import type { Command } from 'commander';
import type { SwitchFlags } from './switch-status-action.js';

/** DNS names, HTTP entries and databases together. */
export function registerSwitch(program: Command): Command {
  const all = program.command('switch').summary('where names, entries and databases are now: status');
  all.description('DNS names, HTTP entries and databases of the rooms, together.');
  all
    .command('status')
    .summary('where everything is now, and what is not as declared')
    .description(
      'Asks the DNS authorities, the balancers, and the servers and proxies of the databases, all at once; changes ' +
        'nothing. The first line says in words what the state is. Names and databases belong to no application, so they ' +
        'are always shown.',
    )
    .option('--app <name>', 'entries of this application only')
    .option('--within <time>', 'how long the answer may take', '4s')
    .addHelpText(
      'after',
      `
  leads to   where the records of a name lead users
  by         the authorities that have it so
  up         servers that get requests, or wait as a backup
  drained    servers that were taken out
  down       servers that are down, or missing at the balancer
  unknown    it could not be asked: nothing is concluded from that

In detail: kuafu dns status, kuafu traffic status, kuafu db status.

Exit codes: 0 all is as declared · 1 something is not, or could not be asked ·
5 nothing could be asked

Examples:
  kuafu switch status
  kuafu switch status --app shop --json`,
    )
    .action(async (flags: SwitchFlags, command: Command) => {
      const { showSwitch } = await import('./switch-status-action.js');
      await showSwitch(flags, command);
    });
  return all;
}
