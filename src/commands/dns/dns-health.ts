import type { Command } from 'commander';
import type { DnsHealthFlags } from './dns-set-action.js';

/** Names that an authority judges by health checks of its own. */
export function registerDnsHealth(dns: Command, checksum: string, howItRuns: string): void {
  const health = dns
    .command('health')
    .summary('names that the authority judges by health: enable, disable, show')
    .description(
      'PowerDNS asks the entries of the rooms itself, at each authority, and leads a name to those that are healthy: without ' +
        'kuafu, and within seconds.',
    );
  health
    .command('enable [names...]')
    .usage('<names> [options]')
    .summary('let the authorities judge names by health')
    .description(
      'Each authority asks the addresses of the rooms by the `health` of the name, from where it is, and answers with all that ' +
        'are healthy; rooms without weight in the steady state are answered when none of the others is.',
    )
    .option(
      '--all-down <words>',
      'what to answer if none is healthy: all, one, home or a room (default: all)',
    )
    .option('--class <class>', 'all names of a class, in place of names')
    .option('--ttl <time>', 'their TTL, such as 5s (default: that of the configuration)')
    .option('--checksum <sum>', checksum)
    .addHelpText(
      'after',
      `
Only PowerDNS does this. It asks each \`lua-health-checks-interval\` of its own
configuration, from the first question on; its first answer is that of all down.
It takes status 200 alone for healthy.
${howItRuns}

Examples:
  kuafu dns health enable www.shop.test
  kuafu dns health enable www.shop.test --all-down home --dry-run`,
    )
    .action(async (names: readonly string[], flags: DnsHealthFlags, command: Command) => {
      await (await import('./dns-set-action.js')).judgeNames(names, flags, true, command);
    });
  health
    .command('disable [names...]')
    .usage('<names> [options]')
    .summary('lead names by the weights of the configuration instead')
    .description('Gives names the weights of their steady state, whatever the health of the rooms.')
    .option('--class <class>', 'all names of a class, in place of names')
    .option('--ttl <time>', 'their TTL, such as 5s (default: that of the configuration)')
    .option('--checksum <sum>', checksum)
    .addHelpText('after', `${howItRuns}\n\nExamples:\n  kuafu dns health disable www.shop.test`)
    .action(async (names: readonly string[], flags: DnsHealthFlags, command: Command) => {
      await (await import('./dns-set-action.js')).judgeNames(names, flags, false, command);
    });
  health
    .command('show [zone]')
    .summary('which names are judged, by what, and what they answer now')
    .description(
      'Asks every authority for the records of the names in the configuration, and for its answers to users.',
    )
    .addHelpText(
      'after',
      `
  by health   the authority judges the name
  forced      it does not, though the configuration declares it so
  no          it does not

Exit codes: 0 all authorities agree · 1 they do not, or one could not be asked ·
5 none of them could

Examples:
  kuafu dns health show
  kuafu dns health show shop.test --json`,
    )
    .action(async (zone: string | undefined, _flags: object, command: Command) => {
      await (await import('./dns-action.js')).showHealth(zone, command);
    });
}
