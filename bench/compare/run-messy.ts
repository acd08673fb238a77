/** Gives the messy files to Navette and to the script, each with a database of its own, and says what came of each. */
import { mkdir, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { JobContext } from '../../src/jobs/context.ts';
import { importByHand } from '../../src/jobs/import/import-by-hand.ts';
import type { ImportResult } from '../../src/jobs/import/import-file.ts';
import type { Db } from '../../src/load/database.ts';
import { employerLine, employersJsonl } from '../../test/support/employer-lines.ts';
import { differences, readNavette, readScript } from './held-people.ts';
import { MESSY_PAYROLL } from './messy-payroll.ts';
import { MESSY_PEOPLE } from './messy-people.ts';
import {
  type Held,
  type MessyCase,
  type MessyFile,
  type MessyLayout,
  type MessyWorld,
  openMessyWorld,
  otherStartFile,
  startFile,
  startHeld,
  TODAY,
} from './messy-world.ts';
import { runScript, type ScriptFile } from './run-script.ts';

export const MESSY_CASES: readonly MessyCase[] = [...MESSY_PEOPLE, ...MESSY_PAYROLL];

export interface Outcome {
  /** what the tool said of each file, in order */
  readonly said: readonly string[];
  /** how what it holds differs from the truth; empty when it is right */
  readonly wrong: readonly string[];
}

/** One outcome a case. `database` is Navette's, migrated and with its products. */
export async function messyByNavette(context: JobContext): Promise<Outcome[]> {
  const worlds = MESSY_CASES.map((one, index) => openMessyWorld(index, one));
  const mandate = (secretariat: string) => ({ mandates: [{ secretariat, from: '2020-01-01', to: null }] });
  const employers = worlds.flatMap(({ employer, otherEmployer }) => [
    employerLine(employer, mandate('alpha')),
    employerLine(otherEmployer, mandate('beta')),
  ]);
  const lines = { name: 'employers.jsonl', bytes: employersJsonl(employers), day: TODAY };
  await importNow(context, [lines], 'employers', 'issuer');
  await importNow(context, worlds.map(startFile), 'beneficiaries-portal', 'alpha');
  await importNow(context, worlds.map(otherStartFile), 'beneficiaries-portal', 'beta');
  return eachCase(
    async (file) => {
      const [result] = await importNow(context, [file], file.layout, 'alpha', file.full);
      return result === undefined ? '' : navetteSaid(result);
    },
    (world) => readNavette(context.database.db, world),
  );
}

/** One outcome a case. `url` is of a database of the script's own, `folder` one where files may be written. */
export async function messyByScript(url: string, db: Db, folder: string): Promise<Outcome[]> {
  const kinds: Readonly<Record<MessyLayout, 'employees' | 'payroll' | 'increments'>> = {
    'beneficiaries-portal': 'employees',
    'payroll-generic': 'payroll',
    'payroll-fixed-signed': 'increments',
  };
  const worlds = MESSY_CASES.map((one, index) => openMessyWorld(index, one));
  const start = await writeAll(folder, [...worlds.map(startFile), ...worlds.map(otherStartFile)]);
  await runScript(url, 'employees', start, { full: false, today: TODAY });
  return eachCase(
    async (file) => {
      const paths = await writeAll(folder, [file]);
      const { files } = await runScript(url, kinds[file.layout], paths, { full: file.full, today: TODAY });
      return files.map(scriptSaid).join();
    },
    (world) => readScript(db, world),
  );
}

async function eachCase(
  give: (file: MessyFile) => Promise<string>,
  read: (world: MessyWorld) => Promise<Held>,
): Promise<Outcome[]> {
  const outcomes: Outcome[] = [];
  for (const [index, one] of MESSY_CASES.entries()) {
    const world = openMessyWorld(index, one);
    const start = startHeld(world);
    const before = differences(start, await read(world));
    if (before.length > 0) throw new Error(`${one.file}: it does not begin as it should: ${before.join(', ')}`);
    const said: string[] = [];
    for (const file of await one.files(world)) said.push(await give(file));
    outcomes.push({ said, wrong: differences(one.truth(start, world), await read(world)) });
  }
  return outcomes;
}

async function importNow(
  context: JobContext,
  files: readonly Pick<MessyFile, 'name' | 'bytes' | 'day'>[],
  layout: string,
  secretariat: string,
  full = false,
): Promise<ImportResult[]> {
  const paths = await writeAll(join(context.home, 'messy'), files);
  const scope = full ? 'full' : null;
  return importByHand(context, paths, { layout, secretariat, set: {}, scope, mode: null, dryRun: false });
}

async function writeAll(
  folder: string,
  files: readonly Pick<MessyFile, 'name' | 'bytes' | 'day'>[],
): Promise<string[]> {
  await mkdir(folder, { recursive: true });
  return Promise.all(
    files.map(async ({ name, bytes, day }) => {
      const path = join(folder, name);
      await writeFile(path, bytes);
      const written = new Date(`${day}T10:00:00Z`);
      await utimes(path, written, written);
      return path;
    }),
  );
}

function navetteSaid({ status, counts, issues }: ImportResult): string {
  const { read: _, ...told } = counts;
  const numbers = Object.entries(told).filter(([, count]) => count > 0);
  const codes = [...new Set(issues.map(({ code }) => `\`${code}\``))];
  const counted = numbers.map(([name, count]) => `${count} ${name === 'duplicateInFile' ? 'duplicate' : name}`);
  return `${[`*${status}*`, ...counted].join(', ')}${codes.length > 0 ? `; ${codes.join(', ')}` : ''}`;
}

function scriptSaid({ stopped, loaded, skipped, deactivated }: ScriptFile): string {
  if (stopped !== null) return `stopped by ${stopped}`;
  const also = [skipped > 0 ? `, ${skipped} skipped` : '', deactivated > 0 ? `, ${deactivated} deactivated` : ''];
  return `${loaded} loaded${also.join('')}`;
}
