/** `npm run faults`: runs every test that causes a fault, and writes docs/faults.md. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { brusselsDay, now } from '../../src/clock.ts';
import { type FaultResult, faultsIn, findFaultTitles, renderFaultPage } from './fault-page.ts';

interface Report {
  readonly testResults: readonly {
    readonly name: string;
    readonly assertionResults: readonly { readonly fullName: string; readonly status: string }[];
  }[];
}

const root = join(import.meta.dirname, '../..');
const titles = findFaultTitles();
const files = [...new Set(titles.map(({ file }) => join('test', file)))];
const folder = mkdtempSync(join(tmpdir(), 'navette-faults-'));
const report = join(folder, 'report.json');
// The long ones too: without LONG the proofs that kill workers would not run.
const options = ['run', '-t', 'fault \\d+:', '--reporter=default', '--reporter=json', `--outputFile.json=${report}`];
const ran = spawnSync(process.execPath, [join(root, 'node_modules/vitest/vitest.mjs'), ...options, ...files], {
  cwd: root,
  stdio: 'inherit',
  // Of the files that two workers share, some are enough: it is the fault that counts, and not the crowd.
  env: { ...process.env, LONG: '1', WORKER_FILES: process.env['WORKER_FILES'] ?? '200' },
});

const results = new Map<string, FaultResult>();
for (const { name, assertionResults } of (JSON.parse(readFileSync(report, 'utf8')) as Report).testResults) {
  const file = relative(join(root, 'test'), name);
  for (const { fullName, status } of assertionResults) {
    if (status !== 'passed' && status !== 'failed') continue;
    for (const number of faultsIn(fullName)) {
      const key = `${number} ${file}`;
      const { passed, failed } = results.get(key) ?? { passed: 0, failed: 0 };
      results.set(key, {
        number,
        file,
        passed: passed + (status === 'passed' ? 1 : 0),
        failed: failed + (status === 'failed' ? 1 : 0),
      });
    }
  }
}
rmSync(folder, { recursive: true, force: true });
writeFileSync(join(root, 'docs/faults.md'), renderFaultPage(titles, [...results.values()], brusselsDay(now())));
process.exitCode = ran.status ?? 1;
