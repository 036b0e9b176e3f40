import type { Command } from 'commander';

export function registerOpsResume(ops: Command): void {
  ops
    .command('resume <id>')
    .summary('go on with an operation that was interrupted or failed')
    .description(
      'Goes on, host by host, from the step that was open: after a failure, a Ctrl-C, a kill -9 or a reboot, or from ' +
        "another operator's machine where the ledger is shared. A step whose outcome is unknown is probed before it is repeated.\n\n" +
        'It asks nothing and needs no --yes: the plan was confirmed when it began. One that is done is left as it is.',
    )
    .action(async (id: string, _given: unknown, command: Command) => {
      const { resume } = await import('./ops-resume-action.js');
      await resume(id, command);
    });
}
