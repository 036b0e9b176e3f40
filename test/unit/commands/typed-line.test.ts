import { Command } from 'commander';
import { expect, it } from 'vitest';
import { addGlobalOptions } from '../../../src/commands/global-options.js';
import { retyped } from '../../../src/commands/typed-line.js';

function typed(...words: readonly string[]): string {
  let said = '';
  const program = new Command('kuafu');
  addGlobalOptions(program);
  program
    .command('restart [nodesets...]')
    .option('--app <app>')
    .option('--idc <room>')
    .option('--keep <amount>', '', '50%')
    .option('--file <path...>')
    .action((_sets: string[], _flags: object, command: Command) => {
      said = retyped(command, '--dry-run');
    });
  program.parse(['node', 'kuafu', ...words]);
  return said;
}

it.each([
  [['restart', '--app', 'shop', '--idc', 'B'], 'kuafu restart --app shop --idc B --dry-run'],
  [
    ['-c', 'my room.yaml', 'restart', 'web-[1-2]'],
    "kuafu restart 'web-[1-2]' --config 'my room.yaml' --dry-run",
  ],
  [
    ['restart', '--no-color', '--keep', '70%', '--forks', '3'],
    'kuafu restart --no-color --forks 3 --keep 70% --dry-run',
  ],
  [['restart', '--file', '/a', '/b c'], "kuafu restart --file /a --file '/b c' --dry-run"],
  [['restart', '--dry-run', '--yes'], 'kuafu restart --yes --dry-run'],
])('%j is typed again whole', (words, line) => {
  expect(typed(...words)).toBe(line);
});
