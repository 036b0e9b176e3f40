// What the tests of a run came to.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const reports = mkdtempSync(join(tmpdir(), 'kuafu-test-'));

export const counts = { passed: 0, failed: 0, skipped: 0 };

export function removeReports() {
  rmSync(reports, { recursive: true, force: true });
}

export function reportFile(title) {
  return join(reports, `${title.replaceAll(/[^a-z.-]/g, '-')}.json`);
}

export function vitestWords(projects, report) {
  const names = projects.flatMap((project) => ['--project', project]);
  return ['run', ...names, '--reporter=default', '--reporter=json', `--outputFile.json=${report}`];
}

/**
 * What the JSON reporter counted. A file that could not be loaded, and an error outside any test, is a failure.
 * @returns {{passed: number, skipped: number, failures: {title: string, words: string}[]}}
 */
export function readReport(report, { ok, end }) {
  let result;
  try {
    result = JSON.parse(readFileSync(report, 'utf8'));
  } catch {
    return { passed: 0, skipped: 0, failures: [{ title: `vitest wrote no report (${end})`, words: '' }] };
  }
  const failures = result.testResults.flatMap((file) => {
    if (file.status === 'failed' && file.assertionResults.length === 0)
      return [{ title: file.name, words: file.message ?? '' }];
    return file.assertionResults
      .filter(({ status }) => status === 'failed')
      .map(({ fullName, failureMessages }) => ({ title: fullName, words: failureMessages.join('\n') }));
  });
  if (failures.length === 0 && !ok) failures.push({ title: `an error outside any test (${end})`, words: '' });
  return { passed: result.numPassedTests, skipped: result.numPendingTests + result.numTodoTests, failures };
}

const failed = [];

/** Adds a report to the counts; its failures are told again at the end of the run. */
export function count({ passed, skipped, failures }) {
  counts.passed += passed;
  counts.skipped += skipped;
  counts.failed += failures.length;
  failed.push(...failures);
}

/** The last lines of a log are what people see first. */
export function tellFailures() {
  for (const { title, words } of failed) console.log(`failed: ${title}\n${indented(words)}`);
}

const LINES = 12;

function indented(words) {
  const lines = words.split('\n').slice(0, LINES);
  return lines.map((line) => `    ${line}`).join('\n');
}
