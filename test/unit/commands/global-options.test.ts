import { Command } from 'commander';
import { describe, expect, it } from 'vitest';
import { addGlobalOptions, type GlobalOptions, globalOptions } from '../../../src/commands/global-options.js';

async function parse(argv: readonly string[]): Promise<GlobalOptions> {
  let seen: GlobalOptions | undefined;
  const program = new Command('kuafu').exitOverride().configureOutput({ writeErr: () => undefined });
  addGlobalOptions(program);
  const leaf = program.command('ops').command('list [words...]').option('--limit <n>');
  leaf.action((_words, _options, command: Command) => {
    seen = globalOptions(command);
  });
  await program.parseAsync(argv, { from: 'user' });
  if (seen === undefined) throw new Error('the action did not run');
  return seen;
}

describe('globalOptions', () => {
  it('has defaults', async () => {
    expect(await parse(['ops', 'list'])).toEqual({
      config: undefined,
      json: false,
      yes: false,
      dryRun: false,
      color: true,
      pager: true,
      input: true,
      verbose: false,
      forks: undefined,
    });
  });

  it.each([
    [
      [
        '--json',
        '-y',
        '--dry-run',
        '--no-color',
        '--no-input',
        '--verbose',
        '--forks',
        '7',
        '-c',
        'x',
        'ops',
        'list',
      ],
    ],
    [
      [
        'ops',
        '--json',
        '-y',
        '--dry-run',
        '--no-color',
        'list',
        '--no-input',
        '--verbose',
        '--forks=7',
        '--config=x',
      ],
    ],
    [
      [
        'ops',
        'list',
        '--limit',
        '3',
        '-y',
        '--json',
        '--dry-run',
        '--no-color',
        '--no-input',
        '--verbose',
        '--forks',
        '7',
        '-cx',
      ],
    ],
  ])('are the same on every side of the subcommand: %j', async (argv) => {
    expect(await parse(argv)).toEqual({
      config: 'x',
      json: true,
      yes: true,
      dryRun: true,
      color: false,
      pager: true,
      input: false,
      verbose: true,
      forks: 7,
    });
  });

  it('leaves alone what follows --', async () => {
    expect((await parse(['ops', 'list', '--', '--json', '--yes'])).json).toBe(false);
  });

  it.each(['0', '1001', '-1', '1.5', '1e2', 'many', '', ' 5'])('refuses --forks %j', async (forks) => {
    await expect(parse(['ops', 'list', `--forks=${forks}`])).rejects.toMatchObject({
      code: 'commander.invalidArgument',
    });
  });

  it.each([
    ['1', 1],
    ['1000', 1000],
  ])('takes --forks %s', async (forks, expected) => {
    expect((await parse(['ops', 'list', '--forks', forks])).forks).toBe(expected);
  });
});
