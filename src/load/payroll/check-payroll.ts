/** What is wrong with the planned rows of a payroll file: one look at each row, and a second one at people with several rows. */
import { sql } from 'kysely';
import type { Db } from '../database.ts';
import { keepOneIssueAColumn } from '../files/found-issues.ts';

/** Whether something may be wrong with a planned row `p`. */
export const SUSPECT = sql`
  p.beneficiary_id is null or p.closed or not p.contracted or not p.assigned or p.entitled_values > 1
  or p.face_value is null or p.face_value > p.max_face_value or p.printed_value is not null`;

/** Finds the issues of every planned row; a refused row has no outcome any more. `printed` when there are blended values. */
export async function checkPayroll(db: Db, printed: boolean): Promise<void> {
  // A blended value that nothing explains is told as that alone.
  const unexplained = printed
    ? sql`exists (select from blend b where b.row_number = p.row_number and not b.explained)`
    : sql`false`;
  const found = await sql`
    insert into found_issue (row_number, column_name, code, severity, params)
    select p.row_number, i.column_name, i.code, i.severity, i.params
      from plan_payroll p,
           lateral (values
             ('beneficiary.unknown', 'nationalRegisterNumber', 'error', '{}'::jsonb, p.beneficiary_id is null),
             ('product.closed', 'product', 'error', '{}', p.closed),
             ('contract.missing', 'product', 'error', '{}', not p.contracted and not p.closed),
             ('face-value.ambiguous', 'faceValue', 'error', '{}', p.entitled_values > 1 and p.assigned and p.beneficiary_id is not null),
             ('face-value.missing', 'faceValue', 'error', '{}',
              p.said_value is null and (not p.assigned or p.face_value is null and coalesce(p.entitled_values, 0) < 2)
                and p.beneficiary_id is not null),
             ('limit.exceeded', 'faceValue', 'error', jsonb_build_object('limit', p.max_face_value),
              p.face_value > p.max_face_value and p.beneficiary_id is not null),
             ('product.not-assigned', 'product', 'warning', '{}',
              p.said_value is not null and not p.assigned and p.beneficiary_id is not null),
             ('face-value.changed', 'value', 'warning', '{}',
              p.printed_value is not null and p.quantity <> 0 and p.given_back = 0 and p.said_value <> p.own_value)
           ) as i (code, column_name, severity, params, holds)
     where (${SUSPECT})
       and i.holds and (i.column_name = 'product' or not ${unexplained})`.execute(db);
  if (!printed && found.numAffectedRows === 0n) return;
  await keepOneIssueAColumn(db, 'stage_payroll');
  await dropRefused(db);
}

/**
 * Rows of one file about the same person, product, month and face value. Of totals, equal ones are copies of the first and
 * different ones contradict each other, unless the layout adds them up; increments all count.
 */
export async function settleRepeated(
  db: Db,
  counts: 'restated' | 'signed',
  sameKey: 'conflict' | 'sum',
): Promise<void> {
  await sql`
    create temporary table repeated on commit drop as
    select p.row_number, first_value(p.row_number) over same as leader,
           min(array[p.quantity, p.given_back]) over same <> max(array[p.quantity, p.given_back]) over same as contradicted,
           (sum(p.quantity) over same)::int as total
      from plan_payroll p
     where p.outcome is not null
       and p.beneficiary_id in (select beneficiary_id from plan_payroll where outcome is not null group by 1 having count(*) > 1)
    window same as (partition by p.enterprise_number, p.beneficiary_id, p.product_code, p.period, p.face_value
                    order by p.row_number rows between unbounded preceding and unbounded following)`.execute(db);
  if (counts === 'signed') {
    await sql`
      update plan_payroll p set outcome = 'updated', leads = false
        from repeated r where r.row_number = p.row_number and r.leader <> p.row_number`.execute(db);
    return;
  }
  if (sameKey === 'conflict') {
    await sql`
      insert into found_issue (row_number, column_name, code, severity)
      select row_number, 'quantity', 'row.conflict', 'error' from repeated where contradicted`.execute(db);
    await dropRefused(db);
  }
  await sql`
    update plan_payroll p
       set leads = r.leader = p.row_number,
           quantity = ${sameKey === 'sum' ? sql`r.total` : sql`p.quantity`},
           outcome = case when r.leader <> p.row_number then ${sameKey === 'sum' ? sql`'updated'` : sql`'duplicate'`}
                          when ${sameKey === 'sum'} and p.outcome = 'unchanged' and not p.stale
                               and p.restated_quantity <> r.total then 'updated'
                          when ${sameKey === 'sum'} and p.outcome = 'updated' and p.restated_quantity = r.total then 'unchanged'
                          else p.outcome end,
           -- The face values of the other rows of the file are no others that this one replaces.
           others = 1
      from repeated r where r.row_number = p.row_number and p.outcome is not null`.execute(db);
}

async function dropRefused(db: Db): Promise<void> {
  await sql`
    update plan_payroll p set outcome = null
      from found_issue f where f.row_number = p.row_number and f.severity = 'error' and p.outcome is not null`.execute(
    db,
  );
}
