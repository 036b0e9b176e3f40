// The tests that need real hosts: a few labs at once, each takes one test file after the other, for most tests wait for hosts
// and not for processors. What talks most with hosts runs over labs with odd hosts as well (test/support/odd-lab.ts).
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { installChromium } from './packages.mjs';
import { KUAFU, MINUTE_MS, ROOT, run, VITEST } from './programs.mjs';
import { count, counts, readReport, reportFile, vitestWords } from './results.mjs';

const ODD_KINDS = ['noisy', 'hardened'];
const WITH_ROLES = 'with roles';
const PLAIN_LAB = ['--hosts', '2', '--spare', 'A=4,B=26'];
const ROLES_LAB = ['--hosts', '1', '--spare', '0', '--with', 'all'];
/** A lab each, and what it is like, one after the other. */
const LABS = [['plain'], ['noisy', 'plain'], ['hardened', WITH_ROLES, 'plain']];
const ODD_FILES = ['restart', 'restart-cut-off', 'logs', 'env', 'env-restart', 'scale', 'under-load'].map(
  (name) => `test/lab/${name}.test.ts`,
);

/** The labs NAME-1, NAME-2, … are raised and taken away again. */
export async function labTests(name) {
  const files = {
    plain: plainFiles(),
    noisy: [...ODD_FILES],
    hardened: [...ODD_FILES],
    [WITH_ROLES]: testFilesIn('test/roles'),
  };
  const [first, ...others] = LABS.map((kinds, index) => ({ kinds, lab: `${name}-${index + 1}` }));
  const takeAll = async ({ lab, kinds }) => {
    for (const kind of kinds)
      if (files[kind].length > 0)
        await withLab(lab, kind === WITH_ROLES ? ROLES_LAB : PLAIN_LAB, (words) =>
          takeFiles(words, kind, files[kind]),
        );
  };
  // The first installs what is missing and makes the image; the others find that done.
  await withLab(first.lab, [...PLAIN_LAB, '--install'], async (words) => {
    if (!installChromium()) fail('chromium could not be installed');
    await Promise.all([takeFiles(words, 'plain', files.plain), ...others.map(takeAll)]);
  });
  for (const file of Object.values(files).flat()) fail(`${file} was not run`);
  const report = reportFile('machine');
  const words = vitestWords(['machine'], report);
  count(readReport(report, await run(VITEST, words, { quiet: false, deadlineMs: 20 * MINUTE_MS })));
}

/** The largest first: those take longest, and nobody should wait for one at the end. */
function plainFiles() {
  const files = ['test/lab', 'test/contract'].flatMap(testFilesIn);
  return files.sort((a, b) => statSync(join(ROOT, b)).size - statSync(join(ROOT, a)).size);
}

function testFilesIn(folder) {
  const names = readdirSync(join(ROOT, folder)).filter((name) => name.endsWith('.test.ts'));
  return names.map((name) => `${folder}/${name}`);
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
    fail(`lab ${name} did not come up (${up.end})`, up.output);
  } finally {
    const { ok, output } = await down(true);
    if (!ok) fail(`lab ${name} was not taken down`, output);
  }
}

async function takeFiles(lab, kind, files) {
  for (let file = files.shift(); file !== undefined; file = files.shift()) {
    const startMs = Date.now();
    const title = ODD_KINDS.includes(kind) ? `${file} on ${kind} hosts` : file;
    const report = reportFile(title);
    const vitest = [process.execPath, VITEST, ...vitestWords(['lab'], report), file];
    const result = await run(KUAFU, ['lab', 'run', ...lab, '--', ...vitest], {
      quiet: true,
      deadlineMs: 25 * MINUTE_MS,
      env: { KUAFU_LAB_KIND: ODD_KINDS.includes(kind) ? kind : 'plain' },
    });
    count(readReport(report, result));
    const seconds = ((Date.now() - startMs) / 1000).toFixed(1);
    const output = result.ok ? '' : `\n${result.output}`;
    console.log(`${result.ok ? 'ok    ' : 'FAILED'}  ${title}  ${seconds}s${output}`);
  }
}

function fail(title, words = '') {
  count({ passed: 0, skipped: 0, failures: [{ title, words }] });
}

/** Lab tests that cannot run here count as skipped. */
export async function skipLabTests(reason) {
  const list = reportFile('list');
  const words = ['list', '--project', 'lab', '--project', 'machine', `--json=${list}`];
  const { ok, output } = await run(VITEST, words, { quiet: true, deadlineMs: MINUTE_MS });
  if (!ok) return fail('vitest lists no lab tests', output);
  const { length } = JSON.parse(readFileSync(list, 'utf8'));
  counts.skipped += length;
  console.log(`\nskipped ${length} lab tests: ${reason}`);
}
