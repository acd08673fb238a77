/** 25,000 notices from the queue into the folder: worded in four languages, with QR code, as e-mail, each in a file of its own. */
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import { readEnvironment } from '../src/config/environment.ts';
import { loadConfig } from '../src/config.ts';
import { sendNotices } from '../src/jobs/notices/send-notices.ts';
import { type Db, openDatabase } from '../src/load/database.ts';
import { openEmbeddedPostgres } from '../src/load/embedded-postgres.ts';
import { writeOnce } from '../src/load/files/write-once.ts';
import { migrateSchema } from '../src/load/migrate.ts';
import { syncReference } from '../src/load/reference/reference.ts';
import { inventEnterpriseNumber } from '../test/support/people.ts';
import { type BenchResult, peakMegabytes, ratioOf, secondsOf } from './bench.ts';

const ALL_NOTICES = 25_000;
const MOST_MEGABYTES = 300;
const AT_ONCE = 50;

/** The reference writes as many files of the same size in the same way, and words nothing. */
export async function bench(size: number): Promise<BenchResult> {
  const notices = Math.round(ALL_NOTICES * size);
  const home = await mkdtemp(join(tmpdir(), 'navette-bench-'));
  const server = await openEmbeddedPostgres(home);
  try {
    const config = loadConfig(
      readEnvironment({ NAVETTE_HOME: home, NAVETTE_CONFIG: join(import.meta.dirname, '../config') }),
    );
    const database = await openDatabase(server.url, () => undefined);
    try {
      await migrateSchema(database.db);
      await syncReference(database.db, config);
      await database.db.transaction().execute((db) => queueNotices(db, notices));
      const context = { config, database, log: () => undefined, now: Date.parse('2026-12-05T10:00:00Z'), home };
      let sent = 0;
      const seconds = await secondsOf(async () => {
        sent = (await sendNotices(context)).sent.length;
      });
      if (sent !== notices) throw new Error(`${sent} of ${notices} notices were sent.`);
      const peak = peakMegabytes();
      const referenceSeconds = await secondsOf(() => writeAsMany(home, notices));
      return {
        name: 'notices',
        size: notices,
        seconds,
        referenceSeconds,
        ratio: ratioOf(seconds, referenceSeconds),
        peakMegabytes: peak,
        goal: `at most ${MOST_MEGABYTES} MB`,
        met: peak <= MOST_MEGABYTES,
      };
    } finally {
      await database.close();
    }
  } finally {
    await server.release();
    await rm(home, { recursive: true, force: true });
  }
}

/** An order, an invoice and a notice for each of as many employers, a quarter of them in each language. */
async function queueNotices(db: Db, count: number): Promise<void> {
  const employers = Array.from({ length: count }, (_, index) => inventEnterpriseNumber(100_000 + index));
  await sql`
    create temporary table queued on commit drop as
    select e as enterprise_number, n::int as n, (array['fr', 'nl', 'de', 'en'])[1 + n % 4] as language
      from unnest(${employers}::text[]) with ordinality as x (e, n)`.execute(db);
  await sql`
    with made as (
      insert into employer (enterprise_number, name, language, invoice_email, status, fingerprint)
      select enterprise_number, 'Brasserie du Parc ' || n, language, 'compta@example.be', 'active', '' from queued returning 1
    ), ordered as (
      insert into voucher_order (enterprise_number, id, product_code, run_period, kind, reference, validity_start, status, ordered_on)
      select enterprise_number, n, 'meal', '2026-11', 'recurring', 'Chèques-repas 2026-11', '2026-12-05', 'invoiced', '2026-12-05'
        from queued returning 1
    ), invoiced as (
      insert into invoice (enterprise_number, id, number, order_id, cost_center, kind, lines, face_value_total, fee_total, vat_total,
                           total, structured_communication, issued_on, due_on, status)
      select enterprise_number, n, '2026-' || lpad(n::text, 6, '0'), n, 0, 'order',
             '[{"kind":"service","quantity":1,"amount":480},{"kind":"cardProduction","quantity":1,"unit":450,"amount":450}]',
             16000, 930, 195, 17125, lpad(n::text, 10, '0') || lpad(coalesce(nullif(n % 97, 0), 97)::text, 2, '0'),
             '2026-12-05', '2026-12-19', 'open' from queued returning 1
    )
    insert into invoice_notice (enterprise_number, invoice_id, kind, language, recipient, status, message_key)
    select enterprise_number, n, 'invoice', language, 'compta@example.be', 'queued', 'invoice-2026-' || lpad(n::text, 6, '0')
      from queued`.execute(db);
  await sql`analyze employer, voucher_order, invoice, invoice_notice`.execute(db);
}

async function writeAsMany(home: string, count: number): Promise<void> {
  const folder = join(home, 'out', 'notices');
  const [first = ''] = await readdir(folder);
  const bytes = await readFile(join(folder, first));
  for (let start = 0; start < count; start += AT_ONCE) {
    const names = Array.from({ length: AT_ONCE }, (_, index) => `${start + index}.eml`);
    await Promise.all(names.map((name) => writeOnce(join(home, 'reference'), name, bytes)));
  }
}
