import { spawn } from 'node:child_process';
import { openSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { build } from 'rolldown';
import { describe, expect, it } from 'vitest';

const file = (path: string) => fileURLToPath(new URL(`../../${path}`, import.meta.url));
const BIN = file('bin/kuafu.js');
const OUTPUT = file('src/lib/ui/frame/output.ts');
const LOST = 'kuafu: stdout could not be written: no space left on device\n';

interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs node with what it writes to `full` going to a device that is always full. */
function intoFull(full: readonly ('stdout' | 'stderr')[], words: readonly string[]): Promise<Ended> {
  const device = openSync('/dev/full', 'w');
  const target = (stream: 'stdout' | 'stderr') => (full.includes(stream) ? device : 'pipe');
  const child = spawn(process.execPath, words, { stdio: ['ignore', target('stdout'), target('stderr')] });
  const seen = { stdout: '', stderr: '' };
  for (const stream of ['stdout', 'stderr'] as const)
    child[stream]?.on('data', (chunk) => {
      seen[stream] += chunk;
    });
  return new Promise((resolve) => child.on('close', (code) => resolve({ code, ...seen })));
}

describe('data that cannot be written', () => {
  it.each([[['--version']], [['--help']], [['help', 'scale']], [['config', 'docs']]])(
    '%j says so in one sentence and ends with 4',
    async (words) => {
      expect(await intoFull(['stdout'], [BIN, ...words])).toEqual({ code: 4, stdout: '', stderr: LOST });
    },
  );

  it('leaves an exit code that says more', async () => {
    const { code, stderr } = await intoFull(['stdout'], [BIN, 'scal', '--json']);
    expect(code).toBe(2);
    expect(stderr).toMatch(/^kuafu: unknown command 'scal'\n.*\nkuafu: stdout could not be written/);
  });

  it('still ends with 4 when there is no room for the sentence either', async () => {
    expect((await intoFull(['stdout', 'stderr'], [BIN, '--version'])).code).toBe(4);
  });

  it('is noticed when the error comes later, and the work goes on meanwhile', async () => {
    const { output } = await build({ input: OUTPUT, platform: 'node', write: false });
    const script = `${output[0].code}
      tolerateLostOutput();
      out('first');
      setTimeout(() => process.stdout.emit('error', Object.assign(new Error('x'), { code: 'EIO', errno: -5 })), 5);
      setTimeout(() => { out('dropped'); say('the work is done'); }, 20);`;
    expect(await intoFull([], ['--input-type=module', '-e', script])).toEqual({
      code: 4,
      stdout: 'first\n',
      stderr: 'the work is done\nkuafu: stdout could not be written: i/o error\n',
    });
  });
});

describe('talk that cannot be written', () => {
  it.each([
    [['--version'], 0],
    [['scal', '--json'], 2],
  ])('%j is as it would be without', async (words, code) => {
    const ended = await intoFull(['stderr'], [BIN, ...words]);
    expect(ended.code).toBe(code);
    expect(ended.stdout).not.toBe('');
  });
});
