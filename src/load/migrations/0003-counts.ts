/** Counts: what payroll grants, how it came about, and what the last run left unordered. */
import { type Kysely, sql } from 'kysely';

export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table entitlement (
      enterprise_number text not null,
      beneficiary_id bigint not null,
      product_code text not null,
      period text not null,
      face_value integer not null check (face_value > 0),
      restated_quantity integer not null default 0,
      added_quantity integer not null default 0,
      quantity integer not null generated always as (restated_quantity + added_quantity) stored,
      restated_as_of timestamptz,
      file_id bigint,
      row_number integer,
      primary key (enterprise_number, beneficiary_id, product_code, period, face_value)
    )`.execute(db);
  await sql`create sequence entitlement_change_id`.execute(db);
  // A count that no file gave names the order by hand, or the standing order whose slot of that period it is for.
  await sql`
    create table entitlement_change (
      enterprise_number text not null,
      id bigint not null default nextval('entitlement_change_id'),
      beneficiary_id bigint not null,
      product_code text not null,
      period text not null,
      face_value integer not null,
      before integer not null,
      after integer not null,
      kind text not null check (kind in ('restated', 'signed', 'blended', 'fixed', 'written-off')),
      file_id bigint,
      row_number integer,
      order_id bigint,
      standing_order_id text,
      changed_by text,
      why text,
      at timestamptz not null default now(),
      primary key (enterprise_number, id)
    )`.execute(db);
  await sql`
    create index entitlement_change_fixed on entitlement_change
      (enterprise_number, standing_order_id, period) where kind = 'fixed'`.execute(db);
  // What retention looks for: few changes are typed.
  await sql`
    create index entitlement_change_typed on entitlement_change
      (at) where why is not null or changed_by is not null`.execute(db);
  await sql`
    create index entitlement_change_key on entitlement_change
      (enterprise_number, beneficiary_id, product_code, period)`.execute(db);
  // Whether increments are known of a product, which every file of totals asks; few employers have any.
  await sql`
    create index entitlement_change_signed on entitlement_change (enterprise_number, product_code) where kind = 'signed'`.execute(
    db,
  );
  // Totals that a newer file said again unchanged; without it, an older file that comes late would win over them.
  await sql`
    create table confirmed_entitlement (
      enterprise_number text not null,
      product_code text not null,
      period text not null,
      file_id bigint not null,
      as_of timestamptz not null,
      beneficiary_ids bigint[] not null,
      primary key (enterprise_number, product_code, period, file_id)
    )`.execute(db);
  await sql`
    create index entitlement_change_written_off on entitlement_change
      (enterprise_number, beneficiary_id, product_code, period) where kind = 'written-off'`.execute(db);
  // What one blended payroll value took off an earlier period, so that a corrected file can give it back.
  await sql`
    create table entitlement_split (
      enterprise_number text not null,
      beneficiary_id bigint not null,
      product_code text not null,
      period text not null,
      earlier_period text not null,
      earlier_face_value integer not null,
      quantity integer not null check (quantity > 0),
      as_of timestamptz not null,
      file_id bigint,
      row_number integer,
      primary key (enterprise_number, beneficiary_id, product_code, period)
    )`.execute(db);
  await sql`
    create table carry (
      enterprise_number text not null,
      beneficiary_id bigint not null,
      product_code text not null,
      period text not null,
      face_value integer not null,
      quantity integer not null check (quantity <> 0),
      reason text not null check (reason in
        ('net-negative', 'leaver.residue', 'leaver.unordered', 'no-card', 'limit.yearly', 'late', 'written-off')),
      order_id bigint,
      primary key (enterprise_number, beneficiary_id, product_code, period, face_value)
    )`.execute(db);
}
