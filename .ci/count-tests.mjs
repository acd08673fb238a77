/** Prints "N passed, N failed" alone on a line, from vitest's JSON report and the exit status of the run. */
import { readFileSync } from 'node:fs';

const [, , path = '', status = '1'] = process.argv;
let passed = 0;
let failed = 0;
let skipped = 0;
try {
  const report = JSON.parse(readFileSync(path, 'utf8'));
  passed = report.numPassedTests;
  skipped = report.numPendingTests + report.numTodoTests;
  // A file that cannot be loaded fails without a test of its own.
  const unloaded = report.testResults.filter((file) => file.status === 'failed' && file.assertionResults.length === 0);
  failed = report.numFailedTests + unloaded.length;
} catch {
  console.log('There is no report of the tests.');
}
// A check other than a test that failed, and tests that never ran, are failures too.
if (failed === 0 && (status !== '0' || passed === 0)) failed = 1;
console.log(`${passed} passed, ${failed} failed${skipped === 0 ? '' : `, ${skipped} skipped`}`);
process.exitCode = failed === 0 ? 0 : 1;
