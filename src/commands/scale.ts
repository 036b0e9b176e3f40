import type { Command } from 'commander';
import type { ScaleWords } from '../lib/app/scale-request.js';

type Given = Partial<ScaleWords> & { readonly room?: string; readonly checksum?: string };

export function registerScale(program: Command): void {
  program
    .command('scale')
    .summary('fill a room with new application hosts from a template host')
    .description(
      'One-key expansion: reserves spare hosts of a room, prepares them, copies the application from a template ' +
        'host, writes the environment of the room, starts, checks health and joins traffic. A spare that fails is ' +
        'set aside and the next one takes its place.\n\nWithout the flags, on a terminal, it asks.',
    )
    .option('--app <name>', 'application')
    .option('--group <name>', 'group of the application')
    .option('--idc <room>', 'room that gets the new hosts')
    .option('--room <room>', 'the same as --idc')
    .option('--count <n>', 'how many hosts')
    .option('--template-ip <address>', 'host that the application is copied from')
    .option('--init <name>', 'init template that prepares a bare host (default: base)')
    .option('--start', 'start the service, check health and join traffic')
    .option('--no-start', 'install and leave stopped (default)')
    .option('--one-hop', 'copy by way of this machine, where hosts may not log in on each other')
    .option('--limit-rate <bytes>', 'most that a host gives on to the next a second, such as 20M')
    .option('--checksum <sum>', 'run only if the plan is the very one of an earlier --dry-run')
    .addHelpText(
      'after',
      `
Examples:
  kuafu scale                            asks the seven questions
  kuafu scale --app shop --group web --idc B --count 20 \\
      --template-ip 198.18.1.11 --start
  kuafu scale … --dry-run                shows the plan, changes nothing
  kuafu scale … --yes --json             for cron and CI`,
    )
    .action(async (given: Given, command: Command) => {
      const { scale } = await import('./scale-action.js');
      await scale(given, command);
    });
}
