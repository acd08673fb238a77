/** What is granted and not ordered, and why: the carry of the last runs, and the differences that no run has looked at yet. */
import { sql } from 'kysely';
import type { CarryReason, Cents, Period } from '../../model.ts';
import type { Db } from '../database.ts';
import { orderedByKey } from './ordered.ts';

export interface CarryRow {
  readonly enterpriseNumber: string;
  readonly beneficiaryId: number;
  readonly personnelNumber: string | null;
  readonly lastName: string;
  readonly firstName: string;
  readonly productCode: string;
  readonly period: Period;
  readonly faceValue: Cents;
  /** signed: below zero, more was ordered than is granted */
  readonly quantity: number;
  readonly reason: CarryReason | 'not-yet-run';
  /** the order of the run that left it; null when that made none, or when no run has looked */
  readonly orderId: number | null;
}

/** For one employer, or for all of them (null); by employer, person and month. */
export async function readCarry(db: Db, enterpriseNumber: string | null): Promise<CarryRow[]> {
  const one = enterpriseNumber === null ? sql`true` : sql`enterprise_number = ${enterpriseNumber}`;
  const ofOrders = enterpriseNumber === null ? one : sql`o.enterprise_number = ${enterpriseNumber}`;
  const found = await sql<CarryRow>`
    with ordered as (${orderedByKey(ofOrders)}
    ), carried as (
      select * from carry where ${one}
    ), open as (
      select enterprise_number, beneficiary_id, product_code, period, face_value, quantity, reason, order_id from carried
      union all
      select enterprise_number, beneficiary_id, product_code, period, face_value,
             e.quantity - coalesce(o.quantity, 0) - coalesce(c.quantity, 0), 'not-yet-run', null
        from (select * from entitlement where ${one}) e
        left join ordered o using (enterprise_number, beneficiary_id, product_code, period, face_value)
        left join carried c using (enterprise_number, beneficiary_id, product_code, period, face_value)
       where e.quantity - coalesce(o.quantity, 0) - coalesce(c.quantity, 0) <> 0
    )
    select o.enterprise_number as "enterpriseNumber", o.beneficiary_id as "beneficiaryId",
           b.personnel_number as "personnelNumber", b.last_name as "lastName", b.first_name as "firstName",
           o.product_code as "productCode", o.period, o.face_value as "faceValue", o.quantity, o.reason, o.order_id as "orderId"
      from open o join beneficiary b on b.enterprise_number = o.enterprise_number and b.id = o.beneficiary_id
     order by o.enterprise_number, b.last_name, b.first_name, b.id, o.product_code, o.period, o.face_value, o.reason`.execute(
    db,
  );
  return found.rows;
}
