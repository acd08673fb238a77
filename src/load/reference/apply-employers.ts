/** Employers of one staged file: upserted whole, what is no longer in their line is closed, never removed. */
import { sql } from 'kysely';
import type { FileCounts } from '../../model.ts';
import type { Db, Session } from '../database.ts';
import {
  countOutcomes,
  createFindings,
  type Delivery,
  findIssue,
  refusedRow,
  writeIssues,
} from '../files/found-issues.ts';

export const EMPLOYER_STAGE = 'stage_employer';
/** Columns of the stage, in the order of the values; `line` is the checked line as JSON, null for a rejected one. */
export const EMPLOYER_STAGE_COLUMNS = ['row_number', 'rejected', 'issues', 'enterprise_number', 'line', 'fingerprint'];

export async function createEmployerStage(session: Session): Promise<void> {
  await sql`drop table if exists stage_employer`.execute(session.db);
  await sql`
    create temporary table stage_employer (
      row_number integer, rejected boolean, issues jsonb, enterprise_number text, line jsonb, fingerprint text
    )`.execute(session.db);
}

/** Applies the staged lines; the caller's transaction. */
export async function applyEmployers(db: Db, delivery: Delivery): Promise<FileCounts> {
  await createFindings(db);
  await sql`
    select enterprise_number from employer
     where enterprise_number in (select enterprise_number from stage_employer)
     order by enterprise_number for update`.execute(db);
  await findIssue(
    'row.conflict',
    'enterpriseNumber',
    sql`select row_number from (
          select row_number, min(fingerprint) over same as one, max(fingerprint) over same as other
            from stage_employer where not rejected window same as (partition by enterprise_number)
        ) s where one <> other`,
  ).execute(db);
  await sql`
    insert into row_outcome (row_number, outcome)
    select s.row_number,
           case when s.position > 1 then 'duplicate' when e.enterprise_number is null then 'created'
                when e.fingerprint = s.fingerprint then 'unchanged' else 'updated' end
      from (select *, row_number() over (partition by enterprise_number order by row_number) as position
              from stage_employer where not rejected) s
      left join employer e using (enterprise_number)
     where not ${refusedRow('s')}`.execute(db);
  await createUnknownSecretariats(db);
  await writeEmployers(db, delivery);
  await writeMandates(db);
  await writePlaces(db, 'delivery_point');
  await writePlaces(db, 'cost_center');
  await writeContracts(db);
  await writeStandingOrders(db);
  await writeIssues(db, EMPLOYER_STAGE, delivery.fileId);
  return countOutcomes(db, EMPLOYER_STAGE, 0);
}

const CHANGED = sql`
  select s.row_number, s.enterprise_number, s.line, s.fingerprint
    from stage_employer s join row_outcome o using (row_number) where o.outcome in ('created', 'updated')`;

async function createUnknownSecretariats(db: Db): Promise<void> {
  const unknown = sql`
    select s.row_number, m.secretariat
      from (${CHANGED}) s, jsonb_to_recordset(s.line -> 'mandates') as m (secretariat text)
     where not exists (select from social_secretariat c where c.code = m.secretariat)`;
  await findIssue('secretariat.created', 'mandates', unknown, 'warning').execute(db);
  await sql`
    insert into social_secretariat (code, name, language)
    select distinct secretariat, secretariat, 'en' from (${unknown}) u
    on conflict (code) do nothing`.execute(db);
}

async function writeEmployers(db: Db, delivery: Delivery): Promise<void> {
  await sql`
    insert into employer (enterprise_number, name, language, invoice_email, status, fingerprint, last_file_id)
    select s.enterprise_number, line ->> 'name', line ->> 'language', line ->> 'invoiceEmail', line ->> 'status',
           s.fingerprint, ${delivery.fileId}
      from (${CHANGED}) s order by s.enterprise_number
    on conflict (enterprise_number) do update
      set name = excluded.name, language = excluded.language, invoice_email = excluded.invoice_email,
          status = excluded.status, fingerprint = excluded.fingerprint, last_file_id = excluded.last_file_id`.execute(
    db,
  );
}

async function writeMandates(db: Db): Promise<void> {
  await sql`delete from mandate where enterprise_number in (select enterprise_number from (${CHANGED}) s)`.execute(db);
  await sql`
    insert into mandate (enterprise_number, secretariat_code, valid_from, valid_to)
    select distinct on (s.enterprise_number, m.secretariat, m."from") s.enterprise_number, m.secretariat, m."from", m."to"
      from (${CHANGED}) s, jsonb_to_recordset(s.line -> 'mandates') as m (secretariat text, "from" date, "to" date)
     order by s.enterprise_number, m.secretariat, m."from", m."to" desc nulls first`.execute(db);
}

async function writePlaces(db: Db, table: 'delivery_point' | 'cost_center'): Promise<void> {
  const list = table === 'delivery_point' ? 'deliveryPoints' : 'costCenters';
  const email = table === 'cost_center';
  await sql`
    update ${sql.table(table)} set closed = true
     where not closed and enterprise_number in (select enterprise_number from (${CHANGED}) s)`.execute(db);
  await sql`
    insert into ${sql.table(table)} (enterprise_number, number, label, street, house_number, box, postal_code, city, country
                                     ${email ? sql`, invoice_email` : sql``})
    select s.enterprise_number, p.number, p.label, p.street, p."houseNumber", p.box, p."postalCode", p.city, p.country
           ${email ? sql`, p."invoiceEmail"` : sql``}
      from (${CHANGED}) s, jsonb_to_recordset(s.line -> ${list}::text) as p (
             number int, label text, street text, "houseNumber" text, box text, "postalCode" text, city text, country text,
             "invoiceEmail" text)
    on conflict (enterprise_number, number) do update
      set label = excluded.label, street = excluded.street, house_number = excluded.house_number, box = excluded.box,
          postal_code = excluded.postal_code, city = excluded.city, country = excluded.country, closed = false
          ${email ? sql`, invoice_email = excluded.invoice_email` : sql``}`.execute(db);
}

async function writeContracts(db: Db): Promise<void> {
  await sql`delete from contract where enterprise_number in (select enterprise_number from (${CHANGED}) s)`.execute(db);
  await sql`
    insert into contract (enterprise_number, product_code, valid_from, valid_to, fees)
    select s.enterprise_number, c.product, c."from", c."to", coalesce(c.fees, '{}')
      from (${CHANGED}) s,
           jsonb_to_recordset(s.line -> 'contracts') as c (product text, "from" date, "to" date, fees jsonb)`.execute(
    db,
  );
}

async function writeStandingOrders(db: Db): Promise<void> {
  await sql`
    update standing_order set closed = true
     where not closed and enterprise_number in (select enterprise_number from (${CHANGED}) s)`.execute(db);
  await sql`
    insert into standing_order (enterprise_number, id, product_code, reference, from_period, to_period, months, day_of_month,
                                shift, worked, quantity_from, quantity, validity_start, late, confirm)
    select s.enterprise_number, o.id, o.product, o.reference, o."from", o."to",
           (select array_agg(m::int) from jsonb_array_elements_text(nullif(o.months, 'null')) m),
           o."dayOfMonth", o.shift, o.worked,
           case when o.quantity ? 'fixed' then 'fixed' when o.quantity ? 'amount' then 'amount' else 'payroll' end,
           coalesce(o.quantity ->> 'fixed', o.quantity ->> 'amount')::int,
           o."validityStart", o.late, o.confirm
      from (${CHANGED}) s,
           jsonb_to_recordset(s.line -> 'standingOrders') as o (
             id text, product text, reference text, "from" text, "to" text, months jsonb, "dayOfMonth" int, shift text,
             worked text, quantity jsonb, "validityStart" text, late text, confirm text)
    on conflict (enterprise_number, id) do update
      set product_code = excluded.product_code, reference = excluded.reference, from_period = excluded.from_period,
          to_period = excluded.to_period, months = excluded.months, day_of_month = excluded.day_of_month,
          shift = excluded.shift, worked = excluded.worked, quantity_from = excluded.quantity_from,
          quantity = excluded.quantity, validity_start = excluded.validity_start, late = excluded.late,
          confirm = excluded.confirm, closed = false`.execute(db);
}
