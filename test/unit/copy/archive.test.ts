import { execFileSync, spawnSync } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  fingerprintCommand,
  packCommand,
  parseFingerprint,
  parseWeighed,
  weighCommand,
} from '../../../src/lib/copy/archive.js';
import type { RemoteCommand } from '../../../src/lib/shell/command.js';
import { renderCommand } from '../../../src/lib/shell/quote.js';

// Run by a real shell and a real tar, as on a host.
const HARD_NAMES = [
  "it's",
  'two words',
  '$(touch pwned)',
  '-rf',
  'line\nbreak',
  'gänse',
  '`id`',
  '*',
  '"q"',
  '\\',
];

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'kuafu-archive-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function shell(command: RemoteCommand) {
  return spawnSync('sh', ['-c', renderCommand(command.words)], { cwd: folder, maxBuffer: 1e8 });
}

function fingerprint(paths: string[], exclude: string[] = []) {
  const { status, stdout, stderr } = shell(fingerprintCommand({ paths, exclude }, 1000));
  return { status, ...parseFingerprint(stdout.toString(), stderr.toString()) };
}

describe('the fingerprint of a tree', () => {
  it('is the same twice, and another when content, mode or name differ', () => {
    const file = join(folder, 'a');
    writeFileSync(file, 'one');
    const first = fingerprint([folder]);
    expect(first).toMatchObject({ status: 0, bytes: 10240 });
    expect(fingerprint([folder])).toEqual(first);
    chmodSync(file, 0o600);
    const second = fingerprint([folder]);
    expect(second.digest).not.toBe(first.digest);
    symlinkSync('a', join(folder, 'b'));
    expect(fingerprint([folder]).digest).not.toBe(second.digest);
  });

  it('takes names of every kind, and leaves out exactly what is excluded', () => {
    for (const name of HARD_NAMES) {
      mkdirSync(join(folder, name));
      writeFileSync(join(folder, name, 'file'), name);
    }
    const paths = HARD_NAMES.map((name) => join(folder, name));
    const packed = shell(
      packCommand({ paths, exclude: [join(folder, '*'), join(folder, '$(touch pwned)')] }, 'gzip', 1000),
    );
    expect(packed.status).toBe(0);
    const listed = execFileSync('tar', ['-tz', '--quoting-style=literal'], {
      input: packed.stdout,
    }).toString();
    for (const name of HARD_NAMES) {
      const there = listed.includes(`${folder.slice(1)}/${name}/file`);
      expect([name, there]).toEqual([name, name !== '*' && name !== '$(touch pwned)']);
    }
    expect(execFileSync('ls', ['-A', folder]).toString()).not.toMatch(/^pwned$/m);
  });

  it('fails with tar, not with what comes after it in the pipe', () => {
    const missing = fingerprint([join(folder, 'missing')]);
    expect(missing.status).toBe(2);
    expect(shell(packCommand({ paths: [join(folder, 'missing')], exclude: [] }, 'gzip', 1000)).status).toBe(
      2,
    );
  });
});

describe('a packed archive', () => {
  it.each(['zstd', 'gzip'] as const)('of %s is the same bytes again, and as it was weighed', (codec) => {
    writeFileSync(join(folder, 'a'), 'content'.repeat(100_000));
    const tree = { paths: [folder], exclude: [] };
    const weigh = shell(weighCommand(tree, codec, 1000));
    const weighed = parseWeighed(weigh.stdout.toString(), weigh.stderr.toString());
    const { stdout } = shell(packCommand(tree, codec, 1000));
    expect(weighed?.packed).toEqual({
      codec,
      bytes: stdout.length,
      digest: createHash('blake2b512').update(stdout).digest('hex'),
    });
    expect(weighed?.digest).toBe(fingerprint([folder]).digest);
    expect(shell(packCommand(tree, codec, 1000)).stdout.equals(stdout)).toBe(true);
  });

  it('with a limit is the same bytes, and takes its time', () => {
    writeFileSync(join(folder, 'a'), randomBytes(20_000));
    const tree = { paths: [folder], exclude: [] };
    const whole = shell(packCommand(tree, 'gzip', 1000)).stdout;
    const startedMs = performance.now();
    const paced = shell(packCommand(tree, 'gzip', 1000, { bytes: whole.length, bytesPerSecond: 20_000 }));
    expect(paced.stdout.equals(whole)).toBe(true);
    // The first quarter of a second's worth goes out at once.
    expect(performance.now() - startedMs).toBeGreaterThan(700);
  });

  it('with a limit waits for nothing where there is less of it, and leaves nothing out where there is more', () => {
    const missing = { paths: [join(folder, 'missing')], exclude: [] };
    const slow = { bytes: 1_000_000, bytesPerSecond: 1000 };
    expect(shell(packCommand(missing, 'gzip', 1000, slow)).status).toBe(2);
    const tree = { paths: [folder], exclude: [] };
    const whole = shell(packCommand(tree, 'gzip', 1000)).stdout;
    const short = { bytes: 10, bytesPerSecond: 1000 };
    expect(shell(packCommand(tree, 'gzip', 1000, short)).stdout.equals(whole)).toBe(true);
  });

  it('of a tree that cannot be read has no weight', () => {
    const weigh = shell(weighCommand({ paths: [join(folder, 'missing')], exclude: [] }, 'any', 1000));
    expect(weigh.status).toBe(2);
    expect(parseWeighed('codec zstd\ncontent 12\n', 'Total bytes written: 10\n')).toBeUndefined();
  });
});

it('believes no host that prints something else', () => {
  expect(parseFingerprint('0123\n', 'Total bytes written: 10\n')).toBeUndefined();
  expect(parseFingerprint(`${'a'.repeat(64)}  -\n`, '')).toBeUndefined();
});
