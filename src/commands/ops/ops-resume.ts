import type { Command } from 'commander';
import type { ResumeFlags } from './ops-resume-action.js';

export function registerOpsResume(ops: Command): void {
  ops
    .command('resume <id>')
    .summary('go on with an operation that was interrupted or failed')
    .description(
      'Goes on, host by host, from the step that was open: after a failure, a Ctrl-C, a kill -9 or a reboot, on the ' +
        'machine where it began, whose ledger has it on record. A step whose outcome is unknown is probed before it is ' +
        'repeated; a host that failed after its service was stopped goes back to the start of it.\n\n' +
        'It asks nothing and needs no --yes: the plan was confirmed when it began. One that is done is left as it is.',
    )
    .option('--max-failed <n>', 'from now on: hosts that may fail, a number or % (as until now)')
    .option('--max-unreachable <n>', 'from now on: hosts that may be out of reach (likewise)')
    .option('--max-unhealthy <n>', 'from now on: hosts that may never get healthy (likewise)')
    .addHelpText(
      'after',
      `
The count of failures begins anew. A host in use that fails again counts, so no
other is begun unless a budget allows for it; a spare that fails again does not
count. Budgets that are given go on record and hold for a later resume, too.

Examples:
  kuafu ops resume k3f9
  kuafu ops resume k3f9 --max-unreachable 2`,
    )
    .action(async (id: string, flags: ResumeFlags, command: Command) => {
      const { resume } = await import('./ops-resume-action.js');
      await resume(id, flags, command);
    });
}
