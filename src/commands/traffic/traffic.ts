import type { Command } from 'commander';

export interface TrafficFlags {
  readonly app?: string;
  readonly idc?: string;
  readonly room?: string;
  readonly checksum?: string;
}

/** Who is in traffic at the balancers of the rooms. */
export function registerTraffic(program: Command): Command {
  const traffic = program.command('traffic').summary('who is in traffic: status, repair');
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
  missing       the balancer does not know it, as after a restart of HAProxy
  drained       taken out to end its requests
  maintenance   taken out
  no weight     its weight is 0: it gets no new requests
  down          the balancer does not see it up
  extra         a server of nobody who should be there; no finding

Exit codes: 0 all are in traffic · 1 one is not, or a balancer could not be
asked · 5 none of them could

Examples:
  kuafu traffic status
  kuafu traffic status --app shop --idc B --json`,
    )
    .action(async (flags: TrafficFlags, command: Command) => {
      const { showTraffic } = await import('./traffic-status-action.js');
      await showTraffic(flags, command);
    });
  placeOptions(traffic.command('repair'))
    .summary('bring back whom a balancer has forgotten')
    .description(
      'Brings hosts into traffic that should be there and are unknown to a balancer, as after a restart of HAProxy, or ' +
        'that an operation of kuafu left drained. Each must be healthy first. Whom somebody took out stays out.',
    )
    .option('--checksum <sum>', 'run only if the plan is the very one of an earlier --dry-run')
    .addHelpText(
      'after',
      `
Examples:
  kuafu traffic repair --app shop --idc B
  kuafu traffic repair --app shop --idc B --dry-run`,
    )
    .action(async (flags: TrafficFlags, command: Command) => {
      const { repairTraffic } = await import('./traffic-repair-action.js');
      await repairTraffic(flags, command);
    });
  return traffic;
}

function placeOptions(command: Command): Command {
  return command
    .option('--app <name>', 'only this application')
    .option('--idc <room>', 'only this room')
    .option('--room <room>', 'the same as --idc');
}
