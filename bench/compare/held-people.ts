/** What either tool holds in PostgreSQL after a messy file, and in words how it differs from what should be there. */
import { sql } from 'kysely';
import type { Db } from '../../src/load/database.ts';
import type { Held, MessyWorld, PersonHeld } from './messy-world.ts';

type PersonRow = PersonHeld & { readonly number: string };

interface CountRow {
  readonly key: string;
  readonly quantity: number;
}

export async function readNavette(db: Db, { employer, otherEmployer }: MessyWorld): Promise<Held> {
  const people = await sql<PersonRow>`
    select b.national_register_number as number, b.status, b.last_name as "lastName", b.birth_date as "birthDate", b.email,
           (select p.face_value from beneficiary_product p
             where p.enterprise_number = b.enterprise_number and p.beneficiary_id = b.id and p.product_code = 'meal'
             order by p.valid_from desc limit 1) as "faceValue"
      from beneficiary b where b.enterprise_number in (${employer}, ${otherEmployer})`.execute(db);
  const counts = await sql<CountRow>`
    select b.national_register_number || ' ' || e.period || ' ' || e.face_value as key, e.quantity
      from entitlement e join beneficiary b on b.enterprise_number = e.enterprise_number and b.id = e.beneficiary_id
     where e.enterprise_number in (${employer}, ${otherEmployer})`.execute(db);
  return heldBy(people.rows, counts.rows);
}

export async function readScript(db: Db, { employer, otherEmployer }: MessyWorld): Promise<Held> {
  const people = await sql<PersonRow>`
    select national_register_number as number, case when active then 'active' else 'inactive' end as status,
           last_name as "lastName", birth_date as "birthDate", email, (meal_face_value * 100)::int as "faceValue"
      from employee where enterprise_number in (${employer}, ${otherEmployer})`.execute(db);
  const counts = await sql<CountRow>`
    select national_register_number || ' ' || period || ' ' || (face_value * 100)::int as key, quantity
      from meal_count where enterprise_number in (${employer}, ${otherEmployer})`.execute(db);
  return heldBy(people.rows, counts.rows);
}

function heldBy(people: readonly PersonRow[], counts: readonly CountRow[]): Held {
  return {
    people: new Map(people.map(({ number, ...person }) => [number, person])),
    counts: new Map(counts.map(({ key, quantity }) => [key, quantity])),
  };
}

/** Such as `1 deactivated wrongly`; empty when all is as it should be. Tells of nobody who they are. */
export function differences(should: Held, is: Held): string[] {
  const found = new Map<string, number>();
  const note = (what: string): void => void found.set(what, (found.get(what) ?? 0) + 1);
  for (const [number, person] of should.people) {
    const held = is.people.get(number);
    if (held === undefined) note('not loaded');
    else for (const what of personDifferences(person, held)) note(what);
  }
  for (const number of is.people.keys()) if (!should.people.has(number)) note('people who do not belong there');
  for (const [key, quantity] of should.counts) {
    const held = is.counts.get(key);
    if (held === undefined) note('counts not loaded');
    else if (held !== quantity) note('counts wrong');
  }
  for (const key of is.counts.keys()) if (!should.counts.has(key)) note('counts loaded that should not be');
  const one = (what: string): string => what.replace(/^counts/, 'count').replace(/^people who do/, 'person who does');
  return [...found].map(([what, times]) => `${times} ${times === 1 ? one(what) : what}`);
}

function personDifferences(should: PersonHeld, is: PersonHeld): string[] {
  const found: string[] = [];
  if (should.status !== is.status) found.push(is.status === 'inactive' ? 'deactivated wrongly' : 'left active');
  if (should.lastName !== is.lastName) found.push('with a wrong name');
  if (should.birthDate !== is.birthDate) found.push('with a wrong birth date');
  if (should.email !== is.email) found.push(is.email === '' ? 'whose e-mail is erased' : 'with a wrong e-mail');
  if (should.faceValue !== is.faceValue) found.push('with a wrong face value');
  return found;
}
