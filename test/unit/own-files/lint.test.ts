import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';

/** Calls that make or write files of this machine. */
const WRITES =
  /\b(createWriteStream|writeFile(Sync)?|appendFile(Sync)?|mkdir(Sync)?|mkdtemp(Sync)?|copyFile|symlink|openSync|truncate)\(/;

/** Who may do so by other means, and why that does no harm. */
const EXCEPTIONS: readonly (readonly [pattern: RegExp, why: string])[] = [
  [/^lib\/own-files\//, 'the rule itself'],
  [/^lib\/ledger\/sqlite-file\.ts$/, 'opens the ledger to read its header'],
  [/^lib\/lab\//, 'root’s own folders below /var, which nobody else can write to, and those of cgroups'],
];

it('files of this machine are made and written in one place', () => {
  const files = readdirSync('src', { recursive: true, encoding: 'utf8' }).filter((name) =>
    name.endsWith('.ts'),
  );
  const found = files.filter((name) => {
    const code = readFileSync(join('src', name), 'utf8').replaceAll(
      /(\/\*[\s\S]*?\*\/|\/\/.*|`[\s\S]*?`)/g,
      '',
    );
    return WRITES.test(code);
  });
  expect(found.filter((name) => !EXCEPTIONS.some(([pattern]) => pattern.test(name)))).toEqual([]);
});
