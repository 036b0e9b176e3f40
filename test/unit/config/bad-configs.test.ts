import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { ConfigError, type ConfigIssue } from '../../../src/lib/config/config-error.js';
import { loadConfig } from '../../../src/lib/config/load.js';
import { ExitCode } from '../../../src/lib/exit-codes.js';

// Each case is a configuration with its faults. Lines `#= line:column path: sentence` are all that must be said about it.
const CASES = fileURLToPath(new URL('../../cases/config/', import.meta.url));

describe('a configuration with faults', () => {
  it.each(readdirSync(CASES))('%s', async (name) => {
    const file = `${CASES}${name}`;
    const expected = [...readFileSync(file, 'utf8').matchAll(/^\s*#= (.*)$/gm)].map(([, line]) => line);
    const error = await loadConfig({ file, env: { HOME: '/nonexistent' } }).catch(
      (thrown: unknown) => thrown,
    );
    expect(error).toBeInstanceOf(ConfigError);
    if (!(error instanceof ConfigError)) return;
    expect(error.issues.map(short)).toEqual(expected);
    expect(error.exitCode).toBe(ExitCode.usage);
    expect(error.message.split('\n').slice(1)).toEqual(expected.map((line) => `${file}:${line}`));
  });
});

function short({ line, column, path, message }: ConfigIssue): string {
  return `${line}:${column}: ${path === '' ? '' : `${path}: `}${message}`;
}
