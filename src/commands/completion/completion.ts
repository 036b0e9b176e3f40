import { Argument, type Command } from 'commander';
import { UsageError } from '../../lib/errors.js';
import { out } from '../../lib/ui/frame/output.js';
import { packageFile } from '../../package-file.js';

const SHELLS = ['bash', 'zsh', 'fish'] as const;

/** `kuafu completion SHELL`; complete.ts finds the candidates. */
export function registerCompletion(program: Command): void {
  program
    .command('completion')
    .summary('completion of commands, flags, apps, rooms and hosts for a shell')
    .description(
      'Prints a script that makes a shell complete commands, flags, applications, groups, rooms and hosts.',
    )
    .addArgument(new Argument('<shell>', 'which shell').choices(SHELLS).argParser(parseShell))
    .addHelpText(
      'after',
      `
To have it in every new shell:
  bash   echo 'source <(kuafu completion bash)' >> ~/.bashrc
  zsh    echo 'source <(kuafu completion zsh)' >> ~/.zshrc    (after compinit)
  fish   kuafu completion fish > ~/.config/fish/completions/kuafu.fish`,
    )
    .action(async (shell: (typeof SHELLS)[number]) => {
      const { readFile } = await import('node:fs/promises');
      const script = packageFile(`templates/completion/kuafu.${shell}`);
      out((await readFile(script, 'utf8')).trimEnd());
    });
}

function parseShell(word: string): (typeof SHELLS)[number] {
  const shell = SHELLS.find((each) => each === word);
  if (shell !== undefined) return shell;
  throw new UsageError(
    `there is no completion for the shell ${JSON.stringify(word)}`,
    `known: ${SHELLS.join(', ')}, such as: kuafu completion bash`,
  );
}
