/** Owns what the simulated year asks Navette's tables: invoices for the payers, and the sums of a month. */
import { sql } from 'kysely';
import type { Database } from '../../src/load/database.ts';
import type { Cents, Day, Period } from '../../src/model.ts';
import type { AskedFor } from './bank.ts';

export interface MonthTold {
  readonly period: Period;
  readonly files: number;
  readonly rows: number;
  readonly rejected: number;
  readonly active: number;
  readonly orders: number;
  readonly ordered: Cents;
  readonly invoiced: Cents;
  readonly paid: Cents;
  readonly open: Cents;
}

/** Invoices that the payers have not been asked about yet, each with a key that is the same in every run. */
export async function readAskedFor({ db }: Database, known: readonly string[]): Promise<AskedFor[]> {
  const found = await sql<AskedFor>`
    select * from (
      select i.number, i.enterprise_number as "enterpriseNumber", i.structured_communication as "structuredCommunication",
             i.total, i.issued_on as "issuedOn", o.run_period as "runPeriod", o.validity_start as "validityStart",
             concat_ws(' ', i.enterprise_number, o.product_code, o.run_period, o.kind, i.kind, i.cost_center, row_number() over (
               partition by i.enterprise_number, o.product_code, o.run_period, o.kind, i.kind, i.cost_center order by o.id)) as key
        from invoice i join voucher_order o on o.enterprise_number = i.enterprise_number and o.id = i.order_id
       where i.kind <> 'credit') asked
     where not number = any (${[...known]}::text[]) order by key`.execute(db);
  return found.rows;
}

export async function tellMonth({ db }: Database, period: Period, day: Day): Promise<MonthTold> {
  const month = day.slice(0, 7);
  const found = await sql<Omit<MonthTold, 'period'>>`
    select (select count(*)::int from drop_file where to_char(received_on, 'YYYY-MM') = ${month}) as files,
           (select coalesce(sum((counts ->> 'read')::int), 0)::int from drop_file where to_char(received_on, 'YYYY-MM') = ${month}) as rows,
           (select coalesce(sum((counts ->> 'rejected')::int), 0)::int from drop_file
             where to_char(received_on, 'YYYY-MM') = ${month} and status = 'archived') as rejected,
           (select count(*)::int from beneficiary where status = 'active') as active,
           (select count(*)::int from voucher_order where to_char(ordered_on, 'YYYY-MM') = ${month}) as orders,
           (select coalesce(sum(total), 0)::bigint from voucher_order where to_char(ordered_on, 'YYYY-MM') = ${month}) as ordered,
           (select coalesce(sum(total), 0)::bigint from invoice where to_char(issued_on, 'YYYY-MM') = ${month}) as invoiced,
           (select coalesce(sum(amount), 0)::bigint from bank_entry
             where to_char(booked_on, 'YYYY-MM') = ${month} and status in ('matched', 'accepted')) as paid,
           (select coalesce(sum(total), 0)::bigint from invoice where status = 'open') as open`.execute(db);
  const [told] = found.rows;
  if (told === undefined) throw new Error('a month can be counted');
  return { period, ...told };
}
