/** What an order by hand must respect: whether employer and product exist, and the highest face value of the month. */
import { sql } from 'kysely';
import type { Cents, Period } from '../../model.ts';
import { onlyRow } from '../answers.ts';
import type { Db } from '../database.ts';

export interface ProductTerms {
  readonly employer: boolean;
  readonly product: boolean;
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
           exists (select from product where code = ${productCode}) as product,
           (select l.max_face_value from product_limit l
             where l.product_code = ${productCode} and l.valid_from <= to_date(${period}, 'YYYY-MM')
             order by l.valid_from desc limit 1) as "maxFaceValue"`.execute(db);
  return onlyRow(found);
}
