// Programs of Debian that tests need beside the lab.
import { spawnSync } from 'node:child_process';

const APT_ENV = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };

/** What tests hold us against or beside, by Debian package, and how to see that it is there. */
const REFERENCES = {
  shellcheck: ['shellcheck', '--version'],
  clustershell: ['/usr/bin/python3', '-c', 'import ClusterShell'],
  'ansible-core': ['/usr/bin/ansible-inventory', '--version'],
  lexicon: ['/usr/bin/lexicon', '--version'],
};

/** As root alone; without them the check says what is missing, and tests count as skipped (test/support/reference.ts). */
export function installReferences() {
  if (process.getuid?.() !== 0) return;
  const missing = Object.entries(REFERENCES)
    .filter(([, [program, ...words]]) => spawnSync(program, words).status !== 0)
    .map(([name]) => name);
  if (missing.length === 0) return;
  console.log(`installing ${missing.join(', ')}, which tests hold kuafu against`);
  if (install(missing)) return;
  spawnSync('apt-get', ['update'], { env: APT_ENV, stdio: 'ignore' });
  install(missing);
}

/** Looks at the pages of reports; `kuafu lab up --install` has read the package lists by then. @returns whether it is there */
export function installChromium() {
  if (spawnSync('chromium', ['--version']).status === 0) return true;
  console.log('installing chromium, which looks at the pages of reports');
  return install(['chromium']);
}

function install(packages) {
  const words = ['install', '--yes', '--no-install-recommends', ...packages];
  return spawnSync('apt-get', words, { env: APT_ENV, stdio: ['ignore', 'ignore', 'inherit'] }).status === 0;
}
