/** A country for benches: employers with contract and mandate, people with a meal product, and payroll files about them. */
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { sql } from 'kysely';
import type { Db } from '../src/load/database.ts';
import { addDays } from '../src/transform/values/calendar.ts';
import { inventEnterpriseNumber, inventNationalRegisterNumber } from '../test/support/people.ts';

const PEOPLE_PER_EMPLOYER = 40;

const employerOf = (index: number, perEmployer: number): string =>
  inventEnterpriseNumber(100_000 + Math.floor(index / perEmployer));

function personOf(index: number): string {
  const day = addDays('1950-01-01', index % 18_000);
  return inventNationalRegisterNumber(day, 1 + ((Math.floor(index / 18_000) * 2 + (index % 2)) % 998));
}

/** Fills an empty, migrated database with `people` active people; products must be there already. */
export async function fillCountry(db: Db, people: number, perEmployer = PEOPLE_PER_EMPLOYER): Promise<void> {
  const employerAt = (index: number) => employerOf(index, perEmployer);
  const chunk = 100_000;
  for (let from = 0; from < people; from += chunk) {
    const indexes = Array.from({ length: Math.min(chunk, people - from) }, (_, offset) => from + offset);
    const employers = [...new Set(indexes.map(employerAt))];
    await sql`
      insert into employer (enterprise_number, name, language, invoice_email, status, fingerprint)
      select n, 'Employer', 'nl', 'invoices@example.be', 'active', '' from unnest(${employers}::text[]) n
      on conflict do nothing`.execute(db);
    await sql`
      insert into mandate (enterprise_number, secretariat_code, valid_from)
      select n, 'alpha', '2020-01-01' from unnest(${employers}::text[]) n on conflict do nothing`.execute(db);
    await sql`
      insert into contract (enterprise_number, product_code, valid_from, fees)
      select n, 'meal', '2020-01-01', '{}' from unnest(${employers}::text[]) n on conflict do nothing`.execute(db);
    await sql`
      insert into beneficiary (enterprise_number, national_register_number, last_name, first_name, gender, birth_date, language,
                               email, status, status_since, card_delivery, as_of, secretariat_code)
      select e, p, 'Naam', 'Voornaam', 'f', '1980-01-01', 'nl', 'someone@example.be', 'active', '2026-01-01', 'beneficiary',
             '2026-01-01', 'alpha'
        from unnest(${indexes.map(employerAt)}::text[], ${indexes.map(personOf)}::text[]) as x (e, p)`.execute(db);
  }
  await sql`
    insert into beneficiary_product (enterprise_number, beneficiary_id, product_code, valid_from, face_value)
    select enterprise_number, id, 'meal', '1900-01-01', 800 from beneficiary`.execute(db);
  await sql`vacuum (analyze) employer, mandate, contract, beneficiary, beneficiary_product`.execute(db);
}

/** One `payroll-generic` CSV of `rows` rows, one a person; every `changedEvery`-th row grants one voucher less. */
export async function writePayroll(
  path: string,
  rows: number,
  changedEvery: number,
  perEmployer = PEOPLE_PER_EMPLOYER,
): Promise<void> {
  const file = createWriteStream(path);
  file.write('enterpriseNumber;nationalRegisterNumber;period;product;quantity;faceValue;employmentEnd;remark\n');
  for (let index = 0; index < rows; index += 1) {
    const quantity = changedEvery > 0 && index % changedEvery === 0 ? 19 : 20;
    const line = `${employerOf(index, perEmployer)};${personOf(index)};2026-11;meal;${quantity};8,00;;november 2026, ${String(index).padStart(9, '0')} payroll office row of the month\n`;
    if (!file.write(line)) await once(file, 'drain');
  }
  file.end();
  await once(file, 'finish');
}
