/** Rests that a person settles: what leavers still earned may be ordered after all, and any rest may be written off. */
import { type RawBuilder, sql } from 'kysely';
import type { CarryReason, Cents, Day, Period } from '../../model.ts';
import { onlyRow } from '../answers.ts';
import type { Db } from '../database.ts';
import { orderedByKey } from './ordered.ts';

/** Which rests of one employer are meant; null = all. */
export interface RestsChosen {
  readonly enterpriseNumber: string;
  readonly productCode: string | null;
  readonly nationalRegisterNumber: string | null;
  readonly period: Period | null;
}

export interface Rest {
  readonly beneficiaryId: number;
  readonly productCode: string;
  readonly period: Period;
  readonly faceValue: Cents;
  /** signed: below zero, more was ordered than is granted */
  readonly quantity: number;
  readonly reason: CarryReason;
}

/** The products of which leavers have something left that they earned, each with the last month of it. */
export async function readProductsOfLeavers(
  db: Db,
  chosen: RestsChosen,
): Promise<{ productCode: string; period: Period }[]> {
  const found = await sql<{ productCode: string; period: Period }>`
    select c.product_code as "productCode", max(c.period) as period
      from carry c join beneficiary b on b.enterprise_number = c.enterprise_number and b.id = c.beneficiary_id
     where c.reason = 'leaver.unordered' and c.quantity > 0 and ${isChosen(chosen)}
     group by 1 order by 1`.execute(db);
  return found.rows;
}

/**
 * Keeps in `open_quantity` only what the chosen leavers still earned, and lets it be ordered for those who have a valid card:
 * they get no new one.
 */
export async function allowRestsOfLeavers(db: Db, chosen: RestsChosen, today: Day): Promise<void> {
  await sql`
    delete from open_quantity q
     where q.reason is distinct from 'leaver.unordered'
        or not exists (select from beneficiary b
                        where b.id = q.beneficiary_id and b.enterprise_number = ${chosen.enterpriseNumber}
                          and ${isChosenPerson(chosen)})
        or (${chosen.period}::text is not null and q.period <> ${chosen.period})`.execute(db);
  await sql`
    update open_quantity q
       set reason = case when exists (
             select from card c
              where c.national_register_number = b.national_register_number and c.status = 'active'
                and coalesce(c.expires_on, 'infinity') >= ${today}::date) then null else 'no-card' end
      from beneficiary b
     where b.enterprise_number = ${chosen.enterpriseNumber} and b.id = q.beneficiary_id`.execute(db);
}

/** How many differences in `open_quantity` may not be ordered. */
export async function countLeft(db: Db): Promise<number> {
  const found = await sql<{ left: number }>`
    select count(*) as left from open_quantity where reason is not null`.execute(db);
  return onlyRow(found).left;
}

/** Replaces the carry of exactly what `open_quantity` holds: what was ordered has none, the others their reason. */
export async function replaceCarryOfLeavers(db: Db): Promise<void> {
  await sql`
    delete from carry c using slot_run r, open_quantity q
     where q.slot = r.slot and c.enterprise_number = r.enterprise_number and c.product_code = r.product_code
       and c.beneficiary_id = q.beneficiary_id and c.period = q.period and c.face_value = q.face_value`.execute(db);
  await sql`
    insert into carry (enterprise_number, beneficiary_id, product_code, period, face_value, quantity, reason, order_id)
    select r.enterprise_number, q.beneficiary_id, r.product_code, q.period, q.face_value, q.quantity, q.reason, r.order_id
      from open_quantity q join slot_run r using (slot)
     where q.reason is not null`.execute(db);
}

/** Notes who ordered for leavers on the orders that were made in `slot_run`, and why: their lines survive the confirmation. */
export async function noteOrderedForLeavers(db: Db, by: string, why: string): Promise<void> {
  await sql`
    update voucher_order o set ordered_by = ${by}, ordered_why = ${why}
      from slot_run r where o.enterprise_number = r.enterprise_number and o.id = r.order_id`.execute(db);
}

/**
 * Closes the chosen rests as far as they are still open: what is granted becomes what was ordered, with who and why in the
 * history, and their carry goes. A rest that is open no more, or the other way round, is left to the next run.
 * To be called under the lock of the employer.
 * @returns all chosen rests; `quantity` is what was closed of each, 0 where nothing is open any more
 */
export async function writeOffRests(
  db: Db,
  chosen: RestsChosen,
  reasons: readonly CarryReason[],
  { by, why }: { readonly by: string; readonly why: string },
): Promise<Rest[]> {
  const ordered = orderedByKey(sql`
    o.enterprise_number = ${chosen.enterpriseNumber} and l.beneficiary_id in (select beneficiary_id from meant)`);
  const found = await sql<Rest>`
    with meant as (
      select c.* from carry c join beneficiary b on b.enterprise_number = c.enterprise_number and b.id = c.beneficiary_id
       where ${isChosen(chosen)} and c.reason = any (${[...reasons]}::text[])
    ), ordered as (${ordered}
    ), looked_at as (
      select m.*, coalesce(e.quantity, 0) - coalesce(o.quantity, 0) as open
        from meant m
        left join entitlement e using (enterprise_number, beneficiary_id, product_code, period, face_value)
        left join ordered o using (enterprise_number, beneficiary_id, product_code, period, face_value)
    ), rest as (
      select enterprise_number, beneficiary_id, product_code, period, face_value, reason,
             case when quantity > 0 then greatest(0, least(quantity, open)) else least(0, greatest(quantity, open)) end as rest
        from looked_at
    ), closed as (
      delete from carry c using rest r
       where r.rest <> 0 and (c.enterprise_number, c.beneficiary_id, c.product_code, c.period, c.face_value)
                           = (r.enterprise_number, r.beneficiary_id, r.product_code, r.period, r.face_value)
    ), changed as (
      update entitlement e set added_quantity = e.added_quantity - r.rest
        from rest r
       where r.rest <> 0 and (e.enterprise_number, e.beneficiary_id, e.product_code, e.period, e.face_value)
                           = (r.enterprise_number, r.beneficiary_id, r.product_code, r.period, r.face_value)
      returning e.*, r.rest
    ), noted as (
      insert into entitlement_change (enterprise_number, beneficiary_id, product_code, period, face_value, before, after, kind,
                                      changed_by, why)
      select enterprise_number, beneficiary_id, product_code, period, face_value, quantity + rest, quantity, 'written-off',
             ${by}, ${why}
        from changed
    )
    select beneficiary_id as "beneficiaryId", product_code as "productCode", period, face_value as "faceValue",
           rest as quantity, reason
      from rest order by 1, 2, 3, 4`.execute(db);
  return found.rows;
}

/** Waits until nobody else orders, confirms or cancels for the employer. */
export async function lockEmployer(db: Db, enterpriseNumber: string): Promise<void> {
  await sql`select from employer where enterprise_number = ${enterpriseNumber} for update`.execute(db);
}

function isChosen(chosen: RestsChosen): RawBuilder<boolean> {
  return sql<boolean>`
    c.enterprise_number = ${chosen.enterpriseNumber}
    and (${chosen.productCode}::text is null or c.product_code = ${chosen.productCode})
    and (${chosen.period}::text is null or c.period = ${chosen.period})
    and ${isChosenPerson(chosen)}`;
}

function isChosenPerson({ nationalRegisterNumber }: RestsChosen): RawBuilder<boolean> {
  return sql<boolean>`
    (${nationalRegisterNumber}::text is null or b.national_register_number = ${nationalRegisterNumber})`;
}
