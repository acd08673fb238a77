/** A fresh file of all beneficiaries of a country, as `import` does it for payroll. */
import { sql } from 'kysely';
import type { BenchResult } from './bench.ts';
import { benchImport } from './import.ts';
import type { CountryFile } from './import-country.ts';
import { COUNTRY_LAYOUT, fillEmployers, writePeople } from './payroll-world.ts';

const GOAL = 2.5;

const PEOPLE: CountryFile = {
  layout: COUNTRY_LAYOUT,
  fill: fillEmployers,
  write: writePeople,
  tables: ['beneficiary', 'beneficiary_product', 'beneficiary_change', 'confirmed_beneficiary'],
  columns: 37,
  like: 'beneficiary',
  insert: sql`
    (enterprise_number, national_register_number, personnel_number, last_name, first_name, gender, birth_date, language, email,
     status, status_since, card_delivery, card_street, card_house_number, card_postal_code, card_city, as_of, secretariat_code,
     last_file_id)
    select c37, c1, c2, c4, c5, lower(c7), to_date(c8, 'DD/MM/YYYY'), c9, c10, 'active', current_date, 'beneficiary', c16, c17, c19,
           c20, now(), 'alpha', 1
      from floor_text
    on conflict (enterprise_number, national_register_number) do update set card_house_number = excluded.card_house_number`,
};

export const bench = (size: number): Promise<BenchResult> => benchImport('beneficiaries', size, PEOPLE, GOAL, null);
