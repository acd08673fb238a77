/** What an order by hand must respect: whether employer and product exist, and the highest face value of the month. */
import { sql } from 'kysely';
import type { Cents, Period } from '../../model.ts';
import { onlyRow } from '../answers.ts';
import type { Db } from '../database.ts';

export interface ProductTerms {
  readonly employer: boolean;
  /** null when there is no such product */
  readonly kind: 'count' | 'amount' | null;
  /** codes of all products */
  readonly products: readonly string[];
  /** null = no limit */
  readonly maxFaceValue: Cents | null;
}

export async function readProductTerms(
  db: Db,
  enterpriseNumber: string,
  productCode: string,
  period: Period,
): Promise<ProductTerms> {
  const found = await sql<ProductTerms>`
    select exists (select from employer where enterprise_number = ${enterpriseNumber}) as employer,
           (select kind from product where code = ${productCode}) as kind,
           array(select code from product order by code) as products,
           (select l.max_face_value from product_limit l
             where l.product_code = ${productCode} and l.valid_from <= to_date(${period}, 'YYYY-MM')
             order by l.valid_from desc limit 1) as "maxFaceValue"`.execute(db);
  return onlyRow(found);
}
