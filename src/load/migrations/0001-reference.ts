/** Reference data: employers and what belongs to them, secretariats, products and their dated limits. */
import { type Kysely, sql } from 'kysely';

export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table social_secretariat (
      code text primary key,
      name text not null,
      language text not null check (language in ('fr', 'nl', 'de', 'en'))
    )`.execute(db);
  await sql`
    create table employer (
      enterprise_number text primary key check (enterprise_number ~ '^[01][0-9]{9}$'),
      name text not null,
      language text not null check (language in ('fr', 'nl', 'de', 'en')),
      invoice_email text not null,
      status text not null check (status in ('active', 'inactive')),
      fingerprint text not null,
      last_file_id bigint
    )`.execute(db);
  await sql`
    create table mandate (
      enterprise_number text not null references employer,
      secretariat_code text not null references social_secretariat,
      valid_from date not null,
      valid_to date,
      primary key (enterprise_number, secretariat_code, valid_from)
    )`.execute(db);
  for (const table of ['delivery_point', 'cost_center'] as const) {
    const invoiceEmail = table === 'cost_center' ? sql`invoice_email text,` : sql``;
    await sql`
      create table ${sql.table(table)} (
        enterprise_number text not null references employer,
        number integer not null check (number > 0),
        label text not null,
        street text not null,
        house_number text not null,
        box text,
        postal_code text not null,
        city text not null,
        country text not null,
        ${invoiceEmail}
        closed boolean not null default false,
        primary key (enterprise_number, number)
      )`.execute(db);
  }
  await sql`
    create table product (
      code text primary key,
      kind text not null check (kind in ('count', 'amount')),
      names jsonb not null,
      validity jsonb not null,
      sale_until date
    )`.execute(db);
  await sql`
    create table product_limit (
      product_code text not null references product,
      valid_from date not null,
      max_face_value integer,
      yearly_max integer,
      yearly_max_per_child integer,
      primary key (product_code, valid_from)
    )`.execute(db);
  await sql`
    create table contract (
      enterprise_number text not null references employer,
      product_code text not null references product,
      valid_from date not null,
      valid_to date,
      fees jsonb not null,
      primary key (enterprise_number, product_code, valid_from)
    )`.execute(db);
  await sql`
    create table standing_order (
      enterprise_number text not null references employer,
      id text not null,
      product_code text not null references product,
      reference text not null,
      from_period text not null,
      to_period text,
      months integer[],
      day_of_month integer not null check (day_of_month between 1 and 31),
      shift text not null check (shift in ('none', 'previous-working-day', 'next-working-day')),
      worked text not null check (worked in ('previous-month', 'this-month')),
      quantity_from text not null check (quantity_from in ('payroll', 'fixed', 'amount')),
      quantity integer,
      validity_start text not null check (validity_start in ('order-date', 'first-of-next-month')),
      late text not null check (late in ('missed', 'all', 'carry')),
      confirm text not null check (confirm in ('never', 'without-warnings')),
      closed boolean not null default false,
      primary key (enterprise_number, id),
      check ((quantity_from = 'payroll') = (quantity is null))
    )`.execute(db);
}
