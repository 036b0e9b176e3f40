import { Command } from 'commander';
import { expect, it } from 'vitest';
import { addGlobalOptions } from '../../../src/commands/global-options.js';
import { retyped } from '../../../src/commands/typed-line.js';
import { suggestedIn, suggestWithConfig } from '../../../src/lib/ui/frame/suggested.js';

function typed(...words: readonly string[]): string {
  let said = '';
  const program = new Command('kuafu');
  addGlobalOptions(program);
  program
    .command('restart [nodesets...]')
    .option('--app <app>')
    .option('--idc <room>')
    .option('--keep <amount>', '', '50%')
    .option('--checksum <sum>')
    .option('--file <path...>')
    .action((_sets: string[], _flags: object, command: Command) => {
      said = retyped(command, { 'dry-run': true, checksum: false });
    });
  program.parse(['node', 'kuafu', ...words]);
  return said;
}

it.each([
  [['restart', '--app', 'shop', '--idc', 'B'], 'kuafu restart --app shop --idc B --dry-run'],
  [['-c', 'my room.yaml', 'restart', 'web-[1-2]'], "kuafu restart 'web-[1-2]' --dry-run"],
  [
    ['restart', '--no-color', '--keep', '70%', '--forks', '3'],
    'kuafu restart --no-color --forks 3 --keep 70% --dry-run',
  ],
  [['restart', '--file', '/a', '/b c'], "kuafu restart --file /a --file '/b c' --dry-run"],
  [['restart', '--checksum', 'abc'], 'kuafu restart --dry-run'],
  [['restart', '--dry-run', '--yes'], 'kuafu restart --yes --dry-run'],
])('%j is typed again whole', (words, line) => {
  expect(typed(...words)).toBe(line);
});

it('names the configuration once where it is shown', () => {
  suggestWithConfig('my room.yaml');
  const line = typed('restart', 'web-[1-2]', '-c', 'my room.yaml');
  expect(suggestedIn(`see: ${line}`)).toBe("see: kuafu -c 'my room.yaml' restart 'web-[1-2]' --dry-run");
  suggestWithConfig(undefined);
});
