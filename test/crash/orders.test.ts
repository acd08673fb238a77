/** `run orders` twice at once, and killed at random moments: the same books as one quiet run. */
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { sql } from 'kysely';
import { expect, test } from 'vitest';
import { runOrders } from '../../src/jobs/orders/run-orders.ts';
import type { Db } from '../../src/load/database.ts';
import { cloneDatabase, onDatabase } from '../support/database.ts';
import { checkBooks } from '../support/invariant.ts';
import {
  deactivate,
  grant,
  inventBeneficiary,
  inventCostCenter,
  inventEmployer,
  inventProducts,
  orderDay,
} from '../support/small-world.ts';

const JOB = join(import.meta.dirname, '../support/run-orders-in-batches.ts');
/** How often it is killed: 50 times with `npm run crash:orders`. */
const KILLS = Number(process.env['CRASH_KILLS'] ?? 1);
const SAMPLE = KILLS <= 2;
const EMPLOYERS = SAMPLE ? 12 : 60;
/** So few that several batches are made in each round, two of them under way at a time. */
const EMPLOYERS_AT_ONCE = SAMPLE ? 3 : 5;
const DAY = '2027-01-05';

const world = await cloneDatabase();
await onDatabase(world, inventWorld);

/** October is ordered; November and December wait with corrections, leavers, new cards, and an instruction of fixed quantities. */
async function inventWorld(db: Db): Promise<void> {
  await inventProducts(db);
  for (let index = 0; index < EMPLOYERS; index++) {
    const late = (['missed', 'all', 'carry'] as const)[index % 3] ?? 'missed';
    const employer = await inventEmployer(db, {
      fees: { service: { percent: '3' }, cardProduction: 450, cardDelivery: 300 },
      standingOrders: [
        { from: '2026-10', late, confirm: 'without-warnings' },
        {
          id: 'gift',
          product: 'gift',
          from: '2026-12',
          quantityFrom: 'amount',
          quantity: 3500,
          confirm: 'without-warnings',
        },
      ],
    });
    for (const center of [1, 2]) await inventCostCenter(db, employer, center, null);
    for (let person = 0; person < 4; person++) {
      const who = await inventBeneficiary(db, employer, {
        costCenter: 1 + (person % 2),
        card: person === 3 ? 'none' : 'active',
        products: [{ code: 'gift', faceValue: null }],
      });
      await grant(db, who, '2026-10', 20, 800);
    }
  }
  await runOrders(orderDay(db, '2026-11-05'));
  await sql`update order_warning set acknowledged_by = 'ops', acknowledged_at = '2026-11-05'`.execute(db);
  await runOrders(orderDay(db, '2026-11-05'));
  const people = await sql<{ employer: string; id: number; nrn: string }>`
    select enterprise_number as employer, id, national_register_number as nrn from beneficiary order by id`.execute(db);
  for (const [index, who] of people.rows.entries()) {
    if (index % 7 === 0) await grant(db, who, '2026-10', 18, 800);
    await grant(db, who, '2026-11', index % 11 === 0 ? 0 : 19 + (index % 3), 800);
    await grant(db, who, '2026-12', 20 + (index % 2), 1000);
    if (index % 13 === 0) await deactivate(db, who, index % 2 === 0 ? 'status' : 'employment-ended', '2026-12-15');
  }
}

interface Ended {
  readonly code: number | null;
  /** milliseconds from the moment at which it had found what is due */
  readonly worked: number;
  readonly err: string;
}

/** Starts the job; kills it with SIGKILL so many milliseconds after it has found what is due, unless it has ended by then. */
function runOrdersProcess(url: string, killAfter: number | null = null): Promise<Ended> {
  const words = [JOB, url, DAY, String(EMPLOYERS_AT_ONCE)];
  const child = spawn(process.execPath, words, { stdio: ['ignore', 'ignore', 'pipe'] });
  let err = '';
  let began: number | null = null;
  let timer: NodeJS.Timeout | undefined;
  child.stderr.on('data', (text: Buffer) => {
    err += text.toString();
    if (began !== null || !err.includes('"slot.due"')) return;
    began = performance.now();
    if (killAfter !== null) timer = setTimeout(() => child.kill('SIGKILL'), killAfter);
  });
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => {
      clearTimeout(timer);
      resolve({ code, worked: performance.now() - (began ?? performance.now()), err });
    });
  });
}

/** The books without what a rollback uses up: ids and communications. An order is known by its slot. */
async function booksOf(url: string): Promise<Readonly<Record<string, readonly string[]>>> {
  return onDatabase(url, async (db) => {
    expect(await checkBooks(db)).toEqual([]);
    const lines = async (query: ReturnType<typeof sql<{ line: string }>>) =>
      (await query.execute(db)).rows.map(({ line }) => line);
    const slot = sql`o.enterprise_number, o.product_code, o.run_period, o.kind`;
    const ofOrder = sql`o on o.enterprise_number = x.enterprise_number and o.id = x.order_id`;
    return {
      orders: await lines(sql`
        select concat_ws(' ', ${slot}, status, reference, validity_start, ordered_on, confirmed_by, confirmed_on,
                         face_value_total, fee_total, vat_total, total) as line from voucher_order o order by 1`),
      lines: await lines(sql`
        select concat_ws(' ', ${slot}, x.beneficiary_id, period, face_value, quantity, cost_center) as line
          from order_line x join voucher_order ${ofOrder} order by 1`),
      cards: await lines(sql`
        select concat_ws(' ', ${slot}, x.national_register_number, x.sequence, action, c.status) as line
          from order_card x join voucher_order ${ofOrder}
          left join card c using (national_register_number, sequence) order by 1`),
      warnings: await lines(sql`
        select concat_ws(' ', ${slot}, x.code, x.key, x.params) as line from order_warning x join voucher_order ${ofOrder}
         order by 1`),
      carry: await lines(sql`
        select concat_ws(' ', x.enterprise_number, x.beneficiary_id, x.product_code, period, face_value, quantity, reason, '/',
                         ${slot}) as line
          from carry x left join voucher_order ${ofOrder} order by 1`),
      entitlements: await lines(sql`
        select concat_ws(' ', enterprise_number, beneficiary_id, product_code, period, face_value, quantity) as line
          from entitlement order by 1`),
      invoices: await lines(sql`
        select concat_ws(' ', ${slot}, x.number, cost_center, x.kind, lines, x.face_value_total, x.fee_total, x.vat_total,
                         x.total, issued_on, due_on, x.status) as line from invoice x join voucher_order ${ofOrder} order by 1`),
      notices: await lines(sql`
        select concat_ws(' ', message_key, kind, language, recipient, status) as line from invoice_notice order by 1`),
    };
  });
}

async function countOrders(url: string): Promise<string> {
  return onDatabase(url, async (db) => {
    const found = await sql<{ count: string }>`
      select concat_ws('/', count(*), count(*) filter (where status <> 'draft')) as count from voucher_order`.execute(
      db,
    );
    return found.rows[0]?.count ?? '';
  });
}

test(
  `two at once, and ${KILLS} killed with SIGKILL: the books of one quiet run`,
  async () => {
    const quiet = await cloneDatabase(world);
    const before = await countOrders(quiet);
    const { code, worked, err: said } = await runOrdersProcess(quiet);
    expect([code, code === 0 ? '' : said]).toEqual([0, '']);
    const books = await booksOf(quiet);
    expect(books['orders']).toHaveLength(4 * EMPLOYERS);
    for (const each of Object.values(books)) expect(each.length).toBeGreaterThan(0);

    const shared = await cloneDatabase(world);
    const both = await Promise.all([runOrdersProcess(shared), runOrdersProcess(shared)]);
    expect(both.map((each) => each.code)).toEqual([0, 0]);
    expect(await booksOf(shared)).toEqual(books);

    const found: string[] = [];
    for (let kill = 0; kill < KILLS; kill++) {
      const url = await cloneDatabase(world);
      await runOrdersProcess(url, worked * Math.random());
      found.push(await countOrders(url));
      const { code: ended, err } = await runOrdersProcess(url);
      expect([ended, ended === 0 ? '' : err]).toEqual([0, '']);
      expect(await booksOf(url)).toEqual(books);
    }
    if (SAMPLE) return;
    const after = await countOrders(quiet);
    console.log(`from ${before} to ${after} orders/confirmed, killed at: ${found.sort().join(', ')}`);
    const between = found.filter((count) => count !== before && count !== after);
    expect(between.length).toBeGreaterThan(KILLS / 5);
  },
  60_000 + KILLS * 20_000,
);
