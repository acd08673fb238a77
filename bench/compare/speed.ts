/** Time and memory of Navette and of the script for the same payroll CSV and the same workbook, on one server in one run. */
import { execFileSync } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { sql } from 'kysely';
import type { JobContext } from '../../src/jobs/context.ts';
import { importByHand } from '../../src/jobs/import/import-by-hand.ts';
import type { Db } from '../../src/load/database.ts';
import { employerLine, employersJsonl } from '../../test/support/employer-lines.ts';
import { inventEnterpriseNumber } from '../../test/support/people.ts';
import { portalRow } from '../../test/support/portal-rows.ts';
import { fillCountry, writePayroll } from '../payroll-world.ts';
import { workbookOf } from './messy-world.ts';
import { runScript } from './run-script.ts';

export interface Speed {
  readonly file: string;
  readonly rows: number;
  readonly navette: Measured;
  readonly script: Measured;
}

/** The middle of several runs, and the largest peak. */
interface Measured {
  /** of the whole process, with its start */
  readonly seconds: number;
  readonly peakMegabytes: number;
}

export interface SpeedSizes {
  readonly payrollRows: number;
  readonly workbookRows: number;
  readonly times: number;
}

/** Where both work: Navette's database is migrated and has its products, the script's is empty. */
export interface BothSides {
  readonly context: JobContext;
  readonly url: string;
  readonly scriptDb: Db;
  readonly scriptUrl: string;
}

const DAY = '2026-12-01';
/** One row in so many differs when a file comes again. */
const CHANGED_EVERY = 100;
const EMPLOYER = inventEnterpriseNumber(8_000_000);

export async function measureSpeed(sides: BothSides, sizes: SpeedSizes): Promise<Speed[]> {
  const { context, scriptDb, scriptUrl } = sides;
  const { payrollRows, workbookRows, times } = sizes;
  await runScript(scriptUrl, 'employees', [], { full: false, today: DAY });
  await fillCountry(context.database.db, payrollRows);
  await copyPeople(context.database.db, scriptDb);
  const payroll = [join(context.home, 'pay.csv'), join(context.home, 'pay-again.csv')] as const;
  await writePayroll(payroll[0], payrollRows, 0);
  await writePayroll(payroll[1], payrollRows, CHANGED_EVERY);
  const counts = { layout: 'payroll-generic', kind: 'payroll', full: false } as const;
  const [fresh, again] = await measureTwo(sides, counts, payroll, payrollRows, times, async () => {
    await sql`truncate entitlement, entitlement_change, confirmed_entitlement, row_issue, held_plan, outgoing_file, drop_file`.execute(
      context.database.db,
    );
    await sql`truncate meal_count`.execute(scriptDb);
  });

  const lines = join(context.home, 'employers.jsonl');
  await writeFile(lines, employersJsonl([employerLine(EMPLOYER)]));
  const byIssuer = { layout: 'employers', secretariat: 'issuer', set: {}, scope: null, mode: null, dryRun: false };
  await importByHand(context, [lines], byIssuer);
  const books = [join(context.home, `${EMPLOYER}_people.xlsx`), join(context.home, `${EMPLOYER}_again.xlsx`)] as const;
  await writeFile(books[0], await workbookOf(Array.from({ length: workbookRows }, (_, index) => portalRow(index))));
  const changed = { email: 'new.address@example.be' };
  const rows = Array.from({ length: workbookRows }, (_, index) =>
    portalRow(index, index % CHANGED_EVERY === 0 ? changed : {}),
  );
  await writeFile(books[1], await workbookOf(rows));
  const people = { layout: 'beneficiaries-portal', kind: 'employees', full: true } as const;
  const [book, bookAgain] = await measureTwo(sides, people, books, workbookRows, times, async () => {
    for (const table of ['beneficiary_product', 'beneficiary_change', 'confirmed_beneficiary', 'beneficiary']) {
      await sql`delete from ${sql.table(table)} where enterprise_number = ${EMPLOYER}`.execute(context.database.db);
    }
    await sql`truncate row_issue, held_plan, outgoing_file, drop_file`.execute(context.database.db);
    await sql`delete from employee where enterprise_number = ${EMPLOYER}`.execute(scriptDb);
  });
  return [
    { file: 'payroll CSV', ...fresh },
    { file: 'the same with 1 % changed', ...again },
    { file: 'full workbook of new people', ...book },
    { file: 'the same with 1 % changed', ...bookAgain },
  ];
}

/** A file and the same again with a few changes, by both in turn, so many times. */
async function measureTwo(
  { context, url, scriptDb, scriptUrl }: BothSides,
  { layout, kind, full }: { layout: string; kind: 'employees' | 'payroll'; full: boolean },
  files: readonly [string, string],
  rows: number,
  times: number,
  empty: () => Promise<void>,
): Promise<[Omit<Speed, 'file'>, Omit<Speed, 'file'>]> {
  const measured = files.map(() => ({ navette: [] as Measured[], script: [] as Measured[] }));
  for (let time = 0; time < times; time += 1) {
    await empty();
    for (const [at, file] of files.entries()) {
      for (const db of [context.database.db, scriptDb]) await sql`vacuum (analyze)`.execute(db);
      await sql`checkpoint`.execute(scriptDb);
      measured[at]?.navette.push(byNavette(context.home, url, file, layout, full, rows));
      await sql`checkpoint`.execute(scriptDb);
      const { files: told, seconds, peak } = await runScript(scriptUrl, kind, [file], { full, today: DAY });
      if (told[0]?.loaded !== rows) throw new Error(`The script loaded ${told[0]?.loaded} of ${rows} rows.`);
      measured[at]?.script.push({ seconds, peakMegabytes: peak });
    }
  }
  const [first, second] = measured.map(({ navette, script }) => ({
    rows,
    navette: middleOf(navette),
    script: middleOf(script),
  }));
  if (first === undefined || second === undefined) throw new Error('both files were measured');
  return [first, second];
}

function byNavette(home: string, url: string, file: string, layout: string, full: boolean, rows: number): Measured {
  // As bin/navette starts it.
  const words = ['--max-semi-space-size=16', join(import.meta.dirname, '../import-once.ts'), home, url, file, layout];
  const began = performance.now();
  const out = execFileSync(process.execPath, [...words, full ? 'full' : 'delta'], { encoding: 'utf8' });
  const seconds = (performance.now() - began) / 1000;
  const { peak, counts } = JSON.parse(out) as { peak: number; counts: { read: number; rejected: number } };
  if (counts.read !== rows || counts.rejected > 0) throw new Error(`Navette read ${counts.read} of ${rows} rows.`);
  return { seconds, peakMegabytes: peak };
}

function middleOf(measured: readonly Measured[]): Measured {
  const seconds = measured.map((one) => one.seconds).toSorted((a, b) => a - b)[Math.floor(measured.length / 2)] ?? 0;
  return { seconds, peakMegabytes: Math.max(...measured.map((one) => one.peakMegabytes)) };
}

/** The script begins with the same people, as it would have written them. */
async function copyPeople(from: Db, to: Db): Promise<void> {
  const people = await sql<{ employer: string; number: string }>`
    select enterprise_number as employer, national_register_number as number from beneficiary`.execute(from);
  const employers = people.rows.map(({ employer }) => employer);
  const numbers = people.rows.map(({ number }) => number);
  await sql`
    insert into employee (enterprise_number, national_register_number, last_name, first_name, gender, birth_date, language, email,
                          meal_face_value, active, updated_at)
    select e, n, 'Naam', 'Voornaam', 'f', '1980-01-01', 'nl', 'someone@example.be', 8, true, now()
      from unnest(${employers}::text[], ${numbers}::text[]) x (e, n)`.execute(to);
}
