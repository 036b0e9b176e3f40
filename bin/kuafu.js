#!/usr/bin/env node
import { existsSync } from 'node:fs';

const program = new URL('../dist/main.js', import.meta.url);
if (existsSync(program)) {
  try {
    const { main } = await import(program.href);
    process.exitCode = await main(process.argv.slice(2));
  } catch (error) {
    // So few that the program cannot be loaded, which says the same (src/lib/open-files.ts).
    if (error.code !== 'EMFILE') throw error;
    process.stderr.write(
      'kuafu: more files have to be open at once than ulimit -n allows\ntype: ulimit -n 1024\n',
    );
    process.exitCode = 4;
  }
} else {
  // Only in a copy of the repository: a package has it built.
  process.stderr.write('kuafu: not built yet\nnpm run build makes it, in the folder of the repository.\n');
  process.exitCode = 3;
}
