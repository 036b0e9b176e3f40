// Holds every script of templates/ that runs on hosts against shellcheck, together with the parts it takes in. Part of
// `npm run check` and `npm test`. Where there is no shellcheck it says so; in CI that is a failure.
//
//   node test/shellcheck.mjs
import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const TEMPLATES = fileURLToPath(new URL('../templates', import.meta.url));
const scripts = readdirSync(TEMPLATES, { recursive: true })
  .filter((name) => name.endsWith('.sh'))
  .map((name) => join(TEMPLATES, name));

if (spawnSync('shellcheck', ['--version']).error) {
  console.log(
    `${scripts.length} scripts were not checked: there is no shellcheck (apt-get install shellcheck)`,
  );
  process.exitCode = process.env.CI ? 1 : 0;
} else {
  const folders = [...new Set(scripts.map(dirname))];
  for (const folder of folders) {
    const own = scripts.filter((script) => dirname(script) === folder);
    // Functions that are called by their name in a variable count as never called (SC2317).
    const words = [
      '--exclude=SC2317',
      '--external-sources',
      `--source-path=${folder}`,
      '--color=never',
      ...own,
    ];
    const { status, stdout, stderr } = spawnSync('shellcheck', words, { encoding: 'utf8' });
    if (status === 0) continue;
    console.log(stdout, stderr);
    process.exitCode = 1;
  }
}
