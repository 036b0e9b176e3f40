import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { RemoteCommand } from '../../../src/lib/shell/command.js';
import { scriptCommand } from '../../../src/lib/shell/quote.js';
import type { StartMark } from '../../../src/lib/ssh/login-noise.js';
import { deadlineMs, LONGEST_LINE_BYTES, marked, remoteLine } from '../../../src/lib/ssh/remote-line.js';
import { packageFile } from '../../../src/package-file.js';

const mark: StartMark = { halves: ['one', 'two'], bytes: Buffer.from('onetwo') };

function command(words: RemoteCommand['words'], timeoutMs = 10_000): RemoteCommand {
  return { words, effect: 'read', timeoutMs };
}

/** What stands behind the boot, which is the same for all. */
function tailOf(given: RemoteCommand): string {
  const line = remoteLine(given, mark);
  expect(line).toMatch(/^exec \/bin\/sh -c '[^'!\\\n]+' kuafu one two '/);
  return line.slice(line.indexOf(' kuafu one two ') + ' kuafu one two '.length);
}

test.each<[string, RemoteCommand, string]>([
  ['a line', command(['sh', '-c', 'echo hi']), `'echo hi' 12 sh`],
  [
    'a script with arguments',
    scriptCommand('echo "$1"', ["it's"], 'read', 1),
    `'set -- \\0047it\\0047\\0134\\0047\\0047s\\0047; echo "$1"' 3 kuafu`,
  ],
  ['a script of several lines', scriptCommand('a\nb!\n', [], 'read', 1), `'a\\0012b\\0041\\0012' 3 kuafu`],
  ['a program', command(['uname', '-a']), `'uname -a' 12 sh`],
  ['a pipeline', command(['sh', '-c', 'x', { raw: '|' }, 'wc']), `'sh -c x | wc' 12 sh`],
  [
    'letters beyond ASCII',
    command(['echo', 'é😀']),
    `'echo \\0047\\0303\\0251\\0360\\0237\\0230\\0200\\0047' 12 sh`,
  ],
  ['without end', command(['tail'], Number.POSITIVE_INFINITY), `'tail' 2147486 sh`],
])('%s', (_title, given, expected) => {
  expect(tailOf(given)).toBe(expected);
});

test('commands of ours mean the same whatever a login shell exports; what a person typed has it all', () => {
  const script = scriptCommand(
    'date -d 2026-07-01T00:00Z +%H; printf %s "${TAR_OPTIONS-none}"',
    [],
    'read',
    10_000,
  );
  const env = { PATH: process.env.PATH, POSIXLY_CORRECT: '1', TAR_OPTIONS: '--verbose', TZ: 'Asia/Shanghai' };
  const run = (given: RemoteCommand) =>
    spawnSync('sh', ['-c', remoteLine(given, mark)], { env, encoding: 'utf8' }).stdout;
  expect(run(script)).toMatch(/^onetwo\d\d\nnone$/);
  expect(run({ ...script, environment: 'login' })).toBe('onetwo08\n--verbose');
  const options = scriptCommand('echo b | grep b -c', [], 'read', 10_000);
  expect(run(options)).toBe('onetwo1\n');
  expect(run({ ...options, environment: 'login' })).not.toBe('onetwo1\n');
});

test('a deadline that setTimeout cannot hold is the longest it can', () => {
  expect(deadlineMs(command(['x'], Number.POSITIVE_INFINITY))).toBe(2 ** 31 - 1);
  expect(deadlineMs(command(['x'], 5))).toBe(5);
});

test('a NUL is refused, for no shell can hold one', () => {
  expect(() => marked(command(['echo', 'a\0b']))).toThrow('NUL');
  expect(() => marked(command(['sh', '-c', 'a\0b']))).toThrow('NUL');
});

test('every command has a mark of its own, which is not on its line', () => {
  const sent = Array.from({ length: 3 }, () => marked(command(['true'])));
  expect(new Set(sent.map((each) => each.mark.bytes.toString())).size).toBe(3);
  for (const { line, mark: own } of sent) expect(line).not.toContain(own.bytes.toString());
});

// Pseudo-random with a fixed seed, so that a failure comes again.
function* scripts(count: number): Generator<string> {
  let state = 20_261_129;
  const below = (limit: number) => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    return Math.floor((state / 2 ** 32) * limit);
  };
  const odd = [
    ...`'"\\!$\`\n\r\t ;&|<>()[]{}*?~#%^=0b7`,
    '\\0',
    '\\c',
    '\\n',
    '\x01',
    '\x7f',
    'é',
    '漢',
    '😀',
    '\u2028',
  ];
  for (let n = 0; n < count; n++) {
    const length = below(40);
    yield Array.from({ length }, () => odd[below(odd.length)] ?? '').join('') + '\n'.repeat(below(3));
  }
}

test('400 hostile scripts come out of sh as they went in', () => {
  const all = [...scripts(400)];
  const program = all
    .map((text) => {
      const line = remoteLine(scriptCommand('printf "%s\\036" "$1"', [text], 'read', 10_000), mark);
      return `(${line}) 2> /dev/null\n`;
    })
    .join('');
  const { stdout } = spawnSync('sh', { input: program, encoding: 'utf8', maxBuffer: 2 ** 24 });
  expect(stdout.split('\x1e').slice(0, -1)).toEqual(all.map((text) => `onetwo${text}`));
});

test('no script of ours comes near to what a command line can hold', () => {
  const folder = packageFile('templates/');
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) =>
    name.endsWith('.sh'),
  );
  expect(files.length).toBeGreaterThan(0);
  for (const name of files) {
    const text = readFileSync(join(folder, name), 'utf8');
    const { line } = marked(scriptCommand(text, ['x'.repeat(4096)], 'read', 10_000));
    expect(line.length, name).toBeLessThan(LONGEST_LINE_BYTES / 3);
  }
});
