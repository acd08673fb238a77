/** One beneficiary as stored: the record, its products, history, cards, and why its counts are what they are. */
import { sql } from 'kysely';
import type { Db } from '../database.ts';

type Row = Readonly<Record<string, unknown>>;

export interface BeneficiaryRecord {
  readonly beneficiary: Row;
  readonly products: readonly Row[];
  readonly cards: readonly Row[];
  readonly entitlements: readonly Row[];
  readonly entitlementChanges: readonly Row[];
  readonly orderLines: readonly Row[];
  readonly carry: readonly Row[];
  readonly history: readonly Row[];
}

/** Active or inactive, undefined for an unknown person or employer alike. */
export async function findBeneficiaryStatus(
  db: Db,
  enterpriseNumber: string,
  nationalRegisterNumber: string,
): Promise<'active' | 'inactive' | undefined> {
  const found = await sql<{ status: 'active' | 'inactive' }>`
    select status from beneficiary
     where enterprise_number = ${enterpriseNumber} and national_register_number = ${nationalRegisterNumber}`.execute(
    db,
  );
  return found.rows[0]?.status;
}

/** @returns undefined for an unknown person or employer alike */
export async function getBeneficiary(
  db: Db,
  enterpriseNumber: string,
  nationalRegisterNumber: string,
): Promise<BeneficiaryRecord | undefined> {
  const found = await sql<Row & { id: number }>`
    select * from beneficiary
     where enterprise_number = ${enterpriseNumber} and national_register_number = ${nationalRegisterNumber}`.execute(
    db,
  );
  const [beneficiary] = found.rows;
  if (beneficiary === undefined) return undefined;
  const ofPerson = sql`enterprise_number = ${enterpriseNumber} and beneficiary_id = ${beneficiary.id}`;
  const rows = async (query: ReturnType<typeof sql<Row>>): Promise<readonly Row[]> => (await query.execute(db)).rows;
  return {
    beneficiary,
    products: await rows(sql<Row>`
      select product_code, valid_from, face_value, removed from beneficiary_product where ${ofPerson}
       order by product_code, valid_from`),
    cards: await rows(sql<Row>`
      select sequence, status, produced_on, expires_on from card
       where national_register_number = ${nationalRegisterNumber} order by sequence`),
    entitlements: await rows(sql<Row>`
      select e.product_code, e.period, e.face_value, e.quantity, e.restated_quantity, e.added_quantity, e.file_id,
             f.name as file_name, e.row_number
        from entitlement e left join drop_file f on f.id = e.file_id
       where e.enterprise_number = ${enterpriseNumber} and e.beneficiary_id = ${beneficiary.id}
       order by e.product_code, e.period, e.face_value`),
    entitlementChanges: await rows(sql<Row>`
      select c.product_code, c.period, c.face_value, c.before, c.after, c.kind, c.file_id, f.name as file_name,
             c.row_number, c.order_id, c.standing_order_id, c.changed_by, c.why, c.at
        from entitlement_change c left join drop_file f on f.id = c.file_id
       where c.enterprise_number = ${enterpriseNumber} and c.beneficiary_id = ${beneficiary.id} order by c.id`),
    orderLines: await rows(sql<Row>`
      select l.order_id, o.product_code, o.run_period, o.status, l.period, l.face_value, l.quantity
        from order_line l join voucher_order o on (o.enterprise_number, o.id) = (l.enterprise_number, l.order_id)
       where l.enterprise_number = ${enterpriseNumber} and l.beneficiary_id = ${beneficiary.id}
       order by l.order_id, l.period, l.face_value`),
    carry: await rows(sql<Row>`
      select product_code, period, face_value, quantity, reason, order_id from carry where ${ofPerson}
       order by product_code, period, face_value`),
    history: await rows(sql<Row>`
      select c.id, c.file_id, f.name as file_name, c.row_number, c.before, c.after, c.changed_by, c.why, c.at
        from beneficiary_change c left join drop_file f on f.id = c.file_id
       where c.enterprise_number = ${enterpriseNumber} and c.beneficiary_id = ${beneficiary.id} order by c.id`),
  };
}
