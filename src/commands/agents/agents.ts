import type { Command } from 'commander';
import { addSelectionOptions, SELECTION_HELP } from '../selection.js';
import type { AgentsFlags } from './agents-action.js';

export function registerAgents(program: Command): void {
  const agents = program
    .command('agents [nodesets...]')
    .summary('is every host there, and in order?')
    .description(
      'Asks every host, spares and gateways too: is it there, how fast does it answer, is its clock right, do its ' +
        'services run? Hosts that are alike are shown once.',
    );
  addSelectionOptions(agents)
    .option('--by-host', 'one row for each host, with its key and last operation')
    .addHelpText(
      'after',
      `${SELECTION_HELP}
Unless told, all hosts are asked. A clock that is off by more than a second, a
service that does not run, a unit that failed and a member that a balancer does
not know are findings: the balancers of the hosts are asked, too. Last
operations are looked for in the newest 20 of the ledger. Who else is out of
traffic: kuafu traffic status.

Exit codes: 0 all is in order · 1 something is off · 5 no host was reached ·
130 interrupted

Examples:
  kuafu agents
  kuafu agents @idc:B --by-host
  kuafu agents @role:spare`,
    )
    .action(async (nodeSets: readonly string[], flags: AgentsFlags, command: Command) => {
      const { showAgents } = await import('./agents-action.js');
      await showAgents(nodeSets, flags, command);
    });
}
