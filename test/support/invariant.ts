/** Owns the promises that the books keep at every moment after a run, and tells which of them are broken. */
import { type RawBuilder, sql } from 'kysely';
import type { Db } from '../../src/load/database.ts';
import { isStructuredCommunication } from '../../src/transform/values/structured-communication.ts';

/**
 * What is wrong in the books; empty when all is well. Differences that came after the last run, which `carry` lists as not yet
 * run, show here too: look at the books after a run. An order by hand takes what is open at its moment; no run looks at its month
 * again before the month's own slot is due.
 */
export async function checkBooks(db: Db): Promise<string[]> {
  const violations: string[] = [];
  for (const [promise, broken] of Object.entries(PROMISES)) {
    const found = await sql<{ what: string }>`select what::text from (${broken}) broken order by 1`.execute(db);
    violations.push(...found.rows.map((row) => `${promise}: ${row.what}`));
  }
  const numbers = await sql<{ number: string }>`select number from structured_communication`.execute(db);
  for (const { number } of numbers.rows) {
    if (!isStructuredCommunication(number)) violations.push(`a structured communication is valid: ${number}`);
  }
  return violations;
}

const PROMISES: Readonly<Record<string, RawBuilder<unknown>>> = {
  'what is granted is ordered or carried': sql`
    with run as (
      select enterprise_number, product_code, max(run_period) as last
        from voucher_order where status <> 'cancelled' and kind = 'recurring' group by 1, 2
    ), key as (
      select enterprise_number, beneficiary_id, product_code, period, face_value, quantity as granted, 0 as ordered, 0 as carried
        from entitlement
      union all
      select l.enterprise_number, l.beneficiary_id, o.product_code, l.period, l.face_value, 0, l.quantity, 0
        from order_line l join voucher_order o on o.enterprise_number = l.enterprise_number and o.id = l.order_id
       where o.status <> 'cancelled'
      union all
      select enterprise_number, beneficiary_id, product_code, period, face_value, 0, 0, quantity from carry
    )
    select format('%s %s %s %s: granted %s, ordered %s, carried %s', beneficiary_id, product_code, period, face_value,
                  sum(granted), sum(ordered), sum(carried)) as what
      from key join run using (enterprise_number, product_code)
     where period <= last
     group by beneficiary_id, product_code, period, face_value
    having sum(granted) <> sum(ordered) + sum(carried)`,
  'an order is the sum of its lines': sql`
    select format('order %s: %s, lines %s', o.id, o.face_value_total, l.money) as what
      from voucher_order o
      left join lateral (
        select coalesce(sum(l.quantity::bigint * l.face_value), 0) as money from order_line l
         where l.enterprise_number = o.enterprise_number and l.order_id = o.id) l on true
     where o.face_value_total <> l.money`,
  'a total is face value, fees and VAT': sql`
    select format('order %s', id) as what from voucher_order where total <> face_value_total + fee_total + vat_total
    union all
    select format('invoice %s', number) from invoice where total <> face_value_total + fee_total + vat_total`,
  'a confirmed order is the sum of its invoices': sql`
    select format('order %s: %s, invoices %s', o.id, o.total, sum(i.total)) as what
      from voucher_order o
      left join invoice i on i.enterprise_number = o.enterprise_number and i.order_id = o.id and i.kind <> 'credit'
     where o.confirmed_on is not null
     group by o.id, o.total, o.face_value_total, o.fee_total, o.vat_total
    having (o.total, o.face_value_total, o.fee_total, o.vat_total)
           is distinct from (coalesce(sum(i.total), 0), coalesce(sum(i.face_value_total), 0), coalesce(sum(i.fee_total), 0),
                             coalesce(sum(i.vat_total), 0))`,
  'a cancelled order is credited in full': sql`
    select format('order %s: %s left', o.id, sum(i.total)) as what
      from voucher_order o join invoice i on i.enterprise_number = o.enterprise_number and i.order_id = o.id
     where o.status = 'cancelled' group by o.id having sum(i.total) <> 0`,
  'nobody gives money back in an order': sql`
    select format('order %s, beneficiary %s: %s', order_id, beneficiary_id, sum(quantity::bigint * face_value)) as what
      from order_line group by order_id, beneficiary_id having sum(quantity::bigint * face_value) <= 0`,
  'a slot has at most one live order': sql`
    select format('%s %s %s', enterprise_number, standing_order_id, run_period) as what
      from voucher_order where kind = 'recurring' and status <> 'cancelled'
     group by enterprise_number, standing_order_id, run_period having count(*) > 1`,
  'numbers have no gap': sql`
    select format('%s: last %s, highest %s of %s', s.series, s.last_number, max(n.number), count(n.number)) as what
      from invoice_series s left join invoice_number n using (series)
     group by s.series, s.last_number
    having count(n.number) <> s.last_number or max(n.number) is distinct from s.last_number or min(n.number) <> 1`,
  'an invoice has its number, once': sql`
    select i.number as what from invoice i
      left join invoice_number n on n.invoice_id = i.id and n.enterprise_number = i.enterprise_number
     group by i.number having count(n.number) <> 1 or count(*) <> 1`,
  'a structured communication belongs to one invoice': sql`
    select coalesce(i.number, c.number) as what
      from (select * from invoice where structured_communication is not null) i
      full join structured_communication c on c.number = i.structured_communication and c.invoice_id = i.id
     where i.id is null or c.number is null`,
  'an invoice has a communication when it is to be paid, and a notice unless it was credited': sql`
    select i.number as what from invoice i
     where (i.kind <> 'credit') <> (i.structured_communication is not null)
        or (i.kind = 'credit' or i.status <> 'credited')
           and not exists (select from invoice_notice m where m.enterprise_number = i.enterprise_number and m.invoice_id = i.id)`,
  'a confirmed order has ordered its cards': sql`
    select format('order %s', k.order_id) as what
      from order_card k
      join voucher_order o on o.enterprise_number = k.enterprise_number and o.id = k.order_id
      left join card c on c.national_register_number = k.national_register_number and c.sequence = k.sequence
     where o.status in ('invoiced', 'paid', 'released') and c.status is null`,
  'a card is on one confirmed order': sql`
    select format('orders %s', string_agg(o.id::text, ' ')) as what
      from order_card k join voucher_order o on o.enterprise_number = k.enterprise_number and o.id = k.order_id
     where o.status in ('invoiced', 'paid', 'released')
     group by k.national_register_number, k.sequence having count(*) > 1`,
};
