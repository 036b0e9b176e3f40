import type { Command } from 'commander';

/** For the help of every command that takes a selection. */
export const SELECTION_HELP = `
Hosts are a node set, such as web-b-[01-20], web-*, an address, @all or
@app:shop&@idc:B!web-b-07; of several their union; the flags narrow it. Spare
hosts and gateways are meant only where they are named, or by @role:spare and
@role:gateway: @all, @idc:B and new-* are hosts in use.`;

/** The flags that select hosts; they mean the same everywhere. */
export function addSelectionOptions(command: Command): Command {
  return command
    .option('--hosts <nodeset>', 'the same as the node set in front')
    .option('--app <name>', 'only hosts of this application')
    .option('--group <name>', 'only hosts of this group')
    .option('--idc <room>', 'only hosts of this room')
    .option('--room <room>', 'the same as --idc');
}
