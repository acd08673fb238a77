/** A country for benches: employers with contract and mandate, people with a meal product, and the files about them. */
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { sql } from 'kysely';
import type { Db } from '../src/load/database.ts';
import { addDays } from '../src/transform/values/calendar.ts';
import { inventEnterpriseNumber, inventNationalRegisterNumber } from '../test/support/people.ts';

const PEOPLE_PER_EMPLOYER = 40;
const CHUNK = 100_000;

const employerOf = (index: number, perEmployer: number): string =>
  inventEnterpriseNumber(100_000 + Math.floor(index / perEmployer));

const birthOf = (index: number): string => addDays('1950-01-01', index % 18_000);

function personOf(index: number): string {
  return inventNationalRegisterNumber(birthOf(index), 1 + ((Math.floor(index / 18_000) * 2 + (index % 2)) % 998));
}

/** The employers of `people` people, with mandate and contract; the database is migrated and has its products. */
export async function fillEmployers(db: Db, people: number, perEmployer = PEOPLE_PER_EMPLOYER): Promise<void> {
  const all = Array.from({ length: Math.ceil(people / perEmployer) }, (_, at) =>
    employerOf(at * perEmployer, perEmployer),
  );
  for (let from = 0; from < all.length; from += CHUNK) {
    const employers = all.slice(from, from + CHUNK);
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
  }
  await sql`vacuum (analyze) employer, mandate, contract`.execute(db);
}

/** The same with `people` active people. */
export async function fillCountry(db: Db, people: number, perEmployer = PEOPLE_PER_EMPLOYER): Promise<void> {
  await fillEmployers(db, people, perEmployer);
  const employerAt = (index: number) => employerOf(index, perEmployer);
  for (let from = 0; from < people; from += CHUNK) {
    const indexes = Array.from({ length: Math.min(CHUNK, people - from) }, (_, offset) => from + offset);
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
  await sql`vacuum (analyze) beneficiary, beneficiary_product`.execute(db);
}

/** One `payroll-generic` CSV of `rows` rows, one a person; every `changedEvery`-th row grants one voucher less. */
export async function writePayroll(
  path: string,
  rows: number,
  changedEvery: number,
  perEmployer = PEOPLE_PER_EMPLOYER,
): Promise<void> {
  const header = 'enterpriseNumber;nationalRegisterNumber;period;product;quantity;faceValue;employmentEnd;remark';
  await writeLines(path, header, rows, (index) => {
    const quantity = changedEvery > 0 && index % changedEvery === 0 ? 19 : 20;
    return `${employerOf(index, perEmployer)};${personOf(index)};2026-11;meal;${quantity};8,00;;november 2026, ${String(index).padStart(9, '0')} payroll office row of the month`;
  });
}

/** The layout of `writePeople`: the portal's columns, and behind them the employer of each row. */
export const COUNTRY_LAYOUT = 'beneficiaries-country';
export const countryLayout = (portal: string): string =>
  portal
    .replace('id: beneficiaries-portal', `id: ${COUNTRY_LAYOUT}`)
    .replace(/^ {2}name:.*\n/m, '')
    .replace('{ group: enterpriseNumber,', '{ column: AK,');

/** One CSV of `rows` active people with a meal product; every `changedEvery`-th has moved house. */
export async function writePeople(path: string, rows: number, changedEvery: number): Promise<void> {
  await writeLines(path, Array.from({ length: 37 }, (_, at) => `column ${at + 1}`).join(';'), rows, (index) => {
    const [year, month, day] = birthOf(index).split('-');
    const house = changedEvery > 0 && index % changedEvery === 0 ? 8 : 7;
    const person = `${personOf(index)};${index};;Naam${index % 5_000};Voornaam;;${index % 2 === 0 ? 'M' : 'F'};${day}/${month}/${year};nl;someone${index}@example.be`;
    return `${person};;;;Begunstigde;;Nieuwstraat;${house};;1000;Brussel;;;;;;;;;;;;;Lunch;8,00;;;${employerOf(index, PEOPLE_PER_EMPLOYER)}`;
  });
}

async function writeLines(
  path: string,
  header: string,
  rows: number,
  lineOf: (index: number) => string,
): Promise<void> {
  const file = createWriteStream(path);
  file.write(`${header}\n`);
  for (let index = 0; index < rows; index += 1) {
    if (!file.write(`${lineOf(index)}\n`)) await once(file, 'drain');
  }
  file.end();
  await once(file, 'finish');
}
