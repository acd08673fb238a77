/** People: beneficiaries, the products they have, their history, and their cards. */
import { type Kysely, sql } from 'kysely';

export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`create sequence beneficiary_id`.execute(db);
  // No foreign keys on people and their products: looked up row by row, employer and product would take a third of the time of
  // a country's file. What is written has just been joined with both, and neither is ever removed.
  await sql`
    create table beneficiary (
      enterprise_number text not null,
      id bigint not null default nextval('beneficiary_id'),
      national_register_number text not null check (national_register_number ~ '^[0-9]{11}$'),
      personnel_number text,
      last_name text not null,
      first_name text not null,
      other_name text,
      gender text not null check (gender in ('m', 'f', 'x')),
      birth_date date not null,
      language text not null check (language in ('fr', 'nl', 'de', 'en')),
      email text,
      children integer not null default 0 check (children >= 0),
      status text not null check (status in ('active', 'inactive')),
      status_reason text check (status_reason in ('status', 'employment-ended', 'absent', 'by-hand')),
      status_since date not null,
      employment_start date,
      employment_end date,
      cost_center integer not null default 0,
      card_delivery text not null check (card_delivery in ('employer', 'beneficiary')),
      card_delivery_point integer,
      card_street text,
      card_house_number text,
      card_box text,
      card_postal_code text,
      card_city text,
      card_country text,
      card_address_extra text,
      pin_delivery text check (pin_delivery in ('employer', 'beneficiary')),
      pin_delivery_point integer,
      pin_street text,
      pin_house_number text,
      pin_box text,
      pin_postal_code text,
      pin_city text,
      pin_country text,
      pin_address_extra text,
      extra jsonb not null default '{}',
      as_of timestamptz not null,
      end_as_of timestamptz,
      secretariat_code text,
      last_file_id bigint,
      primary key (enterprise_number, id),
      unique (enterprise_number, national_register_number)
    )`.execute(db);
  // `end_as_of`: when the end was last spoken of. Payroll says nothing else of a person: everything else holds as of `as_of`.
  await sql`create index beneficiary_person on beneficiary (national_register_number)`.execute(db);
  await sql`create index beneficiary_inactive on beneficiary (status_since) where status = 'inactive'`.execute(db);
  await sql`create index beneficiary_ending on beneficiary (employment_end)
      where status = 'active' and employment_end is not null`.execute(db);
  // People whom their sender said again as they are, without a write to each of them: what is known of somebody is as of the
  // newest moment here, or of their record.
  await sql`
    create table confirmed_beneficiary (
      enterprise_number text not null,
      file_id bigint not null,
      as_of timestamptz not null,
      beneficiary_ids bigint[] not null,
      primary key (enterprise_number, file_id, as_of)
    )`.execute(db);
  // No foreign keys from here on to beneficiary: a per-row check doubles the time of a country-sized load,
  // and every writer of these tables takes the id from the beneficiary row it has just joined.
  await sql`
    create table beneficiary_product (
      enterprise_number text not null,
      beneficiary_id bigint not null,
      product_code text not null,
      valid_from date not null,
      face_value integer check (face_value > 0),
      removed boolean not null default false,
      primary key (enterprise_number, beneficiary_id, product_code, valid_from)
    )`.execute(db);
  await sql`create sequence beneficiary_change_id`.execute(db);
  await sql`
    create table beneficiary_change (
      enterprise_number text not null,
      id bigint not null default nextval('beneficiary_change_id'),
      beneficiary_id bigint not null,
      file_id bigint,
      row_number integer,
      before jsonb,
      after jsonb not null,
      changed_by text,
      why text,
      at timestamptz not null default now(),
      -- By person, so that one index is enough for both; every created person writes into it.
      primary key (enterprise_number, beneficiary_id, id)
    )`.execute(db);
  // Rows come in the order of their time: a BRIN index costs the load nothing and finds what is too old.
  await sql`create index beneficiary_change_at on beneficiary_change using brin (at)`.execute(db);
  await sql`
    create table person_number (
      old text primary key,
      new text not null,
      decided_by text not null,
      why text not null,
      at timestamptz not null default now()
    )`.execute(db);
  await sql`
    create table card (
      national_register_number text not null,
      sequence integer not null,
      status text not null check (status in ('ordered', 'active', 'replaced', 'blocked')),
      produced_on date,
      expires_on date,
      primary key (national_register_number, sequence)
    )`.execute(db);
  await sql`create unique index card_one_ordered on card (national_register_number) where status = 'ordered'`.execute(
    db,
  );
  await sql`create unique index card_one_active on card (national_register_number) where status = 'active'`.execute(db);
  await sql`create index card_expiry on card (expires_on) where status = 'active'`.execute(db);
}
