// What a machine must have for the benchmarks in a lab.
import { accessSync, constants, existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { fail } from './bench-options.mjs';

const program = new URL('../dist/main.js', import.meta.url);

/**
 * Ends the program when this machine cannot do it.
 * @param tools programs that it needs, and the Debian package of each
 */
export function expectMachine(tools) {
  const isThere = (tool) =>
    (process.env.PATH ?? '').split(delimiter).some((folder) => isExecutable(join(folder, tool)));
  const missing = Object.entries(tools).flatMap(([tool, debian]) => (isThere(tool) ? [] : [[tool, debian]]));
  if (process.getuid?.() !== 0) fail('A lab needs root: run it with sudo.');
  if (!existsSync(program)) fail('kuafu is not built: run npm run build first.');
  if (missing.length > 0)
    fail(
      `This machine lacks ${missing.map(([tool]) => tool).join(', ')}: apt-get install ${missing.map(([, debian]) => debian).join(' ')}`,
    );
}

function isExecutable(path) {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
