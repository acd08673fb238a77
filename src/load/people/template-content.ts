/** What the workbook of one employer is filled with: its places, the products under contract, and its active beneficiaries. */
import { sql } from 'kysely';
import type { Cents, Day, Language } from '../../model.ts';
import type { Db } from '../database.ts';

/** A delivery point or a cost center. */
export interface EmployerPlace {
  readonly number: number;
  readonly label: string;
}

export interface TemplateContent {
  readonly name: string;
  readonly language: Language;
  readonly deliveryPoints: readonly EmployerPlace[];
  readonly costCenters: readonly EmployerPlace[];
  /** codes of products that may be granted on the day */
  readonly products: readonly string[];
}

/** A record as stored, with the products that hold on a day. */
export interface TemplatePerson {
  /** columns of `beneficiary` */
  readonly record: Readonly<Record<string, unknown>>;
  readonly products: readonly { readonly code: string; readonly faceValue: Cents | null }[];
}

/** @returns undefined for an unknown employer */
export async function readTemplateContent(
  db: Db,
  enterpriseNumber: string,
  day: Day,
): Promise<TemplateContent | undefined> {
  const found = await sql<TemplateContent>`
    select e.name, e.language,
           (select coalesce(jsonb_agg(jsonb_build_object('number', p.number, 'label', p.label) order by p.number), '[]')
              from delivery_point p where p.enterprise_number = e.enterprise_number and not p.closed) as "deliveryPoints",
           (select coalesce(jsonb_agg(jsonb_build_object('number', c.number, 'label', c.label) order by c.number), '[]')
              from cost_center c where c.enterprise_number = e.enterprise_number and not c.closed) as "costCenters",
           array(select distinct c.product_code from contract c join product p on p.code = c.product_code
                  where c.enterprise_number = e.enterprise_number
                    and ${day}::date between c.valid_from and coalesce(c.valid_to, 'infinity')
                    and ${day}::date <= coalesce(p.sale_until, 'infinity')
                  order by 1) as products
      from employer e where e.enterprise_number = ${enterpriseNumber}`.execute(db);
  return found.rows[0];
}

/** The active people of an employer, by name, each with the products that hold in the month of the day. */
export async function readTemplatePeople(db: Db, enterpriseNumber: string, day: Day): Promise<TemplatePerson[]> {
  const found = await sql<TemplatePerson>`
    select to_jsonb(b) as record,
           (select coalesce(jsonb_agg(jsonb_build_object('code', x.product_code, 'faceValue', x.face_value)
                                      order by x.product_code), '[]')
              from (select distinct on (x.product_code) x.product_code, x.face_value, x.removed
                      from beneficiary_product x
                     where x.enterprise_number = b.enterprise_number and x.beneficiary_id = b.id
                       and x.valid_from <= date_trunc('month', ${day}::date)
                     order by x.product_code, x.valid_from desc) x
             where not x.removed) as products
      from beneficiary b
     where b.enterprise_number = ${enterpriseNumber} and b.status = 'active'
     order by lower(b.last_name), lower(b.first_name), b.national_register_number`.execute(db);
  return found.rows;
}
