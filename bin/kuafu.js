#!/usr/bin/env node
import { existsSync } from 'node:fs';

const program = new URL('../dist/main.js', import.meta.url);
if (existsSync(program)) {
  const { main } = await import(program.href);
  process.exitCode = await main(process.argv.slice(2));
} else {
  // Only in a copy of the repository: a package has it built.
  process.stderr.write('kuafu: not built yet\nnpm run build makes it, in the folder of the repository.\n');
  process.exitCode = 3;
}
