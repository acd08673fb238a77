/** Two workers and 2,000 files in one drop, one worker killed half way: every file applied once, all archived, no job left. */
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { type BenchResult, secondsOf } from './bench.ts';

const ROOT = join(import.meta.dirname, '..');

/** The test of the same name with more files; it fails when a promise is broken. */
export async function bench(size: number): Promise<BenchResult> {
  const files = Math.round(2_000 * size);
  let met = true;
  const seconds = await secondsOf(async () => {
    try {
      execFileSync(join(ROOT, 'node_modules/.bin/vitest'), ['run', 'test/jobs/intake/two-workers.test.ts'], {
        cwd: ROOT,
        env: { ...process.env, LONG: '1', WORKER_FILES: String(files) },
        stdio: ['ignore', 2, 2],
      });
    } catch {
      met = false;
    }
  });
  return {
    name: 'two-workers',
    size: files,
    seconds,
    referenceSeconds: null,
    ratio: null,
    peakMegabytes: null,
    goal: 'each file applied once and archived, no job left, with one of two workers killed',
    met,
  };
}
