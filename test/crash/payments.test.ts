/** Navette killed at random moments while it imports statements and releases orders: the same books and files as a quiet run. */
import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { sql } from 'kysely';
import { afterAll, expect, test } from 'vitest';
import { readEnvironment } from '../../src/config/environment.ts';
import { loadConfig } from '../../src/config.ts';
import { syncReference } from '../../src/load/reference/reference.ts';
import type { BankEntry } from '../../src/model.ts';
import { writeStatement } from '../support/bank-files.ts';
import { cloneDatabase, onDatabase } from '../support/database.ts';
import { checkBooks } from '../support/invariant.ts';
import { type InvoicedOrder, inventInvoicedOrders, inventStatement } from '../support/invoiced-orders.ts';

const ROOT = new URL('../..', import.meta.url).pathname;
/** How often it is killed: 50 times with `npm run crash:payments`, else once in the import and once in the release. */
const KILLS = Number(process.env['CRASH_KILLS'] ?? 2);
const SAMPLE = KILLS <= 2;
const ORDERS = SAMPLE ? 10 : 60;
const DAY = '2026-12-08';

const folder = mkdtempSync(join(tmpdir(), 'navette-crash-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const world = await cloneDatabase();
await onDatabase(world, async (db) => {
  await syncReference(db, loadConfig(readEnvironment({ NAVETTE_CONFIG: join(ROOT, 'config') })));
});
const orders = await onDatabase(world, (db) => inventInvoicedOrders(db, ORDERS));
const [coda, camt] = writeStatements();

/** Two days, one in each format, the first told again in the second: most pay, some in parts, some twice, some come back. */
function writeStatements(): [coda: string, camt: string] {
  const entryOf = ({ invoices }: InvoicedOrder, amount: number): Partial<BankEntry> => ({
    amount,
    structuredCommunication: invoices[0]!.communication,
  });
  const first: Partial<BankEntry>[] = [];
  const second: Partial<BankEntry>[] = [];
  for (const [index, order] of orders.entries()) {
    const { total } = order.invoices[0]!;
    if (index % 10 === 9) continue;
    if (index % 10 === 8) first.push(entryOf(order, total - 1));
    else if (index % 10 === 7) {
      first.push(entryOf(order, 100));
      second.push(entryOf(order, total - 100));
    } else if (index % 10 === 6) {
      first.push(entryOf(order, total));
      second.push({ ...entryOf(order, -total), reversal: true });
    } else first.push(entryOf(order, total));
    if (index % 10 === 5) second.push(entryOf(order, total));
    // Movements that pay nothing make the import longer.
    for (let more = 0; more < 5; more++) first.push({ amount: 5, freeText: `divers ${index} ${more}` });
  }
  const one = inventStatement(first);
  const two = inventStatement(second, { format: 'camt053' });
  const paths: [string, string] = [join(folder, 'first.cod'), join(folder, 'second.xml')];
  writeFileSync(paths[0], writeStatement('coda', one), 'latin1');
  writeFileSync(paths[1], writeStatement('camt053', two));
  return paths;
}

interface Place {
  readonly url: string;
  readonly home: string;
}

async function openPlace(): Promise<Place> {
  return { url: await cloneDatabase(world), home: mkdtempSync(join(folder, 'home-')) };
}

/** When a command is killed: after a time, or when it has written so many lines of its log. */
type Moment = { readonly milliseconds: number } | { readonly lines: number };

interface Ended {
  /** null when it was killed */
  readonly code: number | null;
  readonly took: number;
  readonly log: string;
}

/** Runs a command to its end, or kills it with SIGKILL at a moment. */
function navette({ url, home }: Place, given: readonly string[], moment: Moment | null): Promise<Ended> {
  const env = { ...process.env, DATABASE_URL: url, NAVETTE_HOME: home, NAVETTE_CONFIG: join(ROOT, 'config') };
  const started = performance.now();
  // Node itself and not the starter script: the signal must reach the process that does the work.
  const program = [join(ROOT, 'src/main.ts'), ...given, '--date', DAY, '--json'];
  const child = spawn(join(ROOT, 'node_modules/.bin/node'), program, { env, stdio: ['ignore', 'ignore', 'pipe'] });
  const kill = () => child.kill('SIGKILL');
  let log = '';
  child.stderr.on('data', (text: Buffer) => {
    log += text.toString();
    if (moment !== null && 'lines' in moment && log.split('\n').length > moment.lines) kill();
  });
  const timer = moment !== null && 'milliseconds' in moment ? setTimeout(kill, moment.milliseconds) : undefined;
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => {
      clearTimeout(timer);
      resolve({ code, took: performance.now() - started, log });
    });
  });
}

/** Half of the moments fall where the log tells of work, which is where a kill can do harm; the others anywhere. */
function randomMoment({ took, log }: Ended): Moment {
  const lines = log.split('\n').length - 1;
  if (lines > 0 && Math.random() < 0.5) return { lines: 1 + Math.floor(Math.random() * lines) };
  return { milliseconds: took * (0.3 + 0.7 * Math.random()) };
}

const STEPS: readonly (readonly string[])[] = [
  ['import', coda, '--layout', 'bank-coda', '--secretariat', 'bank'],
  ...(SAMPLE
    ? []
    : [
        ['import', camt, '--layout', 'bank-camt053', '--secretariat', 'bank'],
        ['run', 'payments'],
      ]),
  ['run', 'release'],
];

/** Everything that the books and the outside world show, without moments and numbers that a rollback uses up. */
async function outcomeOf({ url, home }: Place): Promise<unknown> {
  const out = join(home, 'out', 'card-platform');
  const files = readdirSync(out).sort();
  return onDatabase(url, async (db) => {
    const lines = async (query: ReturnType<typeof sql<{ line: string }>>) =>
      (await query.execute(db)).rows.map(({ line }) => line);
    expect(await checkBooks(db)).toEqual([]);
    return {
      statements: await lines(sql`
        select concat_ws(' ', account, format, year, statement_number, opening_balance, closing_balance) as line from bank_statement order by 1`),
      entries: await lines(sql`
        select concat_ws(' ', format, statement_number, sequence, amount, structured_communication, status, why) as line from bank_entry
         order by format, statement_number, sequence`),
      payments: await lines(sql`
        select concat_ws(' ', e.format, e.statement_number, e.sequence, i.number, p.amount, p.status, p.why) as line
          from payment p join bank_entry e on e.id = p.bank_entry_id join invoice i on i.id = p.invoice_id
         order by e.format, e.statement_number, e.sequence, i.number`),
      invoices: await lines(sql`select concat_ws(' ', number, status) as line from invoice order by number`),
      orders: await lines(
        sql`select concat_ws(' ', id, status, paid_on, released_on) as line from voucher_order order by id`,
      ),
      cards: await lines(
        sql`select concat_ws(' ', national_register_number, sequence, status, produced_on, expires_on) as line from card order by 1`,
      ),
      outgoing: await lines(
        sql`select concat_ws(' ', name, status, sha256, content is null) as line from outgoing_file where kind = 'release' order by name`,
      ),
      files: files.map((name) => [name, readFileSync(join(out, name), 'utf8')]),
    };
  });
}

/** How far the work had come when it was killed: proof that the moments differ. */
async function progressOf({ url }: Place): Promise<string> {
  return onDatabase(url, async (db) => {
    const found = await sql<{ line: string }>`
      select concat_ws('/', (select count(*) from drop_file where status = 'fetched'), (select count(*) from bank_statement),
                       (select count(*) from voucher_order where status = 'released'),
                       (select count(*) from outgoing_file where kind = 'release' and status = 'sent')) as line`.execute(
      db,
    );
    return found.rows[0]?.line ?? '';
  });
}

test(
  `killed ${KILLS} times, the books and the release files are those of a quiet run`,
  async () => {
    const quiet = await openPlace();
    const ran: Ended[] = [];
    for (const step of STEPS) ran.push(await runToEnd(quiet, step));
    const expected = await outcomeOf(quiet);
    // Of ten orders seven are paid and released.
    expect(expected).toMatchObject({ files: { length: (ORDERS / 10) * 7 } });

    const seen = new Map<string, number>();
    let kills = 0;
    while (kills < KILLS) {
      const place = await openPlace();
      for (const [index, step] of STEPS.entries()) {
        // Killed once or twice before it may end.
        for (let again = 0; again < (SAMPLE ? 1 : 2) && kills < KILLS; again++) {
          const { code } = await navette(place, step, randomMoment(ran[index]!));
          if (code !== null) break;
          kills += 1;
          const progress = await progressOf(place);
          seen.set(progress, (seen.get(progress) ?? 0) + 1);
        }
        await runToEnd(place, step);
      }
      expect(await outcomeOf(place)).toEqual(expected);
    }
    const told = [...seen].sort().map(([progress, times]) => `${times}x ${progress}`);
    console.log(`${kills} kills, at fetched/statements/released/written = ${told.join(', ')}`);
  },
  120_000 + KILLS * 15_000,
);

async function runToEnd(place: Place, step: readonly string[]): Promise<Ended> {
  const ended = await navette(place, step, null);
  expect([step.slice(0, 2), ended.code, ended.code === 0 ? '' : ended.log]).toEqual([step.slice(0, 2), 0, '']);
  return ended;
}
