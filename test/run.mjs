// `npm test`: build, checks, unit and cli tests, and then the lab tests on practice rooms of real hosts: a few labs at once,
// each takes one test file after the other, for most tests wait for hosts and not for processors. What talks most with hosts
// runs over labs with odd hosts as well (test/support/odd-lab.ts).
//
//   node test/run.mjs                everything; the lab needs root on Linux, else its tests count as skipped
//   node test/run.mjs --unit         without the lab
//   node test/run.mjs --lab NAME     the labs NAME-1, NAME-2, … are raised and taken away again (default: test)
//
// Each check counts as a test. The last line is always `tests: N passed, N failed, N skipped`; exit 1 on any failure.
import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { availableParallelism, constants, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const KUAFU = join(ROOT, 'bin/kuafu.js');
const MINUTE_MS = 60_000;
const STOP_MS = 20_000;
const ODD_KINDS = ['noisy', 'hardened'];
const WITH_ROLES = 'with roles';
const PLAIN_LAB = ['--hosts', '2', '--spare', 'A=4,B=26'];
const ROLES_LAB = ['--hosts', '1', '--spare', '0', '--with', 'all'];
/** A lab each, and what it is like, one after the other. */
const LABS = [['plain'], ['noisy', 'plain'], ['hardened', WITH_ROLES, 'plain']];
const ODD_FILES = ['restart', 'restart-cut-off', 'logs', 'env', 'env-restart', 'scale', 'under-load'].map(
  (name) => `test/lab/${name}.test.ts`,
);

const { values: flags } = parseArgs({
  options: { unit: { type: 'boolean', default: false }, lab: { type: 'string', default: 'test' } },
});
const counts = { passed: 0, failed: 0, skipped: 0 };
const reports = mkdtempSync(join(tmpdir(), 'kuafu-test-'));
const running = new Set();
let stoppedBy;

class Stopped extends Error {}

/** Runs a Node.js program of this repository; its output is kept when `quiet`, else shown as it comes. */
function run(script, args, { quiet, deadlineMs, evenIfStopped = false, env = {} }) {
  if (stoppedBy && !evenIfStopped) throw new Stopped();
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [script, ...args], {
      cwd: ROOT,
      env: { ...process.env, ...env },
      stdio: ['ignore', quiet ? 'pipe' : 'inherit', quiet ? 'pipe' : 'inherit'],
      // Cleaning up must outlive a Ctrl-C, which goes to the whole process group.
      detached: evenIfStopped,
    });
    let output = '';
    child.stdout?.on('data', (chunk) => (output += chunk));
    child.stderr?.on('data', (chunk) => (output += chunk));
    const deadline = setTimeout(
      () => stop(child, 'SIGTERM', `no end after ${deadlineMs / MINUTE_MS} minutes`),
      deadlineMs,
    );
    if (!evenIfStopped) running.add(child);
    child.on('error', reject);
    child.on('close', (code, signal) => {
      clearTimeout(deadline);
      running.delete(child);
      if (stoppedBy && !evenIfStopped) reject(new Stopped());
      else resolve({ ok: code === 0, end: signal ?? `exit code ${code}`, output });
    });
  });
}

function stop(child, signal, why) {
  if (why) console.error(`stopping: ${why}`);
  child.kill(signal);
  setTimeout(() => child.kill('SIGKILL'), STOP_MS).unref();
}

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
  process.on(signal, () => {
    stoppedBy = signal;
    for (const child of running) stop(child, signal);
  });
}

async function check(title, script, args) {
  const startMs = Date.now();
  const { ok, end, output } = await run(script, args, { quiet: true, deadlineMs: 5 * MINUTE_MS });
  counts[ok ? 'passed' : 'failed'] += 1;
  console.log(
    `${ok ? 'ok    ' : 'FAILED'}  ${title}  ${((Date.now() - startMs) / 1000).toFixed(1)}s${ok ? '' : `  (${end})`}`,
  );
  if (!ok) console.log(output);
  return ok;
}

function bin(name, path) {
  return join(ROOT, 'node_modules', name, path);
}

const VITEST = bin('vitest', 'vitest.mjs');

function vitestWords(projects, report) {
  const names = projects.flatMap((project) => ['--project', project]);
  return ['run', ...names, '--reporter=default', '--reporter=json', `--outputFile.json=${report}`];
}

/** Adds what the JSON reporter counted; a file that could not be loaded, or an error outside any test, is a failure. */
function countReport(report, { ok, end }) {
  let result;
  try {
    result = JSON.parse(readFileSync(report, 'utf8'));
  } catch {
    console.log(`vitest wrote no report (${end})`);
    counts.failed += 1;
    return;
  }
  const unloaded = result.testResults.filter(
    (file) => file.status === 'failed' && file.assertionResults.length === 0,
  );
  const failed = result.numFailedTests + unloaded.length;
  counts.passed += result.numPassedTests;
  counts.failed += failed === 0 && !ok ? 1 : failed;
  counts.skipped += result.numPendingTests + result.numTodoTests;
}

/** More files at once than there are processors, for many of them wait. */
async function localTests() {
  const report = join(reports, 'local.json');
  const words = [...vitestWords(['unit', 'cli'], report), `--maxWorkers=${availableParallelism() * 2}`];
  countReport(report, await run(VITEST, words, { quiet: false, deadlineMs: 20 * MINUTE_MS }));
}

async function skipLabTests(reason) {
  const list = join(reports, 'list.json');
  const words = ['list', '--project', 'lab', '--project', 'machine', `--json=${list}`];
  const { ok, output } = await run(VITEST, words, { quiet: true, deadlineMs: MINUTE_MS });
  if (!ok) {
    console.log(output);
    counts.failed += 1;
    return;
  }
  const { length } = JSON.parse(readFileSync(list, 'utf8'));
  counts.skipped += length;
  console.log(`\nskipped ${length} lab tests: ${reason}`);
}

/** What a lab test needs beside the lab; `kuafu lab up --install` has read the package lists by then. */
async function installChromium() {
  if (spawnSync('chromium', ['--version']).status === 0) return;
  console.log('installing chromium, which looks at the pages of reports');
  const words = ['install', '--yes', '--no-install-recommends', 'chromium'];
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  if (spawnSync('apt-get', words, { env, stdio: ['ignore', 'ignore', 'inherit'] }).status === 0) return;
  counts.failed += 1;
  console.log('chromium could not be installed');
}

/** What tests hold us against or beside, by Debian package, and how to see that it is there. */
const REFERENCES = {
  shellcheck: ['shellcheck', '--version'],
  clustershell: ['/usr/bin/python3', '-c', 'import ClusterShell'],
  'ansible-core': ['/usr/bin/ansible-inventory', '--version'],
  lexicon: ['/usr/bin/lexicon', '--version'],
};

/** As root alone; without them the check says what is missing, and tests count as skipped (test/support/reference.ts). */
function installReferences() {
  if (process.getuid?.() !== 0) return;
  const missing = Object.entries(REFERENCES)
    .filter(([, [program, ...words]]) => spawnSync(program, words).status !== 0)
    .map(([name]) => name);
  if (missing.length === 0) return;
  console.log(`installing ${missing.join(', ')}, which tests hold kuafu against`);
  const options = { env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }, stdio: 'ignore' };
  const words = ['install', '--yes', '--no-install-recommends', ...missing];
  if (spawnSync('apt-get', words, options).status === 0) return;
  spawnSync('apt-get', ['update'], options);
  spawnSync('apt-get', words, options);
}

function testFilesIn(folder) {
  const names = readdirSync(join(ROOT, folder)).filter((name) => name.endsWith('.test.ts'));
  return names.map((name) => `${folder}/${name}`);
}

/** The test files that need a lab, the largest first: those take longest, and nobody should wait for one at the end. */
function labTestFiles() {
  const files = ['test/lab', 'test/contract'].flatMap(testFilesIn);
  return files.sort((a, b) => statSync(join(ROOT, b)).size - statSync(join(ROOT, a)).size);
}

async function withLab(name, words, work) {
  const lab = ['--name', name];
  const down = (evenIfStopped) =>
    run(KUAFU, ['lab', 'down', ...lab], { quiet: true, deadlineMs: 3 * MINUTE_MS, evenIfStopped });
  await down(false);
  try {
    const up = await run(KUAFU, ['lab', 'up', ...lab, ...words], {
      quiet: true,
      deadlineMs: 15 * MINUTE_MS,
    });
    if (up.ok) return await work(lab);
    counts.failed += 1;
    console.log(`lab ${name} did not come up (${up.end}):\n${up.output}`);
  } finally {
    const { ok, output } = await down(true);
    if (!ok) console.log(`kuafu lab down failed:\n${output}`);
    counts.failed += ok ? 0 : 1;
  }
}

async function takeFiles(lab, kind, files) {
  for (let file = files.shift(); file !== undefined; file = files.shift()) {
    const startMs = Date.now();
    const title = ODD_KINDS.includes(kind) ? `${file} on ${kind} hosts` : file;
    const report = join(reports, `${title.replaceAll(/[^a-z.-]/g, '-')}.json`);
    const vitest = [process.execPath, VITEST, ...vitestWords(['lab'], report), file];
    const how = {
      quiet: true,
      deadlineMs: 15 * MINUTE_MS,
      env: { KUAFU_LAB_KIND: ODD_KINDS.includes(kind) ? kind : 'plain' },
    };
    const result = await run(KUAFU, ['lab', 'run', ...lab, '--', ...vitest], how);
    countReport(report, result);
    const seconds = ((Date.now() - startMs) / 1000).toFixed(1);
    console.log(
      `${result.ok ? 'ok    ' : 'FAILED'}  ${title}  ${seconds}s${result.ok ? '' : `\n${result.output}`}`,
    );
  }
}

async function labTests() {
  const files = {
    plain: labTestFiles(),
    noisy: [...ODD_FILES],
    hardened: [...ODD_FILES],
    [WITH_ROLES]: testFilesIn('test/roles'),
  };
  const [first, ...others] = LABS.map((kinds, index) => ({ kinds, name: `${flags.lab}-${index + 1}` }));
  // The first installs what is missing and makes the image; the others find that done.
  await withLab(first.name, [...PLAIN_LAB, '--install'], async (lab) => {
    await installChromium();
    const takeAll = async ({ name, kinds }) => {
      for (const kind of kinds)
        if (files[kind].length > 0)
          await withLab(name, kind === WITH_ROLES ? ROLES_LAB : PLAIN_LAB, (other) =>
            takeFiles(other, kind, files[kind]),
          );
    };
    await Promise.all([takeFiles(lab, 'plain', files.plain), ...others.map(takeAll)]);
  });
  counts.failed += Object.values(files).flat().length;
  const report = join(reports, 'machine.json');
  const how = { quiet: false, deadlineMs: 20 * MINUTE_MS };
  countReport(report, await run(VITEST, vitestWords(['machine'], report), how));
}

function whyNoLab() {
  if (flags.unit) return 'left out by --unit';
  if (process.platform !== 'linux') return `the lab needs Linux, this is ${process.platform}`;
  if (process.getuid?.() !== 0) return 'the lab needs root; run `sudo npm test` for all of them';
  return undefined;
}

async function all() {
  installReferences();
  await check('build', join(ROOT, 'build.mjs'), []);
  await Promise.all([
    check('biome ci', bin('@biomejs/biome', 'bin/biome'), ['ci', '--error-on-warnings', '--colors=off', '.']),
    check('tsc', bin('typescript', 'bin/tsc'), ['-p', 'tsconfig.json']),
    check('knip', bin('knip', 'bin/knip.js'), ['--no-progress']),
    check('shellcheck', join(ROOT, 'test/shellcheck.mjs'), []),
  ]);
  const reason = whyNoLab();
  // One after the other: hosts of a lab that get no processor for seconds look like hosts that do not answer.
  await localTests();
  await (reason ? skipLabTests(reason) : labTests());
}

try {
  await all();
} catch (error) {
  if (!(error instanceof Stopped)) console.error(error);
  else console.error(`stopped by ${stoppedBy}`);
  counts.failed += 1;
} finally {
  rmSync(reports, { recursive: true, force: true });
}
console.log(`tests: ${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped`);
process.exitCode = stoppedBy ? 128 + constants.signals[stoppedBy] : counts.failed === 0 ? 0 : 1;
