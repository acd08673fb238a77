/** What a payroll file is about: employers, products and months, and whether its sender may speak of them. */
import { sql } from 'kysely';
import { onlyRow } from '../answers.ts';
import type { Db } from '../database.ts';
import { type Delivery, findIssue } from '../files/found-issues.ts';
import { FEW } from '../files/plan-tables.ts';
import { renumbered } from '../people/person-numbers.ts';

/**
 * A correction may still come after a mandate has ended: for any month that it covered in part, until the last day of the
 * month after that month's quarter, when quarterly declarations close.
 */
const mandated = (delivery: Delivery) =>
  delivery.secretariat === 'issuer'
    ? sql`exists (select from employer e where e.enterprise_number = g.enterprise_number)`
    : sql`exists (
        select from mandate m
         where m.enterprise_number = g.enterprise_number and m.secretariat_code = ${delivery.secretariat}
           and (${delivery.receivedOn}::date between m.valid_from and coalesce(m.valid_to, 'infinity')
             or (m.valid_to < ${delivery.receivedOn}::date
                 and m.valid_from <= (g.month + interval '1 month - 1 day')::date and m.valid_to >= g.month
                 and ${delivery.receivedOn}::date
                     <= (date_trunc('quarter', g.month) + interval '4 months - 1 day')::date)))`;

/**
 * Fills `payroll_scope`: what is the same for all rows of an employer, product and month. A file has far fewer of them than rows.
 * Rows whose product or month could not be read stand in it with null, for their mandate alone. Old register numbers of the rows
 * are replaced on the way.
 */
export async function scopePayroll(db: Db, delivery: Delivery, counts: 'restated' | 'signed'): Promise<ScopeFacts> {
  const otherSource =
    counts === 'restated'
      ? sql`select from entitlement_change c
             where c.enterprise_number = g.enterprise_number and c.product_code = g.product_code and c.kind = 'signed'`
      : sql`select from entitlement e
             where e.enterprise_number = g.enterprise_number and e.product_code = g.product_code
               and e.restated_as_of is not null`;
  const found = await sql<ScopeFacts & { scopes: number }>`
    with renumbered as (${renumbered('stage_payroll')}), scopes as (
    insert into payroll_scope
    select t.*, mandated and contracted and not closed and not confirmed_later and not split and not other_source as plain
      from (
    select g.*, ${mandated(delivery)} as mandated,
           exists (select from contract c
                    where c.enterprise_number = g.enterprise_number and c.product_code = g.product_code
                      and c.valid_from <= (g.month + interval '1 month - 1 day')::date
                      and coalesce(c.valid_to, 'infinity') >= g.month) as contracted,
           exists (select from confirmed_entitlement c
                    where c.enterprise_number = g.enterprise_number and c.product_code = g.product_code
                      and c.period = g.period and c.as_of > ${delivery.asOf}::timestamptz) as confirmed_later,
           exists (select from entitlement_split e
                    where e.enterprise_number = g.enterprise_number and e.product_code = g.product_code) as split,
           exists (${otherSource}) as other_source,
           exists (select from entitlement_change c
                    where c.enterprise_number = g.enterprise_number and c.kind = 'written-off') as written_off,
           coalesce(p.sale_until < ${delivery.receivedOn}::date, false) as closed,
           (select l.max_face_value from product_limit l
             where l.product_code = g.product_code and l.valid_from <= g.month
             order by l.valid_from desc limit 1) as max_face_value
      from (select enterprise_number, product_code, period, to_date(period, 'YYYY-MM') as month, count(*)::int as rows,
                   bool_or(value is not null) as printed, bool_or(employment_end is not null) as ends
              from stage_payroll where enterprise_number is not null group by 1, 2, 3) g
      left join product p on p.code = g.product_code
      -- With an offset, each is asked once and not again for plain.
      offset 0) t
    returning *)
    select count(*)::int as scopes, coalesce(sum(rows) filter (where mandated and product_code is not null and period is not null), 0)::int as rows,
           coalesce(bool_or(printed), false) as printed, coalesce(bool_or(ends), false) as ends,
           coalesce(bool_or(split), false) as split, coalesce(bool_or(other_source), false) as "otherSource",
           coalesce(bool_or(written_off), false) as "writtenOff",
           coalesce(bool_or(not mandated), false) as strangers
      from scopes`.execute(db);
  const { scopes, ...facts } = onlyRow(found);
  if (scopes > FEW) await sql`analyze payroll_scope`.execute(db);
  if (facts.strangers)
    await findIssue(
      'mandate.missing',
      null,
      sql`select s.row_number from stage_payroll s
            join payroll_scope g on g.enterprise_number = s.enterprise_number
             and g.product_code is not distinct from s.product_code and g.period is not distinct from s.period
           where not g.mandated`,
    ).execute(db);
  return facts;
}

/** What a file brings; a statement that finds nothing to do looks at every row all the same. */
export interface ScopeFacts {
  /** rows that name an employer of the sender, a product and a month */
  readonly rows: number;
  /** some row prints a value beside a total */
  readonly printed: boolean;
  /** some row brings an end of employment */
  readonly ends: boolean;
  /** an employer has a total that was split before */
  readonly split: boolean;
  /** an employer's product is counted by totals elsewhere and by increments here, or the other way round */
  readonly otherSource: boolean;
  /** some row is about an employer for whom its sender may not act */
  readonly strangers: boolean;
  /** something of an employer was written off */
  readonly writtenOff: boolean;
}
