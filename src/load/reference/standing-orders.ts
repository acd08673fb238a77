/** Standing orders of active employers, with what decides their slots: contracts, and the months that have an order. */
import { sql } from 'kysely';
import type { Day, Period } from '../../model.ts';
import type { Db } from '../database.ts';
import { orderedByKey } from '../orders/ordered.ts';

export interface StandingOrderRow {
  readonly enterpriseNumber: string;
  readonly id: string;
  readonly productCode: string;
  readonly reference: string;
  readonly from: Period;
  readonly to: Period | null;
  readonly months: readonly number[] | null;
  readonly dayOfMonth: number;
  readonly shift: 'none' | 'previous-working-day' | 'next-working-day';
  readonly worked: 'previous-month' | 'this-month';
  readonly quantityFrom: 'payroll' | 'fixed' | 'amount';
  /** vouchers or cents for each person; null when payroll counts */
  readonly quantity: number | null;
  readonly validityStart: 'order-date' | 'first-of-next-month';
  readonly late: 'missed' | 'all' | 'carry';
  /** first days of the contracts of its product, over or not */
  readonly contractsFrom: readonly Day[];
  /** months worked that have a live recurring order */
  readonly filled: readonly Period[];
}

/** Open standing orders of one employer or of all (null), by enterprise number and id. */
export async function readStandingOrders(db: Db, enterpriseNumber: string | null = null): Promise<StandingOrderRow[]> {
  const asked = enterpriseNumber === null ? sql`true` : sql`s.enterprise_number = ${enterpriseNumber}`;
  const found = await sql<StandingOrderRow>`
    select s.enterprise_number as "enterpriseNumber", s.id, s.product_code as "productCode", s.reference,
           s.from_period as "from", s.to_period as "to", s.months, s.day_of_month as "dayOfMonth", s.shift, s.worked,
           s.quantity_from as "quantityFrom", s.quantity, s.validity_start as "validityStart", s.late,
           array(select c.valid_from::text from contract c
                  where c.enterprise_number = s.enterprise_number and c.product_code = s.product_code) as "contractsFrom",
           array(select o.run_period from voucher_order o
                  where o.enterprise_number = s.enterprise_number and o.standing_order_id = s.id
                    and o.kind = 'recurring' and o.status <> 'cancelled') as filled
      from standing_order s
      join employer e using (enterprise_number)
     where e.status = 'active' and not s.closed and ${asked}
     order by s.enterprise_number, s.id`.execute(db);
  return found.rows;
}

export interface ProductMonth {
  readonly enterpriseNumber: string;
  readonly productCode: string;
  readonly period: Period;
}

/** Those of the months for which payroll has granted at least one voucher of the product. */
export async function readMonthsWithPayroll(db: Db, months: readonly ProductMonth[]): Promise<ProductMonth[]> {
  const found = await sql<ProductMonth>`
    select m."enterpriseNumber", m."productCode", m.period
      from (select distinct * from jsonb_to_recordset(${JSON.stringify(months)}::jsonb)
              as m ("enterpriseNumber" text, "productCode" text, period text)) m
     where exists (
       select from entitlement e
        where e.enterprise_number = m."enterpriseNumber" and e.product_code = m."productCode" and e.period = m.period
          and e.quantity > 0)`.execute(db);
  return found.rows;
}

export interface FilledSlot {
  readonly enterpriseNumber: string;
  readonly standingOrderId: string;
  readonly period: Period;
}

/**
 * The filled slots of the employers that want another look: months in which a person has something granted and no line at all, where the rule
 * is `missed`; and the last filled month of every standing order, when the carry no longer explains what is granted and not
 * ordered, or when the rule is `all` and any grant is above what was ordered.
 */
export async function readSlotsToLookAtAgain(db: Db, employers: readonly string[]): Promise<FilledSlot[]> {
  if (employers.length === 0) return [];
  const asked = sql`any (${[...employers]}::text[])`;
  const found = await sql<FilledSlot>`
    with slot as (
      select o.enterprise_number, o.standing_order_id, o.product_code, o.run_period, s.late,
             o.run_period = max(o.run_period) over (partition by o.enterprise_number, o.standing_order_id) as is_last
        from voucher_order o
        join standing_order s on s.enterprise_number = o.enterprise_number and s.id = o.standing_order_id and not s.closed
        join employer e on e.enterprise_number = o.enterprise_number and e.status = 'active'
       where o.kind = 'recurring' and o.status <> 'cancelled' and o.enterprise_number = ${asked}
    ), ordered as (${orderedByKey(sql`true`)}
    ), difference as (
      select enterprise_number, beneficiary_id, product_code, period, e.quantity - coalesce(o.quantity, 0) as open,
             coalesce(c.quantity, 0) as carried
        from entitlement e
        left join ordered o using (enterprise_number, beneficiary_id, product_code, period, face_value)
        left join carry c using (enterprise_number, beneficiary_id, product_code, period, face_value)
       where e.quantity <> coalesce(o.quantity, 0) or coalesce(c.quantity, 0) <> 0
    ), judged as (
      select d.*,
             d.open > 0 and (b.status = 'active' or b.status_reason = 'employment-ended') as may_be_ordered,
             not exists (select from ordered o
                          where o.enterprise_number = d.enterprise_number and o.beneficiary_id = d.beneficiary_id
                            and o.product_code = d.product_code and o.period = d.period) as missed
        from difference d join beneficiary b on b.enterprise_number = d.enterprise_number and b.id = d.beneficiary_id
    )
    select distinct s.enterprise_number as "enterpriseNumber", s.standing_order_id as "standingOrderId", s.run_period as period
      from judged d join slot s using (enterprise_number, product_code)
     where (s.late = 'missed' and d.period = s.run_period and d.may_be_ordered and d.missed)
        or (s.is_last and d.period <= s.run_period and (d.open <> d.carried or (s.late = 'all' and d.may_be_ordered)))
     order by 1, 3, 2`.execute(db);
  return found.rows;
}
