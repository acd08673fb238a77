/** Runs the tests of `transform` in two processes, against sources that have every mutant built in. */
import { readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { defineConfig } from 'vitest/config';
import { mutate } from './mutate.ts';

const ROOT = join(import.meta.dirname, '../..');
const TRANSFORM = join(ROOT, 'src/transform/');
const PARTS = 2;

const mutants = {
  name: 'mutants',
  enforce: 'pre' as const,
  load: (id: string) =>
    id.startsWith(TRANSFORM) ? mutate(readFileSync(id, 'utf8'), relative(TRANSFORM, id)).code : null,
};

export default defineConfig({
  root: ROOT,
  test: {
    maxWorkers: PARTS,
    projects: Array.from({ length: PARTS }, (_, part) => ({
      plugins: [mutants],
      root: ROOT,
      test: {
        name: `part ${part + 1}`,
        include: ['test/mutants/loop.ts'],
        setupFiles: ['test/mutants/switch.ts'],
        pool: 'forks' as const,
        // On a busy machine too: a test that fails by itself would stop the whole.
        testTimeout: 60_000,
        env: { TZ: 'America/New_York', MUTANTS_PART: `${part}/${PARTS}`, FUZZ_RUNS: '50' },
      },
    })),
  },
});
