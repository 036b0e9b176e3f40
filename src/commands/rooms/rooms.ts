import type { Command } from 'commander';
import type { RoomsFlags } from './rooms-action.js';

export function registerRooms(program: Command): void {
  program
    .command('rooms')
    .summary('how the rooms are tied together')
    .description(
      'Rooms with their networks, hosts and groups; whether each gateway is reached by the intranet and out of band; ' +
        'round trip and loss between the rooms.',
    )
    .option('--no-probe', 'only what the configuration says; no host is asked')
    .addHelpText(
      'after',
      `
Between two rooms the first host of one opens ten connections to the SSH port of
the first host of the other, each way. The fastest counts, less our own way to
the host that opens them. One that takes 0.9 s or more is lost. Who is in
traffic: kuafu traffic status.

Exit codes: 0 every way works · 1 one does not, or loses connections · 5 no
host could be reached · 130 interrupted

Examples:
  kuafu rooms
  kuafu rooms --no-probe`,
    )
    .action(async (flags: RoomsFlags, command: Command) => {
      const { showRooms } = await import('./rooms-action.js');
      await showRooms(flags, command);
    });
}
