import { spawn, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { copyFile, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Command } from 'commander';
import { describe, expect, it } from 'vitest';
import { createProgram } from '../../src/commands/program.js';
import { ROOT_HELP } from '../../src/commands/root-help.js';
import { BIN, type Ended, kuafu } from '../support/kuafu.js';

const ROOT = new URL('../../', import.meta.url);
const PACKAGE: { version: string } = JSON.parse(readFileSync(new URL('package.json', ROOT), 'utf8'));
const NAMES = (await createProgram([], '')).commands.map((command) => command.name());
const COMMANDS = pathsOf(await createProgram(NAMES, ''));

/** The words of every command of the program, such as `ops list`. */
function pathsOf(command: Command): string[] {
  return command.commands.flatMap((child) => [
    child.name(),
    ...pathsOf(child).map((path) => `${child.name()} ${path}`),
  ]);
}

/** Starts kuafu and closes our end of its stdout before it can write a word. */
function intoClosedPipe(words: readonly string[]): Promise<Ended> {
  const child = spawn(process.execPath, [fileURLToPath(new URL('bin/kuafu.js', ROOT)), ...words], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  child.stdout.destroy();
  let stderr = '';
  child.stderr.on('data', (chunk) => {
    stderr += chunk;
  });
  return new Promise((resolve) => {
    child.on('close', (code, signal) => resolve({ code, signal, stdout: '', stderr }));
  });
}

function errorDocument({ stdout }: Ended): unknown {
  expect(stdout.trim().split('\n')).toHaveLength(1);
  return JSON.parse(stdout);
}

describe('kuafu', () => {
  it.each(['--version', '-V'])('%s prints the version of the package', async (flag) => {
    expect(await kuafu([flag])).toEqual({
      code: 0,
      signal: null,
      stdout: `${PACKAGE.version}\n`,
      stderr: '',
    });
  });

  it.each([['--help'], ['-h'], ['help'], ['--json', '--help']])(
    '%s prints help on stdout',
    async (...words) => {
      const { code, stdout, stderr } = await kuafu(words);
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
      expect(stdout).toBe(ROOT_HELP);
    },
  );

  it.each(['', ...COMMANDS])('help of "%s" fits 80 columns and has no colour', async (command) => {
    const words = [...command.split(' '), '--help'].filter(Boolean);
    const { code, stdout, stderr } = await kuafu(words, { NO_COLOR: '' });
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout.split('\n').filter((line) => [...line].length > 80)).toEqual([]);
    expect(stdout).not.toContain('\x1b');
    expect(stdout).toContain('--json');
  });

  it('help of a command is the same both ways', async () => {
    for (const words of [['scale'], ['ops', 'list']]) {
      const helped = await kuafu(['help', ...words]);
      expect(helped).toEqual(await kuafu([...words, '--help']));
      expect(helped.stdout).toContain(`Usage: kuafu ${words.join(' ')}`);
    }
  });

  it('without a command shows its help on stderr and ends as wrong usage', async () => {
    const { code, stdout, stderr } = await kuafu([]);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(/^Usage: kuafu/);
  });

  it.each([
    [['scal'], "unknown command 'scal'", 'Did you mean scale?'],
    [['ops', 'lst'], "unknown command 'lst'", 'Did you mean list? See kuafu ops --help.'],
    [['scale', '--cuont', '2'], "unknown option '--cuont'", 'Did you mean --count? See kuafu scale --help.'],
    [['ops', 'list', '--jsno'], "unknown option '--jsno'", 'Did you mean --json?'],
    [['ops', 'list', 'surplus'], 'takes only flags: "surplus" is one too many', 'See kuafu ops list --help.'],
    [
      ['scale', '--app', '--yes', '--group', 'web'],
      "option '--app <name>' argument '--group' is invalid. It is a flag; the value is missing.",
      'See kuafu scale --help.',
    ],
    [
      ['scale', '--undo', '261123-aaaa', '--undo', '261123-bbbb'],
      "option '--undo <id>' argument '261123-bbbb' is invalid. It was given before, as '261123-aaaa', and takes one value.",
      'See kuafu scale --help.',
    ],
    [['restart', '--app=shop', '--app=mail'], "It was given before, as 'shop'", 'See kuafu restart --help.'],
    [
      ['ops', 'list', '--state', '--mine'],
      "argument '--mine' is invalid. It is a flag; the value is missing.",
      'See kuafu ops list --help.',
    ],
    [
      ['lab', 'run', '--name', 'x', 'kuafu', 'ops', 'list', '--limit', '1'],
      "unknown option '--limit'",
      'Flags of the command come after --, as in: kuafu lab run -- ls -l. See kuafu lab run --help.',
    ],
    [
      ['ops', 'show'],
      "missing required argument 'id'",
      'kuafu ops list shows the ids. See kuafu ops show --help.',
    ],
    [['help', 'ops', 'lst'], "unknown command 'lst' (did you mean 'list'?)", 'See kuafu ops --help.'],
    [['help', 'nosuch'], "unknown command 'nosuch'", 'See kuafu --help.'],
    [['help', 'scale', 'up'], "unknown command 'up'", 'See kuafu scale --help.'],
    [['ops', 'list', '--forks', '0'], 'It is a whole number from 1 to 1000.', 'See kuafu ops list --help.'],
    [
      ['--forks', '1001', 'ops', 'list'],
      'It is a whole number from 1 to 1000.',
      'See kuafu ops list --help.',
    ],
  ])('%j is wrong usage', async (words, message, hint) => {
    const { code, stdout, stderr } = await kuafu(words);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain(message);
    expect(stderr.replaceAll(/kuafu -c \S+ /g, 'kuafu ')).toContain(hint);
    expect(stderr).not.toMatch(/\n {4}at /);
  });

  it.each([[['--json', 'scal']], [['scal', '--json']]])(
    '%j gives the error as one document too',
    async (words) => {
      const ended = await kuafu(words);
      expect(ended.code).toBe(2);
      expect(errorDocument(ended)).toEqual({
        kind: 'kuafu.error',
        version: 1,
        exitCode: 2,
        message: "unknown command 'scal'",
        hint: 'Did you mean scale? See kuafu --help.',
      });
    },
  );

  it('says which configuration is missing, with exit code 2, as a document too', async () => {
    const ended = await kuafu(['ops', 'list', '--json', '--config', '/nowhere/kuafu.config.yaml']);
    expect(ended.code).toBe(2);
    expect(ended.stderr).toContain('/nowhere/kuafu.config.yaml');
    expect(errorDocument(ended)).toMatchObject({ kind: 'kuafu.error', version: 1, exitCode: 2 });
  });

  it.each([[['--help']], [['--version']], [['help', 'scale']], [['scal', '--json']]])(
    '%j ends without a word when nobody reads its stdout',
    async (words) => {
      const { code, signal, stderr } = await intoClosedPipe(words);
      expect({ code, signal }).toEqual({ code: words.includes('scal') ? 2 : 0, signal: null });
      expect(stderr).not.toMatch(/EPIPE|at /);
    },
  );

  it('shows no escape sequence of its arguments', async () => {
    const { code, stderr } = await kuafu(['sc\x1b[2Jal\u202e']);
    expect(code).toBe(2);
    expect(stderr).not.toMatch(/[\x1b\u202e]/);
  });
});

it('says that it is not built yet, and what builds it', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'kuafu-unbuilt-'));
  try {
    await mkdir(join(folder, 'bin'));
    await writeFile(join(folder, 'package.json'), '{"type": "module"}');
    await copyFile(new URL('bin/kuafu.js', ROOT), join(folder, 'bin', 'kuafu.js'));
    const { status, stderr } = spawnSync(process.execPath, [join(folder, 'bin', 'kuafu.js'), '--version'], {
      encoding: 'utf8',
    });
    expect({ status, stderr }).toEqual({
      status: 3,
      stderr: 'kuafu: not built yet\nnpm run build makes it, in the folder of the repository.\n',
    });
  } finally {
    await rm(folder, { recursive: true });
  }
});

it.each(['up', 'down'])('lab %s does not pass by --dry-run', async (verb) => {
  const { code, stderr } = await kuafu(['lab', verb, '--name', 'never-there', '--dry-run']);
  expect(code).toBe(2);
  expect(stderr).toContain('nothing was changed');
});

it.each([21])('with room for %i open files, which may not be enough to load it, it says so', (limit) => {
  const line = `ulimit -n ${limit}; exec "$0" "$1" exec @all -- true`;
  const { status, stderr } = spawnSync('sh', ['-c', line, process.execPath, BIN], { encoding: 'utf8' });
  expect(stderr).toMatch(/^kuafu: more files .*\ntype: ulimit -n 1024/);
  expect(status).toBe(4);
});

it.each([22, 23, 24])('with room for %i open files alone it says so', (limit) => {
  const line = `ulimit -n ${limit}; exec "$0" "$1" exec --config /nowhere/k.yaml --json @all -- true`;
  const { status, stdout, stderr } = spawnSync('sh', ['-c', line, process.execPath, BIN], {
    encoding: 'utf8',
  });
  expect(stderr).toMatch(
    new RegExp(`^kuafu: more files .* \\(ulimit -n is ${limit}\\)\ntype: ulimit -n 1024`),
  );
  expect(JSON.parse(stdout)).toMatchObject({ kind: 'kuafu.error', exitCode: 4 });
  expect(status).toBe(4);
});
