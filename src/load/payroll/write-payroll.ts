/** Writes the entitlements of a checked payroll plan: totals that replace what was restated before, or signed increments. */
import { type RawBuilder, sql } from 'kysely';
import type { Db } from '../database.ts';
import type { Delivery } from '../files/found-issues.ts';
import { undoWriteOffs } from '../orders/undo-write-offs.ts';
import { planSplits, undoSplits, writeSplits } from './blends.ts';
import type { PlanFacts } from './plan-payroll.ts';
import type { ScopeFacts } from './scope-payroll.ts';

const key = (alias: string): RawBuilder<unknown> =>
  sql.raw(
    ['enterprise_number', 'beneficiary_id', 'product_code', 'period'].map((name) => `${alias}.${name}`).join(', '),
  );

/** Totals: the latest file wins, for all face values of a person, product and month. A total that stays as it is writes nothing. */
export async function writeRestated(
  db: Db,
  delivery: Delivery,
  facts: PlanFacts & Pick<ScopeFacts, 'printed' | 'writtenOff'> & { readonly splits: boolean },
): Promise<void> {
  if (facts.splits) {
    await planSplits(db, facts.printed);
    await undoSplits(db, delivery);
  }
  if (facts.writtenOff) await undoWriteOffs(db, delivery);
  if (facts.counts.created > 0) await insertTotals(db, delivery);
  // A row that only its end of employment made an update says its total anew, too.
  if (facts.counts.created + facts.counts.updated > 0 || facts.updated) await updateTotals(db, delivery, facts.updated);
  if (facts.others) await endOtherValues(db, delivery);
  if (facts.splits) await writeSplits(db, delivery);
  if (facts.unchanged) await confirmUnchanged(db, delivery);
}

/** In the order of the file, which is mostly that of the key; the employer is locked, so that no key appears meanwhile. */
async function insertTotals(db: Db, delivery: Delivery): Promise<void> {
  await sql`
    insert into entitlement (enterprise_number, beneficiary_id, product_code, period, face_value, restated_quantity,
                             restated_as_of, file_id, row_number)
    select ${key('p')}, p.face_value, p.quantity, ${delivery.asOf}::timestamptz, ${delivery.fileId}::bigint, p.row_number
      from plan_payroll p where p.leads and not p.stale and p.outcome = 'created' and not p.known`.execute(db);
}

/** Of keys that are there: said before, or granted without payroll. */
async function updateTotals(db: Db, delivery: Delivery, updated: boolean): Promise<void> {
  await sql`
    ${updated ? sql`with noted as (${noteUpdated(delivery)})` : sql``}
    update entitlement e
       set restated_quantity = p.quantity, restated_as_of = ${delivery.asOf}::timestamptz, file_id = ${delivery.fileId}::bigint,
           row_number = p.row_number
      from plan_payroll p
     where (${key('e')}, e.face_value) = (${key('p')}, p.face_value)
       and p.leads and not p.stale and p.known and p.outcome in ('created', 'updated')`.execute(db);
}

/** History of the totals that change, as a part of the statement that changes them; a first total is told by its entitlement itself. */
function noteUpdated(delivery: Delivery): RawBuilder<unknown> {
  return sql`
    insert into entitlement_change (enterprise_number, beneficiary_id, product_code, period, face_value, before, after, kind,
                                    file_id, row_number)
    select ${key('p')}, p.face_value, e.quantity, e.added_quantity + p.quantity, 'restated', ${delivery.fileId}::bigint, p.row_number
      from plan_payroll p
      join entitlement e on (${key('e')}, e.face_value) = (${key('p')}, p.face_value)
     where p.leads and not p.stale and p.outcome = 'updated' and p.restated_quantity <> p.quantity`;
}

/** What the same person, product and month was granted at other face values before this file said the total. */
async function endOtherValues(db: Db, delivery: Delivery): Promise<void> {
  await sql`
    create temporary table replaced on commit drop as
    select distinct on (${key('e')}, e.face_value) e.*, p.row_number as by_row
      from plan_payroll p join entitlement e on (${key('e')}) = (${key('p')})
     where p.others > 0 and p.outcome is not null and not p.stale and e.restated_quantity <> 0
       and not exists (select from plan_payroll o
                        where (${key('o')}, o.face_value) = (${key('e')}, e.face_value) and o.outcome is not null)
     order by ${key('e')}, e.face_value, p.row_number`.execute(db);
  await sql`
    insert into entitlement_change (enterprise_number, beneficiary_id, product_code, period, face_value, before, after, kind,
                                    file_id, row_number)
    select ${key('r')}, r.face_value, r.quantity, r.added_quantity, 'restated', ${delivery.fileId}::bigint, r.by_row
      from replaced r`.execute(db);
  await sql`
    update entitlement e set restated_quantity = 0, restated_as_of = ${delivery.asOf}::timestamptz,
                             file_id = ${delivery.fileId}::bigint, row_number = r.by_row
      from replaced r where (${key('e')}, e.face_value) = (${key('r')}, r.face_value)`.execute(db);
}

/**
 * Totals that a newer file says again are not written again, but must not fall to an older file that comes late: one row an
 * employer, product and month says whose totals were confirmed, and when.
 */
async function confirmUnchanged(db: Db, delivery: Delivery): Promise<void> {
  await sql`
    insert into confirmed_entitlement (enterprise_number, product_code, period, as_of, file_id, beneficiary_ids)
    select enterprise_number, product_code, period, ${delivery.asOf}::timestamptz, ${delivery.fileId}::bigint,
           coalesce(s.beneficiary_ids, '{}') || coalesce(p.beneficiary_ids, '{}')
      from standing s
      full join (
        select enterprise_number, product_code, period, array_agg(beneficiary_id) as beneficiary_ids
          from plan_payroll p
         where leads and outcome = 'unchanged' and not stale and restated_as_of < ${delivery.asOf}::timestamptz
         group by 1, 2, 3) p using (enterprise_number, product_code, period)
     where s.beneficiary_ids is not null or p.beneficiary_ids is not null
    on conflict (enterprise_number, product_code, period, file_id) do update
      set as_of = excluded.as_of, beneficiary_ids = excluded.beneficiary_ids`.execute(db);
  await sql`
    delete from confirmed_entitlement old using confirmed_entitlement new
     where new.file_id = ${delivery.fileId}::bigint and old.file_id <> new.file_id and old.as_of <= new.as_of
       and (old.enterprise_number, old.product_code, old.period) = (new.enterprise_number, new.product_code, new.period)
       and old.beneficiary_ids <@ new.beneficiary_ids`.execute(db);
}

/** Increments: every row counts, also twice the same one. */
export async function writeSigned(db: Db, delivery: Delivery): Promise<void> {
  await sql`
    insert into entitlement_change (enterprise_number, beneficiary_id, product_code, period, face_value, before, after, kind,
                                    file_id, row_number)
    select ${key('p')}, p.face_value, coalesce(e.quantity, 0) + p.so_far - p.quantity, coalesce(e.quantity, 0) + p.so_far, 'signed',
           ${delivery.fileId}::bigint, p.row_number
      from (select p.*, (sum(p.quantity) over (partition by ${key('p')}, p.face_value order by p.row_number))::int as so_far
              from plan_payroll p where p.outcome is not null) p
      left join entitlement e on (${key('e')}, e.face_value) = (${key('p')}, p.face_value)`.execute(db);
  await sql`
    insert into entitlement as e (enterprise_number, beneficiary_id, product_code, period, face_value, added_quantity,
                                  file_id, row_number)
    select ${key('p')}, p.face_value, sum(p.quantity)::int, ${delivery.fileId}::bigint, max(p.row_number)
      from plan_payroll p where p.outcome is not null group by 1, 2, 3, 4, 5
    on conflict (enterprise_number, beneficiary_id, product_code, period, face_value) do update
      set added_quantity = e.added_quantity + excluded.added_quantity, file_id = excluded.file_id,
          row_number = excluded.row_number`.execute(db);
}
