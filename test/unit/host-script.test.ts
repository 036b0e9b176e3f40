import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { posix } from 'node:path';
import { describe, expect, it } from 'vitest';
import { hostScript } from '../../src/host-script.js';

const TEMPLATES = new URL('../../templates/', import.meta.url);

/** A script with its parts, as it is written. */
function written(name: string): string {
  const text = readFileSync(new URL(`${name}.sh`, TEMPLATES), 'utf8');
  return text.replace(/^\. \.\/(\S+)\.sh$/gm, (_, part: string) =>
    written(posix.join(posix.dirname(name), part)),
  );
}

/** What bash makes of it, without comments and empty lines. */
function parsed(script: string): string {
  const { stdout, stderr } = spawnSync('bash', ['--pretty-print'], { input: script, encoding: 'utf8' });
  expect(stderr).toBe('');
  return stdout;
}

const names = readdirSync(TEMPLATES, { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.sh') && !file.startsWith('lab/'))
  .map((file) => file.slice(0, -3));

describe('hostScript', () => {
  it('gives one text, with the parts of a script in their places', () => {
    const text = hostScript('logs/grep');
    expect(text).toContain('open_log() {');
    expect(text).not.toMatch(/^\. /m);
    expect(hostScript('logs/grep')).toBe(text);
  });

  it.each(names)('%s: leaves comments out and nothing else, line by line', (name) => {
    const text = hostScript(name);
    expect(text).not.toMatch(/^[ \t]*#[^!]/m);
    expect(text.split('\n').length).toBe(written(name).split('\n').length);
    const program = parsed(text);
    expect(program.length).toBeGreaterThan(20);
    // What is left of comments stands in here-documents, which are scripts themselves.
    expect(program).toBe(parsed(written(name)).replaceAll(/^[ \t]*#(?!!).*$/gm, ''));
  });

  it('names the file of a script that there is not', () => {
    expect(() => hostScript('logs/none')).toThrow(/templates\/logs\/none\.sh/);
  });
});
