/** The promises of the books, added up from the stored rows alone. */
import { sql } from 'kysely';
import type { Cents } from '../model.ts';
import { onlyRow } from './answers.ts';
import type { Db } from './database.ts';

export interface Books {
  /** grants of beneficiary, product, month and face value up to the last month ordered for, and those that do not add up */
  readonly grants: number;
  readonly brokenGrants: number;
  readonly granted: Cents;
  readonly ordered: Cents;
  readonly carried: Cents;
  /** lines of the orders that are not cancelled, and what the orders say of themselves */
  readonly lineMoney: Cents;
  readonly orderMoney: Cents;
  readonly invoices: number;
  /** invoices whose total is not face value, fees and VAT */
  readonly brokenInvoices: number;
  readonly invoiceMoney: Cents;
  /** totals of the confirmed orders */
  readonly confirmedMoney: Cents;
  /** face value of the released orders, by their lines */
  readonly releasedMoney: Cents;
  readonly communications: readonly string[];
}

export async function readBooks(db: Db): Promise<Books> {
  const found = await sql<Books>`
    with run as (
      select enterprise_number, product_code, max(run_period) as last
        from voucher_order where status <> 'cancelled' group by 1, 2
    ), line as (
      select l.*, o.product_code, o.status from order_line l
        join voucher_order o on o.enterprise_number = l.enterprise_number and o.id = l.order_id
       where o.status <> 'cancelled'
    ), entry as (
      select enterprise_number, beneficiary_id, product_code, period, face_value, quantity as granted, 0 as ordered, 0 as carried
        from entitlement
      union all
      select enterprise_number, beneficiary_id, product_code, period, face_value, 0, quantity, 0 from line
      union all
      select enterprise_number, beneficiary_id, product_code, period, face_value, 0, 0, quantity from carry
    ), grant_sum as (
      select face_value, sum(granted) as granted, sum(ordered) as ordered, sum(carried) as carried
        from entry join run using (enterprise_number, product_code)
       where period <= last
       group by enterprise_number, beneficiary_id, product_code, period, face_value
    )
    select count(*)::int as grants,
           (count(*) filter (where granted <> ordered + carried))::int as "brokenGrants",
           coalesce(sum(granted * face_value), 0)::bigint as granted,
           coalesce(sum(ordered * face_value), 0)::bigint as ordered,
           coalesce(sum(carried * face_value), 0)::bigint as carried,
           (select coalesce(sum(quantity::bigint * face_value), 0)::bigint from line) as "lineMoney",
           (select coalesce(sum(face_value_total), 0)::bigint from voucher_order where status <> 'cancelled') as "orderMoney",
           (select count(*)::int from invoice) as invoices,
           (select count(*)::int from invoice where total <> face_value_total + fee_total + vat_total) as "brokenInvoices",
           (select coalesce(sum(total), 0)::bigint from invoice) as "invoiceMoney",
           (select coalesce(sum(total), 0)::bigint from voucher_order
             where status in ('invoiced', 'paid', 'released')) as "confirmedMoney",
           (select coalesce(sum(quantity::bigint * face_value), 0)::bigint from line where status = 'released') as "releasedMoney",
           array(select structured_communication from invoice where kind <> 'credit' order by id) as communications
      from grant_sum`.execute(db);
  return onlyRow(found);
}
