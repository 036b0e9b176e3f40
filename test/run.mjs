// `npm test`: build, checks, unit and cli tests, and then the lab tests on practice rooms of real hosts.
//
//   node test/run.mjs                everything; the lab needs root on Linux, else its tests count as skipped
//   node test/run.mjs --unit         without the lab
//   node test/run.mjs --lab NAME     the labs NAME-1, NAME-2, … are raised and taken away again (default: test)
//
// Each check counts as a test. The last lines are what failed, and `tests: N passed, N failed, N skipped`; exit 1 on any
// failure.
import { availableParallelism, constants } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { labTests, skipLabTests } from './runner/lab-tests.mjs';
import { installReferences } from './runner/packages.mjs';
import { bin, MINUTE_MS, ROOT, run, Stopped, stoppedBy, VITEST } from './runner/programs.mjs';
import {
  count,
  counts,
  readReport,
  removeReports,
  reportFile,
  tellFailures,
  vitestWords,
} from './runner/results.mjs';

const { values: flags } = parseArgs({
  options: { unit: { type: 'boolean', default: false }, lab: { type: 'string', default: 'test' } },
});

async function check(title, script, args) {
  const startMs = Date.now();
  const { ok, end, output } = await run(script, args, { quiet: true, deadlineMs: 5 * MINUTE_MS });
  const failures = ok ? [] : [{ title: `${title} (${end})`, words: output }];
  count({ passed: ok ? 1 : 0, skipped: 0, failures });
  console.log(`${ok ? 'ok    ' : 'FAILED'}  ${title}  ${((Date.now() - startMs) / 1000).toFixed(1)}s`);
  if (!ok) console.log(output);
}

/** More files at once than there are processors, for many of them wait. */
async function localTests() {
  const report = reportFile('local');
  const words = [...vitestWords(['unit', 'cli'], report), `--maxWorkers=${availableParallelism() * 2}`];
  count(readReport(report, await run(VITEST, words, { quiet: false, deadlineMs: 20 * MINUTE_MS })));
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
  await (reason ? skipLabTests(reason) : labTests(flags.lab));
}

try {
  await all();
} catch (error) {
  if (!(error instanceof Stopped)) console.error(error);
  else console.error(`stopped by ${stoppedBy()}`);
  counts.failed += 1;
} finally {
  removeReports();
}
tellFailures();
console.log(`tests: ${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped`);
process.exitCode = stoppedBy() ? 128 + constants.signals[stoppedBy()] : counts.failed === 0 ? 0 : 1;
