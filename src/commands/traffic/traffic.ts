import type { Command } from 'commander';
import { addSelectionOptions, SELECTION_HELP } from '../selection.js';
import type { MaintenanceFlags } from './traffic-maintenance-action.js';
import type { PlaceFlags } from './traffic-places.js';
import type { RepairFlags } from './traffic-repair-action.js';

/** Which hosts are in traffic at the balancers of the rooms. */
export function registerTraffic(program: Command): Command {
  const traffic = program.command('traffic').summary('who is in traffic: status, drain, ready, repair');
  traffic.description('Hosts of applications at the balancers of their rooms.');
  placeOptions(traffic.command('status'))
    .summary('every host at every balancer, and what differs')
    .description(
      'Asks the balancers of every room for their servers, and holds them against the hosts that configuration and ' +
        'ledger want in traffic. Servers are told by address and port, whatever their names are.',
    )
    .addHelpText(
      'after',
      `
  in traffic    it gets requests
  backup        a backup server of HAProxy: it gets requests once no other
                server does; no finding, and it does not count as serving
  missing       the balancer does not know it, as after a restart of HAProxy
  unclear       a server may be this host under another name or address; what
                does not fit is told below
  not started   kuafu scale has installed it, and it waits for kuafu start; no
                finding
  drained       taken out to end its requests; no finding where kuafu traffic
                drain did it
  forgotten     kuafu traffic drain took it out, and it gets requests again,
                as after a reload of HAProxy
  maintenance   taken out
  no weight     its weight is 0: it gets no new requests
  down          the balancer does not see it up
  extra         a server of nobody who should be there; no finding. 50 are
                shown of a balancer, and --json has all

Exit codes: 0 all are in traffic, or drained by kuafu · 1 one is not, or a
balancer could not be asked · 5 none of them could

Examples:
  kuafu traffic status
  kuafu traffic status --app shop --idc B --json`,
    )
    .action(async (flags: PlaceFlags, command: Command) => {
      const { showTraffic } = await import('./traffic-status-action.js');
      await showTraffic(flags, command);
    });
  placeOptions(traffic.command('repair'))
    .summary('bring back whom a balancer has forgotten')
    .description(
      'Brings hosts into traffic that should be there and are unknown to a balancer, as after a restart of HAProxy, or ' +
        'that an operation of kuafu left drained. Each must be healthy first. Whom somebody took out stays out.',
    )
    .option('--checksum <sum>', 'run the plan of an earlier --dry-run, unasked; refused if it has changed')
    .addHelpText(
      'after',
      `
Examples:
  kuafu traffic repair --app shop --idc B
  kuafu traffic repair --app shop --idc B --dry-run`,
    )
    .action(async (flags: RepairFlags, command: Command) => {
      const { repairTraffic } = await import('./traffic-repair-action.js');
      await repairTraffic(flags, command);
    });
  registerDrain(traffic);
  registerReady(traffic);
  return traffic;
}

function registerDrain(traffic: Command): void {
  const drain = traffic
    .command('drain [nodesets...]')
    .usage('<nodeset> [options]')
    .summary('take hosts out of traffic until they are made ready')
    .description(
      'Takes hosts out of traffic for maintenance, at all balancers of their rooms and for all their applications: no new ' +
        'requests, then those they have end, then nobody comes any more, whoever persists. They stay out until kuafu ' +
        'traffic ready: no restart and no repair brings them back. The hosts themselves are not asked, so one that is ' +
        'silent can be drained.\n\nIt is refused where fewer than --keep of a group in its room would serve without them.',
    );
  addSelectionOptions(drain)
    .option('--keep <n>', 'hosts of a group in a room that must serve, a number or % (default: 50%)')
    .option('--drain <time>', 'how long requests may take to end (default: 30s)')
    .option('--checksum <sum>', 'run the plan of an earlier --dry-run, unasked; refused if it has changed')
    .addHelpText(
      'after',
      `${SELECTION_HELP}

Where requests are left after that time it ends with exit code 4: the host is
out, and kuafu ops resume waits on.

Examples:
  kuafu traffic drain web-b-01
  kuafu traffic drain 'web-b-[01-02]' --keep 25%`,
    )
    .action(async (nodeSets: readonly string[], flags: MaintenanceFlags, command: Command) => {
      const { drainHosts } = await import('./traffic-maintenance-action.js');
      await drainHosts(nodeSets, flags, command);
    });
}

function registerReady(traffic: Command): void {
  const ready = traffic
    .command('ready [nodesets...]')
    .usage('<nodeset> [options]')
    .summary('bring drained hosts back into traffic')
    .description(
      'Brings hosts back that kuafu traffic drain took out, with the weight they had: each must be healthy first, by its ' +
        'health check and then by that of every balancer. It is refused for a host that is sick, and for one that somebody ' +
        'else took out.',
    );
  addSelectionOptions(ready)
    .option('--checksum <sum>', 'run the plan of an earlier --dry-run, unasked; refused if it has changed')
    .addHelpText(
      'after',
      `${SELECTION_HELP}

Examples:
  kuafu traffic ready web-b-01`,
    )
    .action(async (nodeSets: readonly string[], flags: MaintenanceFlags, command: Command) => {
      const { readyHosts } = await import('./traffic-maintenance-action.js');
      await readyHosts(nodeSets, flags, command);
    });
}

function placeOptions(command: Command): Command {
  return command
    .option('--app <name>', 'only this application')
    .option('--idc <room>', 'only this room')
    .option('--room <room>', 'the same as --idc');
}
