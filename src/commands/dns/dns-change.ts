import type { Command } from 'commander';
import { registerDnsHealth } from './dns-health.js';
import type { DnsSetFlags, DnsSwitchFlags, DnsUndoFlags, DnsUnsetFlags } from './dns-set-action.js';

/** Commands that change records of names in the configuration. */
export function registerDnsChanges(dns: Command): void {
  registerSet(dns);
  registerUnset(dns);
  registerSwitch(dns);
  registerUndo(dns);
  registerDnsHealth(dns, CHECKSUM, HOW_IT_RUNS);
}

const HOW_IT_RUNS = `
No other name is touched, and no NS or SOA record. A name never loses its last
room. All authorities must answer and agree first; one that another operation
is changing is left alone. If one fails, all get back what they had.`;

function registerSet(dns: Command): void {
  const set = dns
    .command('set [names...]')
    .usage('<names> [options]')
    .summary('lead names to one room, several, or by weight')
    .description(
      'Changes the records of names in the configuration at every authority. Shows where each name leads now and where it ' +
        'will; after the confirmation exactly that is done, and nothing if a record has changed meanwhile.',
    )
    .option('--to <rooms>', 'rooms that get all users, such as B or A,B')
    .option('--weights <weights>', 'share of each room, such as A=90,B=10 (needs PowerDNS)')
    .option('--steady', 'back to what the configuration declares, also where authorities disagree');
  nameOptions(set)
    .addHelpText(
      'after',
      `${HOW_IT_RUNS}

Examples:
  kuafu dns set www.shop.test --to B
  kuafu dns set www.shop.test --weights A=90,B=10 --dry-run
  kuafu dns set --class web --steady`,
    )
    .action(async (names: readonly string[], flags: DnsSetFlags, command: Command) => {
      await (await import('./dns-set-action.js')).setNames(names, flags, command);
    });
}

function registerUnset(dns: Command): void {
  const unset = dns
    .command('unset [names...]')
    .usage('<names> --idc <room> [options]')
    .summary('take one room out of the answers for names')
    .description(
      'Takes the addresses of one room out of names. The other rooms keep their shares. Refused where it is the only room.',
    )
    .option('--idc <room>', 'the room')
    .option('--room <room>', 'the same as --idc');
  nameOptions(unset)
    .addHelpText(
      'after',
      `${HOW_IT_RUNS}

Examples:
  kuafu dns unset www.shop.test --idc A
  kuafu dns unset --class web --idc A --dry-run`,
    )
    .action(async (names: readonly string[], flags: DnsUnsetFlags, command: Command) => {
      await (await import('./dns-set-action.js')).unsetNames(names, flags, command);
    });
}

function registerSwitch(dns: Command): void {
  dns
    .command('switch')
    .usage('--from <room> --to <room> [options]')
    .summary('lead all names of one room to another')
    .description(
      'Leads the names that lead to one room to another, at every authority: all of the configuration, or those that --name, ' +
        '--class and --app choose. A name that leads to further rooms keeps them.',
    )
    .option('--from <room>', 'the room that users leave')
    .option('--to <room>', 'the room that receives them')
    .option('--name <names...>', 'these names alone, such as www.shop.test')
    .option('--class <class>', 'the names of a class alone')
    .option('--app <app>', 'the names of an application alone')
    .option('--steps <percents>', 'by parts of their users, such as 10,50,100 (needs PowerDNS)')
    .option('--prepare', 'beforehand: give these names a short TTL, and move nobody')
    .option('--ttl <time>', 'with --prepare: that TTL (default: 5s)')
    .option('--checksum <sum>', CHECKSUM)
    .addHelpText(
      'after',
      `
The entry of the room that receives is asked first, by the \`health\` of each
name: one that is not healthy refuses it. Afterwards each authority is asked
until it gives the new answer; if it does not, all get back what they had. Then
each of the \`resolvers\` is asked until it has forgotten the old answer, for the
old TTL at most; one that keeps it longer is said.

With --steps, names are led by weight, step by step. After each step the entry
is asked until whoever asked before asks again, a TTL later: if it is not
healthy, all get back what they had. The last step leaves plain records.

A switch is as quick as the TTL is short. --prepare shortens it, and says from
when on resolvers know. A switch keeps that TTL; \`dns set --steady\` ends it.
${HOW_IT_RUNS}

Examples:
  kuafu dns switch --from A --to B --dry-run
  kuafu dns switch --from A --to B --class web
  kuafu dns switch --from A --to B --prepare --ttl 5s
  kuafu dns switch --from A --to B --class web --steps 10,50,100
  kuafu dns switch --from B --to A --name www.shop.test`,
    )
    .action(async (flags: DnsSwitchFlags, command: Command) => {
      await (await import('./dns-set-action.js')).switchNames(flags, command);
    });
}

function registerUndo(dns: Command): void {
  dns
    .command('undo <id>')
    .summary('put back what an operation has changed')
    .description(
      'Puts back, at each authority, the records that an operation of dns set, unset, switch or undo has replaced. Refused where ' +
        'somebody has changed a name since.',
    )
    .option('--checksum <sum>', CHECKSUM)
    .addHelpText('after', '\nExamples:\n  kuafu dns undo 261130-k3f9')
    .action(async (id: string, flags: DnsUndoFlags, command: Command) => {
      await (await import('./dns-set-action.js')).undoNames(id, flags, command);
    });
}

const CHECKSUM = 'run the plan of an earlier --dry-run, unasked; refused if it has changed';

function nameOptions(command: Command): Command {
  return command
    .option('--class <class>', 'all names of a class, in place of names')
    .option('--ttl <time>', 'their TTL, such as 5s (default: that of the configuration)')
    .option('--checksum <sum>', CHECKSUM);
}
