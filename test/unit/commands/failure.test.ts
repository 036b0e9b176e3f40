import { Command, CommanderError } from 'commander';
import { describe, expect, it } from 'vitest';
import { failureOf } from '../../../src/commands/failure.js';
import { ConfigError } from '../../../src/lib/config/config-error.js';
import { FailedError, NoHostReachedError, RefusedError, UsageError } from '../../../src/lib/errors.js';
import { ConnectError } from '../../../src/lib/ssh/connect-error.js';

const program = new Command('kuafu');
program.command('ops').command('list');

describe('failureOf', () => {
  it.each([
    [new UsageError('no app x', 'apps: shop'), 2],
    [new RefusedError('locked', 'apps: shop'), 3],
    [new FailedError('broken', 'apps: shop'), 4],
    [new NoHostReachedError('none', 'apps: shop'), 5],
    [new ConnectError('web-a-01', 'unreachable', 'no route', 'apps: shop'), 5],
  ])('takes code, sentence and hint from %s', (error, exitCode) => {
    expect(failureOf(error, program, [])).toEqual({ exitCode, message: error.message, hint: 'apps: shop' });
  });

  it.each([RefusedError, UsageError])(
    'makes one line of a sentence with a title that has several: %s',
    (Kind) => {
      const error = new Kind('locked by k3f9 (restart\nkuafu: all is well\r\n\x1b[2Jx), which runs', 'a\nb');
      expect(failureOf(error, program, [])).toMatchObject({
        message: 'locked by k3f9 (restart kuafu: all is well x), which runs',
        hint: 'a\nb',
      });
    },
  );

  it('leaves the lines of faults of the configuration and of what a program said', () => {
    const fault = { file: 'k.yaml', line: 1, column: 2, path: 'a', message: 'is missing' };
    for (const error of [new ConfigError([fault]), new FailedError('it failed: a\nb')])
      expect(failureOf(error, program, []).message).toBe(error.message);
  });

  it('makes wrong words a usage error with the nearest word and the nearest help', () => {
    const error = new CommanderError(
      1,
      'commander.unknownOption',
      "error: unknown option '--jsno'\n(Did you mean --json?)",
    );
    expect(failureOf(error, program, ['ops', '--jsno', 'list'])).toEqual({
      exitCode: 2,
      message: "unknown option '--jsno'",
      hint: 'Did you mean --json? See kuafu ops list --help.',
    });
  });

  it('names the word that is too many, and the command for a word that users try', async () => {
    const parsed = new Command('kuafu').exitOverride().configureOutput({ writeErr: () => undefined });
    const quiet = (command: Command) => command.copyInheritedSettings(parsed).action(() => undefined);
    quiet(parsed.command('rooms').allowExcessArguments(false));
    const ops = parsed.command('ops').copyInheritedSettings(parsed);
    quiet(ops.command('show <id>').allowExcessArguments(false));
    const failing = async (...argv: string[]) =>
      failureOf(await parsed.parseAsync(argv, { from: 'user' }).catch((error) => error), parsed, argv);
    expect(await failing('rooms', 'A')).toEqual({
      exitCode: 2,
      message: 'kuafu rooms takes only flags: "A" is one too many',
      hint: 'See kuafu rooms --help.',
    });
    expect((await failing('ops', 'show', 'a', 'b')).message).toBe(
      'kuafu ops show takes one word: "b" is one too many',
    );
    expect((await failing('ops', 'undo', 'k3f9')).hint).toMatch(
      /^An operation is taken back by its own command: kuafu scale --undo ID, kuafu dns undo ID/,
    );
  });

  it('says of help nobody asked for that a command is missing', () => {
    const error = new CommanderError(1, 'commander.help', '(outputHelp)');
    expect(failureOf(error, program, ['ops'])).toEqual({
      exitCode: 2,
      message: 'a command is missing',
      hint: 'See kuafu ops --help.',
    });
  });

  it.each([[new TypeError('x is not a function')], ['a string'], [undefined]])(
    'calls %s a bug of ours',
    (thrown) => {
      const failure = failureOf(thrown, program, []);
      expect(failure.exitCode).toBe(70);
      expect(failure.hint).toMatch(/bug of ours/);
      if (thrown instanceof Error) expect(failure.stack).toContain('failure.test.ts');
    },
  );
});
