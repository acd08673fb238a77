/** Small payroll files about the same few people: each restates all of them, in turn for another month and count. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { sql } from 'kysely';
import type { Database } from '../src/load/database.ts';
import { type Invented, inventBeneficiary, inventEmployer } from '../test/support/small-world.ts';

/** So many people of one employer, for which the secretariat `alpha` may act. */
export async function inventPeople({ db }: Database, count: number): Promise<readonly Invented[]> {
  const employer = await inventEmployer(db);
  await sql`insert into mandate (enterprise_number, secretariat_code, valid_from) values (${employer}, 'alpha', '2020-01-01')`.execute(
    db,
  );
  const people: Invented[] = [];
  for (let index = 0; index < count; index += 1) {
    people.push(await inventBeneficiary(db, employer, { products: [{ code: 'meal', faceValue: 800 }] }));
  }
  return people;
}

/** File `index` of layout `payroll-generic`. */
export async function writePayrollFile(folder: string, index: number, people: readonly Invented[]): Promise<void> {
  const month = `2026-${String(1 + (index % 9)).padStart(2, '0')}`;
  const rows = people.map(({ employer, nrn }) => `${employer};${nrn};${month};${1 + (Math.floor(index / 9) % 20)}`);
  const text = `BCE;NISS;période;nombre\n${rows.join('\n')}\n`;
  await writeFile(join(folder, `pay-${String(index).padStart(6, '0')}.csv`), text);
}
