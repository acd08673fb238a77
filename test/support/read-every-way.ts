/** Files of any bytes, read in every way that needs no database: reading ends, ends soon, and throws nothing but a FileError. */

import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect } from 'vitest';
import type { ConfiguredLayout } from '../../src/config.ts';
import { FileError } from '../../src/errors.ts';
import { fitLayout } from '../../src/jobs/import/fit-layout.ts';
import { checkLayout } from '../../src/jobs/layouts/check-layout.ts';
import { suggestLayout } from '../../src/jobs/layouts/suggest-layout.ts';
import type { Cell } from '../../src/model.ts';
import { mapRow } from '../../src/transform/rows/map-row.ts';
import { fuzzRuns, fuzzTimeout } from './fuzz-runs.ts';
import { CONFIG, TODAY } from './layout-fixtures.ts';

const folder = await mkdtemp(join(tmpdir(), 'navette-fuzz-'));
afterAll(() => rm(folder, { recursive: true, force: true }));

const LONGEST_MILLISECONDS = 5_000;
const SET = { enterpriseNumber: '0403019261' };

function configured(id: string): ConfiguredLayout {
  const layout = CONFIG.layouts.get(id);
  if (layout === undefined) throw new Error(`there is no layout ${id}`);
  return layout;
}

async function given(name: string, bytes: string | Uint8Array) {
  const path = join(folder, name);
  await writeFile(path, bytes);
  return { path, name, maxBytes: 10_000_000, set: SET, today: TODAY };
}

async function inTime<Result>(work: () => Promise<Result>): Promise<Result> {
  const start = performance.now();
  const result = await work();
  expect(performance.now() - start).toBeLessThan(LONGEST_MILLISECONDS);
  return result;
}

/** Everything that reads the file without a database; whatever it throws beside a FileError fails the test. */
export async function readEveryWay(
  name: string,
  bytes: string | Uint8Array,
  layouts: readonly string[],
): Promise<void> {
  const file = await given(name, bytes);
  await inTime(async () => {
    for (const id of layouts) await checkLayout(CONFIG, file, configured(id));
  });
  await inTime(async () => {
    try {
      await suggestLayout(CONFIG, file.path, name, TODAY);
    } catch (error) {
      if (!(error instanceof FileError)) throw error;
    }
  });
}

interface ReadRow {
  readonly rowNumber: number;
  readonly cells: readonly Cell[];
  readonly accepted: boolean;
}

/** The rows of a file, as far as it was read; none when it was refused at once. */
export async function rowsOf(name: string, bytes: string | Uint8Array, id: string): Promise<ReadRow[]> {
  return (await readRows(name, bytes, id)).rows;
}

export async function readRows(name: string, bytes: string | Uint8Array, id: string) {
  const file = await given(name, bytes);
  const rows: ReadRow[] = [];
  let isWhole = false;
  await inTime(async () => {
    try {
      const { table } = await fitLayout(file, [configured(id)], CONFIG);
      for await (const batch of table?.opened.rows ?? []) {
        for (const row of batch) {
          const { issues } = table === null ? { issues: [] } : mapRow(table.plan, row);
          rows.push({ ...row, accepted: issues.every(({ severity }) => severity !== 'error') });
        }
      }
      isWhole = true;
    } catch (error) {
      if (!(error instanceof FileError)) throw error;
    }
  });
  return { rows, isWhole };
}

export function cases(few: number, share = 1) {
  return { numRuns: fuzzRuns(few, share) };
}
export function time(few: number, share = 1) {
  return { timeout: fuzzTimeout(120, fuzzRuns(few, share)) };
}
