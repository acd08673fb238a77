/** One month for a whole country: 1,000,000 people of 25,000 employers ordered, confirmed, invoiced, their notices queued. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import { readEnvironment } from '../src/config/environment.ts';
import { loadConfig } from '../src/config.ts';
import { runOrders } from '../src/jobs/orders/run-orders.ts';
import { type Db, openDatabase } from '../src/load/database.ts';
import { openEmbeddedPostgres } from '../src/load/embedded-postgres.ts';
import { migrateSchema } from '../src/load/migrate.ts';
import { syncReference } from '../src/load/reference/reference.ts';
import { inventEnterpriseNumber } from '../test/support/people.ts';
import { type BenchResult, COUNTRY_SERVER, peakMegabytes, ratioOf, secondsOf } from './bench.ts';

const EMPLOYERS = 25_000;
const PEOPLE_EACH = 40;
const HIGHEST_RATIO = 3;

/** The reference writes the same lines with one statement into a table with the same columns and key, and does nothing else. */
export async function bench(size = 1): Promise<BenchResult> {
  const home = await mkdtemp(join(tmpdir(), 'navette-bench-'));
  const server = await openEmbeddedPostgres(home, COUNTRY_SERVER);
  try {
    const environment = readEnvironment({ NAVETTE_HOME: home, NAVETTE_CONFIG: join(import.meta.dirname, '../config') });
    const config = loadConfig(environment);
    const database = await openDatabase(server.url, () => undefined);
    const { db } = database;
    try {
      await migrateSchema(db);
      await syncReference(db, config);
      const employers = Math.max(1, Math.round(EMPLOYERS * size));
      await inventCountry(db, employers);
      const context = { database, log: () => undefined, config: config.navette, today: '2026-12-05' };
      const seconds = await secondsOf(() => runOrders(context));
      const peak = peakMegabytes();
      await check(db, employers);
      const times = [await insertBare(db), await insertBare(db), await insertBare(db)].sort((a, b) => a - b);
      const referenceSeconds = times[1] ?? 0;
      const ratio = ratioOf(seconds, referenceSeconds);
      return {
        name: 'orders',
        size: employers * PEOPLE_EACH,
        seconds,
        referenceSeconds,
        ratio,
        peakMegabytes: peak,
        goal: `at most ${HIGHEST_RATIO} times the bare insert of the lines (${await settingsOf(db)})`,
        met: ratio <= HIGHEST_RATIO,
      };
    } finally {
      await database.close();
    }
  } finally {
    await server.release();
    await rm(home, { recursive: true, force: true });
  }
}

/** October is ordered and confirmed for everybody; November is granted, a tenth of the people with a correction to October. */
export async function inventCountry(db: Db, employers: number): Promise<void> {
  const numbers = Array.from({ length: employers }, (_, index) => inventEnterpriseNumber(100_000 + index));
  const people = employers * PEOPLE_EACH;
  await db.transaction().execute(async (trx) => {
    await sql`
      create temporary table country on commit drop as
      select e as enterprise_number, n::bigint as n from unnest(${numbers}::text[]) with ordinality as x (e, n)`.execute(
      trx,
    );
    await sql`
      insert into employer (enterprise_number, name, language, invoice_email, status, fingerprint)
      select enterprise_number, 'Brasserie ' || n, 'fr', 'compta@example.be', 'active', '' from country`.execute(trx);
    await sql`
      insert into contract (enterprise_number, product_code, valid_from, fees)
      select enterprise_number, 'meal', '2020-01-01', '{"service": {"percent": "3"}}' from country`.execute(trx);
    await sql`
      insert into standing_order (enterprise_number, id, product_code, reference, from_period, day_of_month, shift, worked,
                                  quantity_from, validity_start, late, confirm)
      select enterprise_number, 'meal-monthly', 'meal', 'Chèques-repas {period}', '2026-10', 5, 'none', 'previous-month',
             'payroll', 'order-date', 'missed', 'without-warnings' from country`.execute(trx);
    await sql`
      insert into voucher_order (enterprise_number, id, standing_order_id, product_code, run_period, kind, reference,
                                 validity_start, status, face_value_total, total, ordered_on, confirmed_by, confirmed_on)
      select enterprise_number, nextval('voucher_order_id'), 'meal-monthly', 'meal', '2026-10', 'recurring', 'x', '2026-11-05',
             'released', ${PEOPLE_EACH * 16_000}, ${PEOPLE_EACH * 16_000}, '2026-11-05', 'system', '2026-11-05'
        from country order by n`.execute(trx);
    await sql`
      create temporary table person on commit drop as
      select p as n, c.enterprise_number, lpad(p::text, 11, '0') as nrn, p % 10 = 0 as corrected
        from generate_series(1, ${people}::bigint) p join country c on c.n = 1 + (p - 1) / ${PEOPLE_EACH}`.execute(trx);
    await sql`
      insert into beneficiary (enterprise_number, id, national_register_number, last_name, first_name, gender, birth_date,
                               language, email, status, status_since, cost_center, card_delivery, as_of)
      select enterprise_number, n, nrn, 'Navetteau', 'Zélie', 'f', '1980-01-01', 'fr', 'x@example.be', 'active', '2020-01-01', 0,
             'beneficiary', now() from person order by n`.execute(trx);
    await sql`
      insert into card (national_register_number, sequence, status, produced_on, expires_on)
      select nrn, 1, 'active', '2025-01-01', '2029-12-31' from person`.execute(trx);
    await sql`
      insert into order_line (enterprise_number, order_id, beneficiary_id, period, face_value, quantity, cost_center)
      select enterprise_number, o.id, n, '2026-10', 800, 20, 0 from person join voucher_order o using (enterprise_number)
       order by n`.execute(trx);
    await sql`
      insert into entitlement (enterprise_number, beneficiary_id, product_code, period, face_value, restated_quantity, restated_as_of)
      select enterprise_number, n, 'meal', m.period, 800,
             case when m.period = '2026-10' and corrected then 19 else 20 end, now()
        from person cross join (values ('2026-10'), ('2026-11')) m (period) order by n`.execute(trx);
  });
  // What autovacuum would have done long before the day of the orders.
  await sql`vacuum analyze`.execute(db);
  await sql`checkpoint`.execute(db);
}

async function check(db: Db, employers: number): Promise<void> {
  const found = await sql<{ orders: number; lines: number; invoices: number; notices: number }>`
    select (select count(*)::int from voucher_order where status = 'invoiced') as orders,
           (select count(*)::int from order_line l join voucher_order o on (o.enterprise_number, o.id) = (l.enterprise_number, l.order_id)
             where o.run_period = '2026-11') as lines,
           (select count(*)::int from invoice) as invoices,
           (select count(*)::int from invoice_notice where status = 'queued') as notices`.execute(db);
  const people = employers * PEOPLE_EACH;
  const expected = { orders: employers, lines: people + people / 10, invoices: employers, notices: employers };
  const [made] = found.rows;
  if (JSON.stringify(made) !== JSON.stringify(expected)) throw new Error(`made ${JSON.stringify(made)}`);
}

/** Seconds of the bare insert of this month's lines. */
export async function insertBare(db: Db): Promise<number> {
  await sql`drop table if exists bare`.execute(db);
  await sql`create table bare (like order_line including constraints)`.execute(db);
  await sql`alter table bare add primary key (enterprise_number, order_id, beneficiary_id, period, face_value)`.execute(
    db,
  );
  await sql`checkpoint`.execute(db);
  return secondsOf(() =>
    sql`
      insert into bare
      select l.* from order_line l
       where l.order_id > (select max(id) from voucher_order where run_period = '2026-10')`.execute(db),
  );
}

async function settingsOf(db: Db): Promise<string> {
  const found = await sql<{ line: string }>`
    select string_agg(name || ' ' || current_setting(name), ', ' order by name) as line
      from pg_settings where name in ('fsync', 'shared_buffers', 'synchronous_commit')`.execute(db);
  return found.rows[0]?.line ?? '';
}
