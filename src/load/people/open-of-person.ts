/** Why one beneficiary's count is what it is: granted, ordered and carried side by side, and what a judged run would do. */
import { sql } from 'kysely';
import type { CarryReason, Cents, Period } from '../../model.ts';
import type { Db } from '../database.ts';
import { orderedByKey } from '../orders/ordered.ts';

/** One month and face value of a product; all quantities in vouchers, signed. */
export interface OpenOfPerson {
  readonly productCode: string;
  readonly period: Period;
  readonly faceValue: Cents;
  readonly entitled: number;
  /** on orders that are not cancelled, drafts included */
  readonly ordered: number;
  readonly open: number;
  /** what the last run left of it, and why */
  readonly carried: number;
  readonly reason: CarryReason | null;
  /** `open` without `carried`: came after the last run */
  readonly notYetRun: number;
}

export async function readOpenOfPerson(
  db: Db,
  enterpriseNumber: string,
  beneficiaryId: number,
): Promise<OpenOfPerson[]> {
  const ofPerson = sql`enterprise_number = ${enterpriseNumber} and beneficiary_id = ${beneficiaryId}`;
  const found = await sql<OpenOfPerson>`
    with ordered as (${orderedByKey(sql`l.enterprise_number = ${enterpriseNumber} and l.beneficiary_id = ${beneficiaryId}`)}
    )
    select e.product_code as "productCode", e.period, e.face_value as "faceValue", e.quantity as entitled,
           coalesce(o.quantity, 0) as ordered, e.quantity - coalesce(o.quantity, 0) as open,
           coalesce(c.quantity, 0) as carried, c.reason,
           e.quantity - coalesce(o.quantity, 0) - coalesce(c.quantity, 0) as "notYetRun"
      from (select * from entitlement where ${ofPerson}) e
      left join ordered o using (product_code, period, face_value)
      left join (select * from carry where ${ofPerson}) c using (product_code, period, face_value)
     order by 1, 2, 3`.execute(db);
  return found.rows;
}

export interface JudgedQuantity {
  readonly period: Period;
  readonly faceValue: Cents;
  readonly quantity: number;
  /** null = it is ordered */
  readonly reason: CarryReason | null;
}

/** What `open_quantity` of the caller's transaction holds of one person. */
export async function readJudged(db: Db, beneficiaryId: number): Promise<JudgedQuantity[]> {
  const found = await sql<JudgedQuantity>`
    select period, face_value as "faceValue", quantity, reason from open_quantity
     where beneficiary_id = ${beneficiaryId} order by 1, 2`.execute(db);
  return found.rows;
}
