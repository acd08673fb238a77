/** Owns the comparison of people and counts with the truth: who is active, and what each month earned. */
import { sql } from 'kysely';
import type { Database } from '../../src/load/database.ts';
import type { Period } from '../../src/model.ts';
import { type Country, earnedIn, valueIn } from './country.ts';
import { keyOf, type Sent } from './delivery.ts';
import { toldIn } from './people-files.ts';

/** Employers and people who work there by what was sent, when all files about a month have come. */
export function workingBy(country: Country, sent: Sent, period: Period): Set<string> {
  const last = country.periods.at(-1) ?? '';
  const working = new Set(sent.told);
  for (const { number, employments } of country.employersAll) {
    for (const one of employments) {
      const hasLeft = one.farewell === 'end-date' && toldIn(one) === (period > last ? last : period);
      if (hasLeft) working.delete(keyOf(number, one.person.nationalRegisterNumber));
    }
  }
  return working;
}

/** Who is active and should not be, or should be and is not, when all files about a month have come. */
export async function compareActive({ db }: Database, country: Country, sent: Sent, period: Period): Promise<string[]> {
  const expected = workingBy(country, sent, period);
  const found = await sql<{ key: string }>`
    select enterprise_number || ' ' || national_register_number as key from beneficiary where status = 'active'`.execute(
    db,
  );
  return difference('active', new Set(found.rows.map(({ key }) => key)), 'works there by what was sent', expected);
}

/** Vouchers by `employer person month value`, as the last word of payroll has them. */
export function earnedByKey(country: Country, without: ReadonlySet<string> = new Set()): Map<string, number> {
  const earned = new Map<string, number>();
  for (const employer of country.employersAll.filter(({ number }) => !without.has(number))) {
    for (const employment of employer.employments) {
      for (const period of country.periods) {
        const { last = 0 } = earnedIn(country, employment, period) ?? {};
        const key = `${keyOf(employer.number, employment.person.nationalRegisterNumber)} ${period} ${valueIn(employer, period)}`;
        if (last !== 0) earned.set(key, last + (earned.get(key) ?? 0));
      }
    }
  }
  return earned;
}

/** Every month's vouchers as the last word of its payroll has them, by person, month and face value. */
export async function compareCounts({ db }: Database, country: Country): Promise<string[]> {
  const expected = new Set([...earnedByKey(country)].map(([key, quantity]) => `${key}: ${quantity}`));
  const found = await sql<{ told: string }>`
    select e.enterprise_number || ' ' || b.national_register_number || ' ' || e.period || ' ' || e.face_value || ': ' || e.quantity as told
      from entitlement e
      join beneficiary b on b.enterprise_number = e.enterprise_number and b.id = e.beneficiary_id
     where e.product_code = 'meal' and e.quantity <> 0`.execute(db);
  return difference('granted', new Set(found.rows.map(({ told }) => told)), 'earned', expected);
}

export function difference(
  here: string,
  found: ReadonlySet<string>,
  there: string,
  expected: ReadonlySet<string>,
): string[] {
  return [
    ...[...found].filter((one) => !expected.has(one)).map((one) => `${here} and not ${there}: ${one}`),
    ...[...expected].filter((one) => !found.has(one)).map((one) => `${there} and not ${here}: ${one}`),
  ].sort();
}
