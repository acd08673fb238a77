/** People who left long ago: their personal data goes, their ids and everything about money stays. */
import { type RawBuilder, sql } from 'kysely';
import type { Day } from '../../model.ts';
import { countWritten, onlyRow } from '../answers.ts';
import type { Db } from '../database.ts';

export interface PersonKey {
  readonly enterpriseNumber: string;
  readonly id: number;
}

/**
 * Stands where the register number stood: eleven digits made of the id, always the same for the same record. Its month is 60
 * to 99, which no register number or BIS number has, so that it is nobody's.
 */
const PSEUDONYM = sql`
  lpad((b.id / 10000000 % 100)::text, 2, '0') || (60 + b.id / 1000000000 % 40)::text || lpad((b.id % 10000000)::text, 7, '0')`;

const IS_PSEUDONYM = sql`substr(b.national_register_number, 3, 1) >= '6'`;

/** Inactive since before the day, with nothing open: no carry, no order on its way. */
function isForgettable(before: Day): RawBuilder<boolean> {
  return sql<boolean>`
    b.status = 'inactive' and b.status_since < ${before}::date and not ${IS_PSEUDONYM}
    and not exists (
      select from carry c
       where c.enterprise_number = b.enterprise_number and c.beneficiary_id = b.id and c.reason <> 'written-off')
    and not exists (
      select from order_line l join voucher_order o on o.enterprise_number = l.enterprise_number and o.id = l.order_id
       where l.enterprise_number = b.enterprise_number and l.beneficiary_id = b.id and o.status in ('draft', 'invoiced', 'paid'))
    and not exists (
      select from order_card k join voucher_order o on o.enterprise_number = k.enterprise_number and o.id = k.order_id
       where k.enterprise_number = b.enterprise_number and k.national_register_number = b.national_register_number
         and o.status in ('draft', 'invoiced', 'paid'))`;
}

export async function countPeopleToForget(db: Db, before: Day): Promise<number> {
  const found = await sql<{ count: number }>`
    select count(*)::int as count from beneficiary b where ${isForgettable(before)}`.execute(db);
  return onlyRow(found).count;
}

/** At most `atMost` of them, in order of employer; nothing is locked. */
export async function findPeopleToForget(db: Db, before: Day, atMost: number): Promise<PersonKey[]> {
  const found = await sql<PersonKey>`
    select b.enterprise_number as "enterpriseNumber", b.id from beneficiary b where ${isForgettable(before)}
     order by b.enterprise_number, b.id limit ${atMost}`.execute(db);
  return found.rows;
}

/** What history may still say of somebody who has no name any more. */
const KEPT_IN_HISTORY = ['status', 'status_reason', 'product', 'faceValue', 'removed', 'from', 'cost_center', 'card'];

/** Forgets those of the people for whom it still holds under the lock of their employers; @returns how many */
export async function forgetPeople(db: Db, people: readonly PersonKey[], before: Day): Promise<number> {
  const asked = sql`jsonb_to_recordset(${JSON.stringify(people)}::jsonb) as a ("enterpriseNumber" text, id bigint)`;
  await sql`
    select enterprise_number from employer where enterprise_number in (select a."enterpriseNumber" from ${asked})
     order by enterprise_number for update`.execute(db);
  await sql`
    create temporary table forgotten on commit drop as
    select b.enterprise_number, b.id, b.national_register_number as number, ${PSEUDONYM} as pseudonym
      from beneficiary b join ${asked} on a."enterpriseNumber" = b.enterprise_number and a.id = b.id
     where ${isForgettable(before)}`.execute(db);
  await sql`
    update order_card k set national_register_number = f.pseudonym
      from forgotten f where k.enterprise_number = f.enterprise_number and k.national_register_number = f.number`.execute(
    db,
  );
  const kept = (column: 'before' | 'after') => sql`(
    select coalesce(jsonb_object_agg(e.key, e.value), '{}') from jsonb_each(${sql.ref(`h.${column}`)}) e
     where e.key = any (${KEPT_IN_HISTORY}::text[]))`;
  await sql`
    update beneficiary_change h
       set before = case when h.before is not null then ${kept('before')} end, after = ${kept('after')}, why = null
      from forgotten f where h.enterprise_number = f.enterprise_number and h.beneficiary_id = f.id`.execute(db);
  await sql`
    update entitlement_change h set why = null
      from forgotten f
     where h.enterprise_number = f.enterprise_number and h.beneficiary_id = f.id and h.why is not null`.execute(db);
  const forgotten = await sql`
    update beneficiary b
       set national_register_number = f.pseudonym, personnel_number = null, last_name = '-', first_name = '-',
           other_name = null, gender = 'x', birth_date = date_trunc('year', b.birth_date)::date, email = null, children = 0,
           card_street = null, card_house_number = null, card_box = null, card_postal_code = null, card_city = null,
           card_country = null, card_address_extra = null, pin_street = null, pin_house_number = null, pin_box = null,
           pin_postal_code = null, pin_city = null, pin_country = null, pin_address_extra = null, extra = '{}'
      from forgotten f where b.enterprise_number = f.enterprise_number and b.id = f.id`.execute(db);
  return countWritten(forgotten);
}

/**
 * Cards and replaced numbers of people whom no employer knows any more. As long as one of a person's cards can be used or is
 * on order all of them stay: its balance is the person's.
 */
export async function removeOrphanedNumbers(db: Db, today: Day): Promise<void> {
  await sql`
    delete from card c
     where not exists (select from beneficiary b where b.national_register_number = c.national_register_number)
       and not exists (
         select from card u
          where u.national_register_number = c.national_register_number
            and (u.status = 'ordered' or (u.status = 'active' and coalesce(u.expires_on, 'infinity') >= ${today}::date)))`.execute(
    db,
  );
  await sql`
    delete from person_number n
     where not exists (select from beneficiary b where b.national_register_number = n.new)
       and not exists (select from card c where c.national_register_number = n.new)`.execute(db);
}
