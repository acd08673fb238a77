/** `npm run mutants [path in src/transform]`: judges every mutant in two processes, and writes docs/mutants.md when all were. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { brusselsDay, now } from '../../src/clock.ts';
import { type Judged, renderMutantPage } from './mutant-page.ts';

const root = join(import.meta.dirname, '../..');
const [only = ''] = process.argv.slice(2);
const folder = mkdtempSync(join(tmpdir(), 'navette-mutants-'));
const vitest = join(root, 'node_modules/vitest/vitest.mjs');
const ran = spawnSync(process.execPath, [vitest, 'run', '--config', 'test/mutants/vitest.config.ts'], {
  cwd: root,
  stdio: 'inherit',
  env: { ...process.env, MUTANTS_FOLDER: folder, MUTANTS_ONLY: only },
});
const judged = readdirSync(folder)
  .flatMap((name) => JSON.parse(readFileSync(join(folder, name), 'utf8')) as Judged[])
  .sort((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : a.line - b.line));
rmSync(folder, { recursive: true, force: true });
const page = renderMutantPage(judged, brusselsDay(now()));
if (only === '' && ran.status === 0) writeFileSync(join(root, 'docs/mutants.md'), page);
else console.log(page);
process.exitCode = ran.status ?? 1;
