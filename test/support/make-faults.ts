/** `npm run faults`: runs every test that causes a fault, those that failed once more alone, and writes docs/faults.md. */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { brusselsDay, now } from '../../src/clock.ts';
import { type FaultResult, faultResults, findFaultTitles, type RanTest, renderFaultPage } from './fault-page.ts';

interface Report {
  readonly testResults: readonly {
    readonly name: string;
    readonly assertionResults: readonly { readonly fullName: string; readonly status: string }[];
  }[];
}

const ROOT = join(import.meta.dirname, '../..');
const titles = findFaultTitles();
const folder = mkdtempSync(join(tmpdir(), 'navette-faults-'));
const all = faultResults(run('fault \\d+:', [...new Set(titles.map(({ file }) => file))]));
const again: FaultResult[] = [];
for (const { number, file, failed } of all) {
  if (failed > 0) again.push(...faultResults(run(`fault ${number}:`, [file])).filter((one) => one.number === number));
}
rmSync(folder, { recursive: true, force: true });
writeFileSync(join(ROOT, 'docs/faults.md'), renderFaultPage(titles, all, again, brusselsDay(now())));
// A fault without a result, such as that of a file that cannot be loaded, is no success either.
const stillFails = ({ number, file }: FaultResult) =>
  !again.some((one) => one.number === number && one.file === file && one.failed === 0);
const untold = titles.filter(({ number, file }) => !all.some((one) => one.number === number && one.file === file));
process.exitCode = untold.length > 0 || all.some((one) => one.failed > 0 && stillFails(one)) ? 1 : 0;

/** Each test with such a title in these files, with what became of it. */
function run(title: string, files: readonly string[]): RanTest[] {
  const report = join(folder, 'report.json');
  rmSync(report, { force: true });
  // The long ones too: without LONG the proofs that kill workers would not run.
  const options = ['run', '-t', title, '--reporter=default', '--reporter=json', `--outputFile.json=${report}`];
  spawnSync(
    process.execPath,
    [join(ROOT, 'node_modules/vitest/vitest.mjs'), ...options, ...files.map((file) => join('test', file))],
    {
      cwd: ROOT,
      stdio: 'inherit',
      // Of the files that two workers share, some are enough: it is the fault that counts, and not the crowd.
      env: { ...process.env, LONG: '1', WORKER_FILES: process.env['WORKER_FILES'] ?? '200' },
    },
  );
  if (!existsSync(report)) return [];
  const { testResults } = JSON.parse(readFileSync(report, 'utf8')) as Report;
  return testResults.flatMap(({ name, assertionResults }) =>
    assertionResults
      .filter(({ status }) => status === 'passed' || status === 'failed')
      .map(({ fullName, status }) => ({
        file: relative(join(ROOT, 'test'), name),
        title: fullName,
        passed: status === 'passed',
      })),
  );
}
