/** Products, their limits and the secretariats, brought from configuration into the database. */
import { sql } from 'kysely';
import type { ProductConfig } from '../../config/products.ts';
import type { Language } from '../../model.ts';
import type { Db } from '../database.ts';

export interface ReferenceConfig {
  readonly products: readonly ProductConfig[];
  readonly navette: { readonly secretariats: readonly { code: string; name: string; language: Language }[] };
}

/** Inserts what is new and updates what differs, in one transaction; nothing is removed. */
export async function syncReference(db: Db, config: ReferenceConfig): Promise<void> {
  const limits = config.products.flatMap((product) =>
    product.limits.map((limit) => ({ product_code: product.code, ...limit })),
  );
  await db.transaction().execute(async (trx) => {
    await sql`
      insert into social_secretariat (code, name, language)
      select code, name, language
        from jsonb_to_recordset(${JSON.stringify(config.navette.secretariats)}::jsonb)
          as s (code text, name text, language text)
      on conflict (code) do update set name = excluded.name, language = excluded.language
       where (social_secretariat.name, social_secretariat.language) is distinct from (excluded.name, excluded.language)
    `.execute(trx);
    await sql`
      insert into product (code, kind, names, validity, sale_until)
      select code, kind, names, validity, "saleUntil"
        from jsonb_to_recordset(${JSON.stringify(config.products)}::jsonb)
          as p (code text, kind text, names jsonb, validity jsonb, "saleUntil" date)
      on conflict (code) do update
        set kind = excluded.kind, names = excluded.names, validity = excluded.validity, sale_until = excluded.sale_until
       where (product.kind, product.names, product.validity, product.sale_until)
          is distinct from (excluded.kind, excluded.names, excluded.validity, excluded.sale_until)
    `.execute(trx);
    await sql`
      insert into product_limit (product_code, valid_from, max_face_value, yearly_max, yearly_max_per_child)
      select product_code, "from", "maxFaceValue", "yearlyMax", "yearlyMaxPerChild"
        from jsonb_to_recordset(${JSON.stringify(limits)}::jsonb)
          as l (product_code text, "from" date, "maxFaceValue" int, "yearlyMax" int, "yearlyMaxPerChild" int)
      on conflict (product_code, valid_from) do update
        set max_face_value = excluded.max_face_value, yearly_max = excluded.yearly_max,
            yearly_max_per_child = excluded.yearly_max_per_child
       where (product_limit.max_face_value, product_limit.yearly_max, product_limit.yearly_max_per_child)
          is distinct from (excluded.max_face_value, excluded.yearly_max, excluded.yearly_max_per_child)
    `.execute(trx);
  });
}
