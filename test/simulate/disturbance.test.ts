/** A child that cannot do its day's work is no kill that came too late. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { workAndDie } from './disturbance.ts';

test('a child that cannot work is a fault of the simulation and told', async () => {
  const home = await mkdtemp(join(tmpdir(), 'navette-simulate-'));
  try {
    await mkdir(join(home, 'postgres'));
    await writeFile(join(home, 'postgres', 'postmaster.pid'), '1\n');
    const work = { day: '2025-11-03', home, url: 'postgres://127.0.0.1:1/none', drops: [] };
    const disturbance = { victim: 'navette', at: { commits: 0, mode: 'before' } } as const;
    await expect(workAndDie(work, disturbance)).rejects.toThrow(
      /The child of 2025-11-03 ended with [1-9][0-9]*: ConfigError/,
    );
  } finally {
    await rm(home, { recursive: true, force: true });
  }
});
