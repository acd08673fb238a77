/** `npm run mutants [-- path in src/transform | --page]`: judges mutants in two processes, keeps what came of each file in results.jsonl, and writes docs/mutants.md. */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { brusselsDay, now } from '../../src/clock.ts';
import { type FileResult, fileResult, type Judged, renderMutantPage } from './mutant-page.ts';

const ROOT = join(import.meta.dirname, '../..');
const TRANSFORM = join(ROOT, 'src/transform');
/** A line for each file of the source. */
const RESULTS = join(import.meta.dirname, 'results.jsonl');

const [only = ''] = process.argv.slice(2);
const paths = readdirSync(TRANSFORM, { recursive: true, encoding: 'utf8' }).filter((path) => path.endsWith('.ts'));
const sources = new Map(paths.sort().map((path) => [path, readFileSync(join(TRANSFORM, path), 'utf8')]));

if (only === '--page') writePage(readResults());
else if (!paths.some((path) => path.startsWith(only))) {
  console.error(`src/transform has no ${only}.`);
  process.exitCode = 2;
} else {
  const judged = judge();
  if (judged !== null) {
    const known = readResults().filter(({ path }) => sources.has(path) && !judged.some((one) => one.path === path));
    const results = [...known, ...judged].sort((a, b) => (a.path < b.path ? -1 : 1));
    writeFileSync(RESULTS, results.map((result) => `${JSON.stringify(result)}\n`).join(''));
    writePage(results);
    for (const { path, changes, killed, survivors } of judged) {
      console.log(`${path}: ${killed} of ${changes} noticed, ${survivors.length} not`);
    }
  } else process.exitCode = 1;
}

/** Null when the tests did not run to their end: nothing is said of a part. */
function judge(): FileResult[] | null {
  const folder = mkdtempSync(join(tmpdir(), 'navette-mutants-'));
  const vitest = join(ROOT, 'node_modules/vitest/vitest.mjs');
  const ran = spawnSync(process.execPath, [vitest, 'run', '--config', 'test/mutants/vitest.config.ts'], {
    cwd: ROOT,
    stdio: 'inherit',
    env: { ...process.env, MUTANTS_FOLDER: folder, MUTANTS_ONLY: only },
  });
  const judged = readdirSync(folder).flatMap(
    (name) => JSON.parse(readFileSync(join(folder, name), 'utf8')) as Judged[],
  );
  rmSync(folder, { recursive: true, force: true });
  if (ran.status !== 0) return null;
  const day = brusselsDay(now());
  // A file without a mutant, such as one of types, has run too.
  return [...sources]
    .filter(([path]) => path.startsWith(only))
    .map(([path, source]) =>
      fileResult(
        path,
        day,
        source,
        judged.filter((one) => one.path === path),
      ),
    );
}

function readResults(): FileResult[] {
  if (!existsSync(RESULTS)) return [];
  const lines = readFileSync(RESULTS, 'utf8').split('\n');
  return lines.filter((line) => line !== '').map((line) => JSON.parse(line) as FileResult);
}

function writePage(results: readonly FileResult[]): void {
  writeFileSync(join(ROOT, 'docs/mutants.md'), renderMutantPage(results, sources));
}
