import type { Command } from 'commander';
import { registerDnsChanges } from './dns-change.js';

/** Records of the zones that lead users to the rooms. */
export function registerDns(program: Command): Command {
  const dns = program
    .command('dns')
    .summary('where names lead users: status, list, check, set, unset, switch, health, undo');
  dns.description('Names in the DNS zones of the configuration (layers.dns), at every authority of them.');
  dns
    .command('status [zone]')
    .summary('where each declared name leads, and what differs')
    .description(
      'Asks every authority for the records of the names in the configuration and for what it answers to users, and holds ' +
        'both against the steady state.',
    )
    .addHelpText(
      'after',
      `
  as declared         its records are those of the configuration
  differs             they are others; another TTL counts, too
  answers otherwise   its records are right, and users are told something else
  unknown             the authority could not be asked

Exit codes: 0 all are as declared · 1 one is not, authorities disagree, or one
could not be asked · 5 none of them could

Examples:
  kuafu dns status
  kuafu dns status shop.test --json`,
    )
    .action(async (zone: string | undefined, _flags: object, command: Command) => {
      await (await import('./dns-action.js')).showStatus(zone, command);
    });
  dns
    .command('list [zone]')
    .summary('all records that lead users somewhere')
    .description('The A, AAAA, CNAME and Lua records of whole zones, and the authorities that have them.')
    .addHelpText('after', '\nExamples:\n  kuafu dns list\n  kuafu dns list shop.test')
    .action(async (zone: string | undefined, _flags: object, command: Command) => {
      await (await import('./dns-action.js')).showList(zone, command);
    });
  dns
    .command('check [zone]')
    .summary('names that lead to a room and would stay there')
    .description(
      'Reads whole zones, and finds names that lead to a room and are not in the configuration: nothing would move them. An ' +
        'address is of a room if a name of the configuration has it there, or if it is in the network of the room. What has ' +
        'to stay is named under `excused`.',
    )
    .addHelpText(
      'after',
      `
Exit codes: 0 there is none · 1 there is one, or an authority could not be
asked · 5 none of them could

Examples:
  kuafu dns check
  kuafu dns check shop.test --json`,
    )
    .action(async (zone: string | undefined, _flags: object, command: Command) => {
      await (await import('./dns-action.js')).showStrays(zone, command);
    });
  registerDnsChanges(dns);
  return dns;
}
