import type { Command } from 'commander';

/** `ops stop` and `ops answer`: messages to the process that runs an operation, from any machine that has the ledger. */
export function registerOpsSignals(ops: Command): void {
  ops
    .command('stop <running>')
    .summary('tell a running operation to stop, like Ctrl-C where it runs')
    .description(
      'Tells whoever runs the operation to stop, as one Ctrl-C there does: running steps end, hosts that are half-way are ' +
        'finished, nothing new begins; one with a way back takes that. Heard within 2 seconds. Go on with it by kuafu ops resume.',
    )
    .addHelpText('after', '\nExample:\n  kuafu ops stop k3f9')
    .action(async (id: string, _flags: unknown, command: Command) => {
      const { stopOperation } = await import('./ops-signals-action.js');
      await stopOperation(id, command);
    });
  ops
    .command('answer <open> <word>')
    .summary('answer the question that an operation waits with')
    .description(
      'Answers the question of an operation, which ops show tells with the words that it takes, such as go. The first ' +
        'answer stands, from wherever it comes. Where nobody runs the operation it is heard by whoever goes on with it. heal ' +
        'tells one with a way back to take it, whatever it waits for.',
    )
    .addHelpText('after', '\nExamples:\n  kuafu ops answer k3f9 go\n  kuafu ops answer k3f9 heal')
    .action(async (id: string, word: string, _flags: unknown, command: Command) => {
      const { answerOperation } = await import('./ops-signals-action.js');
      await answerOperation(id, word, command);
    });
}
