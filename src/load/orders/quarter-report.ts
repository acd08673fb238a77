/** Ordered against entitled over some months worked, by employer and product. */
import { sql } from 'kysely';
import type { Cents, Period } from '../../model.ts';
import type { Db } from '../database.ts';

export interface QuarterRow {
  readonly enterpriseNumber: string;
  readonly employerName: string;
  readonly productCode: string;
  /** `count` products are due by the quarter; amounts are told beside them */
  readonly productKind: 'count' | 'amount';
  readonly entitledVouchers: number;
  readonly orderedVouchers: number;
  readonly entitled: Cents;
  readonly ordered: Cents;
  /** vouchers granted and not ordered, and ordered and no longer granted, person by person and value by value */
  readonly missingVouchers: number;
  readonly excessVouchers: number;
}

/** Every employer and product with anything granted or ordered for the months, drafts included; by employer and product. */
export async function readQuarter(db: Db, first: Period, last: Period): Promise<QuarterRow[]> {
  const found = await sql<QuarterRow>`
    with entry as (
      select enterprise_number, product_code, beneficiary_id, period, face_value, quantity as granted, 0 as ordered
        from entitlement where period between ${first} and ${last}
      union all
      select l.enterprise_number, o.product_code, l.beneficiary_id, l.period, l.face_value, 0, l.quantity
        from order_line l join voucher_order o on o.enterprise_number = l.enterprise_number and o.id = l.order_id
       where o.status <> 'cancelled' and l.period between ${first} and ${last}
    ), key as (
      select enterprise_number, product_code, face_value, sum(granted) as granted, sum(ordered) as ordered
        from entry group by enterprise_number, product_code, beneficiary_id, period, face_value
    ), total as (
      select enterprise_number, product_code, sum(granted)::bigint as granted, sum(ordered)::bigint as ordered,
             sum(granted * face_value)::bigint as granted_money, sum(ordered * face_value)::bigint as ordered_money,
             sum(greatest(granted - ordered, 0))::bigint as missing, sum(greatest(ordered - granted, 0))::bigint as excess
        from key group by 1, 2
    )
    select t.enterprise_number as "enterpriseNumber", e.name as "employerName", t.product_code as "productCode",
           p.kind as "productKind", t.granted as "entitledVouchers", t.ordered as "orderedVouchers",
           t.granted_money as entitled, t.ordered_money as ordered, t.missing as "missingVouchers", t.excess as "excessVouchers"
      from total t
      join employer e using (enterprise_number)
      join product p on p.code = t.product_code
     where t.granted <> 0 or t.ordered <> 0 or t.missing <> 0 or t.excess <> 0
     order by 1, 3`.execute(db);
  return found.rows;
}
