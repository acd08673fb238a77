/** The demo, run twice as a person runs it: what it tells, what stands in its books, and what no log of it holds. */
import { execFile } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { summaryLines } from '../src/commands/demo/print-summary.ts';
import type { DemoSummary } from '../src/commands/demo/summary.ts';
import { type Database, openDatabase } from '../src/load/database.ts';
import { type EmbeddedServer, openEmbeddedPostgres } from '../src/load/embedded-postgres.ts';
import { parseNationalRegisterNumber } from '../src/transform/values/national-register-number.ts';
import { deliveries } from './support/demo/deliveries.ts';
import { EMPLOYERS } from './support/demo/employers.ts';
import { inventPopulation } from './support/demo/people.ts';
import { type InvoiceToPay, statementFile } from './support/demo/statement.ts';
import { checkBooks } from './support/invariant.ts';

const ROOT = join(import.meta.dirname, '..');
const FIXTURES = join(ROOT, 'fixtures/demo');
const STATEMENT = '2026-12-14/bank/statement_2026-12-14.cod';
const FILES = 32;
/** A web page, an empty file, and one of which every row is about somebody else's client. */
const REJECTED_FILES = 3;

interface Run {
  readonly code: number | string;
  readonly stdout: string;
  readonly stderr: string;
}

let home: string;
let first: Run;
let second: Run;
let told: DemoSummary;
let server: EmbeddedServer | undefined;
let database: Database | undefined;

/** The database that is named is not there: the demo must not look for it. */
function runDemo(...options: string[]): Promise<Run> {
  const env = { ...process.env, NAVETTE_HOME: home, DATABASE_URL: 'postgres://nobody@127.0.0.1:9/none' };
  return new Promise((resolve) => {
    execFile(
      join(ROOT, 'bin/navette'),
      ['demo', ...options],
      { cwd: ROOT, env, timeout: 60_000, maxBuffer: 16_000_000 },
      (error, stdout, stderr) => resolve({ code: error === null ? 0 : (error.code ?? 'killed'), stdout, stderr }),
    );
  });
}

function demoDatabase(): Database {
  if (database === undefined) throw new Error('the demo left no database');
  return database;
}

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'navette-demo-'));
  first = await runDemo('--json');
  second = await runDemo();
  told = JSON.parse(first.stdout || '{}');
  server = await openEmbeddedPostgres(join(home, 'demo'));
  database = await openDatabase(server.url, () => undefined);
}, 130_000);

afterAll(async () => {
  await database?.close();
  await server?.release();
  await rm(home, { recursive: true, force: true });
});

describe('the first run', () => {
  test('ends well and prints one document', () => {
    expect([first.code, first.stderr]).toEqual([0, '']);
    expect([told.again, told.nothingTwice]).toEqual([false, false]);
  });

  test('applies every file but the broken ones and the one that came twice', () => {
    const count = (outcome: string) => told.files.filter((file) => file.outcome === outcome).length;
    expect(told.files).toHaveLength(FILES);
    expect([count('duplicate'), count('rejected')]).toEqual([1, REJECTED_FILES]);
    expect(count('applied')).toBe(FILES - 1 - REJECTED_FILES);
  });

  test('accounts for every row', () => {
    for (const { name, counts } of told.files) {
      const { created, updated, unchanged, reactivated, rejected, duplicateInFile } = counts;
      expect([name, created + updated + unchanged + reactivated + rejected + duplicateInFile]).toEqual([
        name,
        counts.read,
      ]);
    }
    expect(told.world).toMatchObject({ employers: 12, active: 396, inactive: 3 });
  });

  test('meets every kind of mess that the files hold', () => {
    const codes = [...told.reasons, ...told.notes].map(({ code }) => code);
    expect(codes).toEqual(
      expect.arrayContaining([
        ...['nrn.invalid', 'date.invalid', 'required.missing', 'cost-center.unknown', 'delivery-point.unknown'],
        ...['person.conflict', 'row.conflict', 'limit.exceeded', 'integer.invalid', 'beneficiary.unknown'],
        ...['contract.missing', 'mandate.missing', 'address.incomplete', 'literal.unknown', 'period.invalid'],
        ...['quantity.negative', 'enterprise-number.invalid', 'file.empty', 'file.format'],
        ...['nrn.repaired', 'nrn.birth-date', 'count.unusual', 'encoding.assumed', 'person.unknown-leaver'],
      ]),
    );
    expect(told.reasons.every(({ sentence }) => sentence !== '')).toBe(true);
    expect(told.carried.map(({ reason }) => reason)).toEqual(['leaver.unordered', 'no-card']);
  });

  test('orders, leaves one draft to its employer, and tells the others in their language', () => {
    expect(told.thisRun).toEqual({
      filesApplied: 28,
      ordersMade: 13,
      ordersConfirmed: 12,
      noticesSent: 16,
      eInvoicesWritten: 16,
      ordersReleased: 9,
    });
    expect(told.waiting.map(({ employerName, codes }) => [employerName, codes])).toEqual([
      ['Menuiserie Copeau & Fille', ['first-order']],
    ]);
    expect(new Set(told.notices.map(({ language, status }) => `${language} ${status}`))).toEqual(
      new Set(['fr sent', 'nl sent', 'de sent', 'en sent']),
    );
  });

  test('finds in the statement who paid exactly, too little, twice, with a typo, and what the bank took', () => {
    expect(Object.fromEntries(told.payments.map(({ status, entries }) => [status, entries]))).toEqual({
      matched: 13,
      partial: 1,
      duplicate: 1,
      unknown: 1,
      ignored: 1,
    });
  });

  test('releases what was paid, to the cent', async () => {
    expect(told.released).toHaveLength(9);
    for (const { money, faceValueTotal, lines } of told.released) {
      expect(money).toBe(faceValueTotal);
      expect(lines).toBeGreaterThan(0);
    }
    expect(await readdir(join(home, 'demo/out/card-platform'))).toHaveLength(9);
    expect(await readdir(join(home, 'demo/out/notices'))).toHaveLength(16);
  });

  test('keeps every promise of the books, and says so', () => {
    expect(told.books.map(({ kept }) => kept)).toEqual([true, true, true, true, true, true, true]);
    expect(
      told.books.every(({ told: amounts }) => amounts.every(({ cents, count }) => (cents ?? count ?? 0) > 0)),
    ).toBe(true);
  });
});

describe('the second run', () => {
  test('ends well, does nothing twice, and says so', () => {
    expect([second.code, second.stderr]).toEqual([0, '']);
    expect(second.stdout).toContain(`Nothing was done twice: ${FILES - REJECTED_FILES} files were recognised`);
  });

  test('left no second order, invoice, notice or payment in the database', async () => {
    const { db } = demoDatabase();
    const found = await sql<Record<string, number>>`
      select (select count(*)::int from voucher_order) as orders, (select count(*)::int from invoice) as invoices,
             (select count(*)::int from invoice_notice) as notices, (select count(*)::int from bank_entry) as entries,
             (select count(*)::int from drop_file where status = 'archived') as applied,
             (select count(*)::int from drop_file) as files`.execute(db);
    expect(found.rows).toEqual([{ orders: 13, invoices: 16, notices: 16, entries: 17, applied: 28, files: 2 * FILES }]);
    expect(await checkBooks(db)).toEqual([]);
  });

  test('fits a terminal of 110 columns', () => {
    const lines = [...summaryLines(told), ...second.stdout.split('\n')].filter((line) => !line.includes(home));
    expect(lines.filter((line) => line.length > 110)).toEqual([]);
  });
});

describe('nothing that was printed or logged', () => {
  const people = inventPopulation().flat();

  /** Register numbers, dotted or not, last names and addresses that stand in the text. */
  function personalIn(text: string): string[] {
    const numbers = [...text.matchAll(/(?<![\w-])\d{11}(?![\w-])/g)].map(([number]) => number);
    const dotted = [...text.matchAll(/\d{2}\.\d{2}\.\d{2}-\d{3}\.\d{2}/g)].map(([number]) => number);
    const addresses = [...text.matchAll(/[\w.+-]+@[\w-]+\.\w+/g)].map(([address]) => address);
    const names = [...new Set(people.map(({ lastName }) => lastName))].filter((name) => text.includes(name));
    return [...numbers, ...dotted, ...addresses, ...names];
  }

  test('holds a register number, a name or an e-mail address', async () => {
    const logs = ['demo.log', 'postgres/server.log'].map((name) => join(home, 'demo', name));
    const texts = [first.stdout, first.stderr, second.stdout, second.stderr];
    for (const log of logs) texts.push(await readFile(log, 'utf8'));
    expect(texts.flatMap(personalIn)).toEqual([]);
    expect(texts[4]?.split('\n').length).toBeGreaterThan(200);
  });

  test('of the people whom the search knows, every one stands in the files', async () => {
    const file = (await deliveries()).find(({ path }) => path.endsWith('0428926971_werknemers_2026-11.csv'));
    expect(personalIn(String(file?.content)).length).toBeGreaterThan(3 * 10);
    expect(
      people.every(({ nationalRegisterNumber: number }) => parseNationalRegisterNumber(number, '2026-12-01') !== null),
    ).toBe(true);
  });
});

describe('the files of the demo', () => {
  test('are those that `npm run demo:fixtures` writes', async () => {
    const written = await deliveries();
    const there = await readdir(FIXTURES, { recursive: true, withFileTypes: true });
    expect(there.filter((entry) => entry.isFile())).toHaveLength(FILES);
    expect(written).toHaveLength(FILES - 1);
    for (const { path, content } of written) {
      expect([path, Buffer.from(content).equals(await readFile(join(FIXTURES, path)))]).toEqual([path, true]);
    }
  });

  test('hold a bank statement that answers these very invoices', async () => {
    const invoices = await sql<InvoiceToPay>`
      select enterprise_number as "enterpriseNumber", structured_communication as "structuredCommunication", total
        from invoice order by number`.execute(demoDatabase().db);
    expect(statementFile(invoices.rows).equals(await readFile(join(FIXTURES, STATEMENT)))).toBe(true);
  });

  test('are about 400 people of twelve employers, each with a number of their own', () => {
    const population = inventPopulation();
    expect(population.map((people) => people.length)).toEqual(EMPLOYERS.map(({ people }) => people));
    const keys = population.flatMap((people, index) => people.map((one) => `${index} ${one.nationalRegisterNumber}`));
    expect(keys).toHaveLength(400);
    expect(new Set(keys).size).toBe(400);
  });
});
