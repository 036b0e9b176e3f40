import { execFileSync } from 'node:child_process';
import { expect, it } from 'vitest';
import { withCommand } from '../../../../src/lib/ui/frame/command-line.js';

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
