import { execFileSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'rolldown';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { withSourcePlaces } from '../../../src/commands/source-places.js';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kuafu-places-'));
});

afterEach(() => rm(folder, { recursive: true }));

it('names the places of the sources where the build has a map', async () => {
  await writeFile(join(folder, 'first.ts'), 'export const first: number = 1;\n');
  await writeFile(
    join(folder, 'fails.ts'),
    `import { first } from './first.ts';

export interface Lost { readonly here: number }

export function fail(): never {
  throw new Error(\`number \${first}\`);
}
`,
  );
  const file = join(folder, 'dist', 'built.js');
  await build({ input: join(folder, 'fails.ts'), output: { file, sourcemap: true } });
  const stack = stackOf(pathToFileURL(file).href);
  expect(stack).toMatch(/at fail \(.*built\.js:\d+/);
  expect(withSourcePlaces(stack)).toMatch(/^Error: number 1\n {4}at fail \(fails\.ts:6:9\)\n/);
});

it('leaves places without a map as they are', async () => {
  await writeFile(join(folder, 'broken.js.map'), '{');
  const stack = [
    'Error: x',
    '    at f (node:internal/process:1:2)',
    `    at g (${pathToFileURL(join(folder, 'none.js'))}:3:4)`,
    `    at ${pathToFileURL(join(folder, 'broken.js'))}:5:6`,
  ].join('\n');
  expect(withSourcePlaces(stack)).toBe(stack);
});

/** In a process of its own, as Vitest maps the stacks of its own. */
function stackOf(url: string): string {
  const script = `const { fail } = await import('${url}'); try { fail(); } catch (error) { console.log(error.stack); }`;
  return execFileSync(process.execPath, ['--input-type=module', '-e', script], { encoding: 'utf8' });
}
