/** Money: orders with their lines, cards and warnings, invoices with their numbers and notices, statements and payments. */
import { type Kysely, sql } from 'kysely';

export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`create sequence voucher_order_id`.execute(db);
  // `ordered_by` and `ordered_why` are set where a person orders what leavers still earned: their lines stay.
  await sql`
    create table voucher_order (
      enterprise_number text not null,
      id bigint not null default nextval('voucher_order_id'),
      standing_order_id text,
      product_code text not null references product,
      run_period text not null,
      kind text not null check (kind in ('recurring', 'supplement', 'manual')),
      reference text not null,
      validity_start date not null,
      status text not null check (status in ('draft', 'invoiced', 'paid', 'released', 'cancelled')),
      face_value_total bigint not null default 0,
      fee_total bigint not null default 0,
      vat_total bigint not null default 0,
      total bigint not null default 0,
      ordered_on date not null,
      ordered_by text,
      ordered_why text,
      confirmed_by text,
      confirmed_on date,
      paid_on date,
      released_on date,
      cancelled_by text,
      cancelled_on date,
      cancelled_why text,
      primary key (enterprise_number, id)
    )`.execute(db);
  await sql`create index voucher_order_by_id on voucher_order (id)`.execute(db);
  // What is asked at every look at the health is about what is open, however many years of orders there are.
  await sql`
    create index voucher_order_open on voucher_order (status)
     where status in ('draft', 'invoiced', 'paid', 'cancelled')`.execute(db);
  await sql`
    create unique index voucher_order_slot on voucher_order (enterprise_number, standing_order_id, run_period)
      where kind = 'recurring' and status <> 'cancelled'`.execute(db);
  // No index by person: a person is found through the orders of the employer, and every month's lines would be written to it.
  await sql`
    create table order_line (
      enterprise_number text not null,
      order_id bigint not null,
      beneficiary_id bigint not null,
      period text not null,
      face_value integer not null,
      quantity integer not null check (quantity <> 0),
      cost_center integer not null,
      primary key (enterprise_number, order_id, beneficiary_id, period, face_value)
    )`.execute(db);
  await sql`
    create table order_card (
      enterprise_number text not null,
      order_id bigint not null,
      national_register_number text not null,
      sequence integer not null,
      action text not null check (action in ('new', 'renewal', 'replacement')),
      delivery_point integer,
      cost_center integer not null,
      primary key (enterprise_number, order_id, national_register_number)
    )`.execute(db);
  await sql`
    create table order_warning (
      enterprise_number text not null,
      order_id bigint not null,
      code text not null,
      key text not null,
      params jsonb not null default '{}',
      acknowledged_by text,
      acknowledged_at timestamptz,
      primary key (enterprise_number, order_id, code, key)
    )`.execute(db);
  await sql`create sequence invoice_id`.execute(db);
  await sql`
    create table invoice (
      enterprise_number text not null,
      id bigint not null default nextval('invoice_id'),
      number text not null,
      order_id bigint not null,
      cost_center integer not null,
      kind text not null check (kind in ('order', 'product', 'card', 'credit')),
      lines jsonb not null,
      face_value_total bigint not null,
      fee_total bigint not null,
      vat_total bigint not null,
      total bigint not null,
      structured_communication text,
      issued_on date not null,
      due_on date not null,
      status text not null check (status in ('open', 'paid', 'cancelled', 'credited')),
      primary key (enterprise_number, id),
      unique (enterprise_number, order_id, cost_center, kind)
    )`.execute(db);
  // What must be unique across employers stands in tables of its own, so that `invoice` can be distributed.
  await sql`
    create table invoice_number (
      series text not null,
      number integer not null,
      enterprise_number text not null,
      invoice_id bigint not null,
      primary key (series, number)
    )`.execute(db);
  await sql`create table invoice_series (series text primary key, last_number integer not null)`.execute(db);
  await sql`create sequence structured_communication_counter`.execute(db);
  await sql`
    create table structured_communication (
      number text primary key check (number ~ '^[0-9]{12}$'),
      enterprise_number text not null,
      invoice_id bigint not null
    )`.execute(db);
  await sql`
    create table invoice_notice (
      enterprise_number text not null,
      invoice_id bigint not null,
      kind text not null check (kind in ('invoice', 'credit-note', 'reminder-1', 'reminder-2')),
      language text not null,
      recipient text not null,
      status text not null check (status in ('queued', 'sent', 'failed')),
      message_key text not null,
      attempts integer not null default 0,
      failure text,
      not_before timestamptz,
      queued_at timestamptz not null default now(),
      sent_at timestamptz,
      primary key (enterprise_number, invoice_id, kind)
    )`.execute(db);
  // What a notice was before a person had it sent anew.
  await sql`
    create table notice_again (
      enterprise_number text not null,
      invoice_id bigint not null,
      kind text not null,
      message_key text not null,
      recipient text not null,
      status text not null,
      attempts integer not null,
      failure text,
      sent_at timestamptz,
      decided_by text not null,
      why text not null,
      at timestamptz not null,
      primary key (enterprise_number, invoice_id, kind, message_key)
    )`.execute(db);
  await sql`
    create table e_invoice (
      enterprise_number text not null,
      invoice_id bigint not null,
      status text not null check (status in ('queued', 'written', 'failed')),
      failure text,
      files text[] not null default '{}',
      written_at timestamptz,
      primary key (enterprise_number, invoice_id)
    )`.execute(db);
  await sql`
    create index e_invoice_queue on e_invoice (enterprise_number, invoice_id) where status = 'queued'`.execute(db);
  await sql`create index invoice_open on invoice (due_on) where status = 'open'`.execute(db);
  await sql`
    create index invoice_notice_failed on invoice_notice (enterprise_number, invoice_id, kind)
     where status = 'failed'`.execute(db);
  await sql`
    create index invoice_notice_queue on invoice_notice (enterprise_number, invoice_id, kind)
      where status = 'queued'`.execute(db);
  await sql`
    create table bank_statement (
      id bigint primary key generated by default as identity,
      account text not null,
      format text not null check (format in ('coda', 'camt053')),
      year integer not null,
      statement_number text not null,
      currency text not null,
      opening_balance bigint not null,
      closing_balance bigint not null,
      closing_date date not null,
      file_id bigint,
      unique (account, format, year, statement_number)
    )`.execute(db);
  // `why` is the reason of the rule that decided, or of the person in `decided_by`; `rule` never holds a person's words.
  await sql`
    create table bank_entry (
      id bigint primary key generated by default as identity,
      statement_id bigint not null references bank_statement,
      account text not null,
      format text not null,
      year integer not null,
      statement_number text not null,
      sequence integer not null,
      booked_on date not null,
      value_on date not null,
      amount bigint not null,
      currency text not null,
      structured_communication text,
      free_text text not null,
      bank_reference text not null,
      reversal boolean not null,
      status text not null check (status in
        ('matched', 'partial', 'over', 'duplicate', 'unknown', 'reversed', 'ignored', 'accepted')),
      why text,
      rule text generated always as (case when status <> 'accepted' then why end) stored,
      decided_by text,
      unique (account, format, year, statement_number, sequence)
    )`.execute(db);
  await sql`create index bank_entry_movement on bank_entry (account, booked_on, amount)`.execute(db);
  await sql`
    create index bank_entry_open on bank_entry (id)
      where status in ('partial', 'over', 'duplicate', 'unknown', 'reversed')`.execute(db);
  await sql`
    create table payment (
      id bigint not null generated by default as identity,
      bank_entry_id bigint not null references bank_entry,
      enterprise_number text not null,
      invoice_id bigint not null,
      amount bigint not null,
      status text not null,
      decided_by text not null,
      why text,
      at timestamptz not null default now(),
      primary key (enterprise_number, id)
    )`.execute(db);
  await sql`create index payment_entry on payment (bank_entry_id)`.execute(db);
  await sql`create index payment_invoice on payment (enterprise_number, invoice_id)`.execute(db);
}
