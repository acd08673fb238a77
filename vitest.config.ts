/** How the tests are run. */
import { defineConfig } from 'vitest/config';

const LONG = ['test/jobs/intake/killed-worker.test.ts', 'test/jobs/intake/two-workers.test.ts', 'test/network/**'];

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    globalSetup: ['test/support/global-setup.ts'],
    // Proofs that start, kill and restart processes for minutes: npm run test:long.
    exclude: process.env['LONG'] === '1' ? [] : LONG,
    pool: 'forks',
    // Most tests wait for servers and child processes, so more than one a core.
    maxWorkers: 4,
    testTimeout: 30_000,
    hookTimeout: 60_000,
    env: { TZ: 'America/New_York' },
    coverage: {
      provider: 'v8',
      include: ['src/transform/**', 'src/load/**'],
      reporter: ['text-summary', 'html', 'json'],
      reportOnFailure: true,
      thresholds: { 'src/transform/**': { branches: 95 }, 'src/load/**': { branches: 95 } },
    },
  },
});
