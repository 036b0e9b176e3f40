import { execFileSync } from 'node:child_process';
import { afterEach, describe, expect, it } from 'vitest';
import { withCommand } from '../../../../src/lib/ui/frame/command-line.js';
import { suggested, suggestedIn, suggestWithConfig } from '../../../../src/lib/ui/frame/suggested.js';

const COMMAND = "kuafu start --app shop 'new-b-[01-04,07]' 'it'\\''s one'";

it('stands behind what it is for where that fits', () => {
  expect(withCommand('start them:', 'kuafu start --app shop', 40)).toBe('start them: kuafu start --app shop');
});

it.each([20, 30, 40, 60])('is the same command to a shell where it is broken at %d columns', (columns) => {
  const [, ...lines] = withCommand('start them:', COMMAND, columns).split('\n');
  const words = (text: string) =>
    execFileSync('sh', ['-c', `kuafu() { printf '%s\\n' "$@"; }\n${text}`], { encoding: 'utf8' });
  expect(words(lines.join('\n'))).toBe(words(COMMAND));
  expect(lines.filter((line) => line.length > columns).map((line) => line.trim().split(' ').length)).toEqual(
    columns < 25 ? [2] : [],
  );
});

describe('with a configuration that was named', () => {
  afterEach(() => suggestWithConfig(undefined));

  it('names it in what is to be typed next, and only there', () => {
    suggestWithConfig('my $1 rooms.yaml');
    const named = "kuafu -c 'my $1 rooms.yaml'";
    expect(suggested('kuafu ops show k3f9')).toBe(`${named} ops show k3f9`);
    expect(withCommand('how:', 'kuafu config docs layers', 80)).toBe('how: kuafu config docs layers');
    expect(withCommand('see:', 'kuafu ops show k3f9', 80)).toBe(`see: ${named} ops show k3f9`);
    expect(suggestedIn('kuafu ops show k3f9 tells; give it up: kuafu ops close k3f9')).toBe(
      `${named} ops show k3f9 tells; give it up: ${named} ops close k3f9`,
    );
    expect(suggestedIn('all of it: kuafu switch status')).toBe(`all of it: ${named} switch status`);
    for (const text of [
      'this version of kuafu knows no start',
      'kuafu lab up --name dev',
      'kuafu scale --help',
      '/opt/kuafu ops',
      `${named} ops list`,
    ])
      expect(suggestedIn(text)).toBe(text);
  });

  it('leaves a configuration alone whose name looks like a command', () => {
    suggestWithConfig('/x/my kuafu ops/k.yaml');
    const named = "kuafu -c '/x/my kuafu ops/k.yaml' restart";
    expect(suggestedIn(`see the plan: ${named}; kuafu ops list`)).toBe(
      `see the plan: ${named}; kuafu -c '/x/my kuafu ops/k.yaml' ops list`,
    );
  });

  it('adds nothing where kuafu found it by itself', () => {
    expect(suggestedIn('kuafu ops list')).toBe('kuafu ops list');
  });
});
