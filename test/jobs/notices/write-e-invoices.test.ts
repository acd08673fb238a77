/** E-invoices of real orders, from the queue into a folder per day, each once. */
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { readEnvironment } from '../../../src/config/environment.ts';
import { loadConfig } from '../../../src/config.ts';
import { type WrittenEInvoices, writeEInvoices } from '../../../src/jobs/notices/write-e-invoices.ts';
import { cancelOrder } from '../../../src/jobs/orders/cancel-order.ts';
import { SCHEDULED_JOBS } from '../../../src/jobs/scheduled-jobs.ts';
import { syncReference } from '../../../src/load/reference/reference.ts';
import type { VatStrategy } from '../../../src/transform/notices/e-invoice.ts';
import { openTestDatabase } from '../../support/database.ts';
import { brokenRules } from '../../support/en16931-rules.ts';
import { inventInvoicedOrder } from '../../support/invoiced-orders.ts';
import { type Noted, orderDay } from '../../support/small-world.ts';
import { all, parseXml, textAt, type XmlNode } from '../../support/xml-tree.ts';

const config = loadConfig(readEnvironment({ NAVETTE_CONFIG: new URL('../../../config', import.meta.url).pathname }));
const database = await openTestDatabase();
const { db } = database;
await syncReference(db, config);
let home: string;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'navette-e-invoices-'));
});
afterEach(async () => {
  rmSync(home, { recursive: true, force: true });
  await sql`update e_invoice set status = 'written' where status <> 'written'`.execute(db);
});

function write(vatStrategy: VatStrategy = 'exempt-line', noted: Noted[] = []): Promise<WrittenEInvoices> {
  const { log } = orderDay(db, '2026-12-05', noted);
  const navette = { ...config.navette, eInvoice: { vatStrategy } };
  return writeEInvoices({
    config: { ...config, navette },
    database,
    log,
    now: Date.parse('2026-12-05T10:00:00Z'),
    home,
  });
}

const folder = () => join(home, 'out', 'e-invoices', '2026-12-05');
const read = (name: string): XmlNode => parseXml(readFileSync(join(folder(), name), 'utf8'));
const payable = (invoice: XmlNode) => textAt(invoice, 'cac:LegalMonetaryTotal/cbc:PayableAmount');

test('an invoice and its credit note are written once, and keep the rules', async () => {
  const order = await inventInvoicedOrder(db, { card: 'none' });
  const { number, communication, total } = order.invoices[0]!;
  const { written, failed } = await write();
  expect([written, failed]).toEqual([[join(folder(), `${number}.xml`)], []]);
  const invoice = read(`${number}.xml`);
  expect(brokenRules(invoice)).toEqual([]);
  expect(payable(invoice)).toBe((total / 100).toFixed(2));
  expect(textAt(invoice, 'cbc:BuyerReference')).toBe('Order 2026-11');
  expect(textAt(invoice, 'cbc:AccountingCost')).toBe('Center 1');
  expect(textAt(invoice, 'cac:PaymentMeans/cbc:PaymentID')?.replace(/\D/g, '')).toBe(communication);
  expect(all(invoice, 'cac:InvoiceLine/cac:Item/cbc:Name').map((node) => node.text)).toEqual([
    ...['Chèque-repas, novembre 2026', 'Frais de service', 'Production des cartes'],
  ]);
  expect((await write()).written).toEqual([]);

  await cancelOrder(orderDay(db, '2026-12-05'), order.id, { by: 'ops', why: 'test' });
  const after = await write();
  expect(after.written).toHaveLength(1);
  const credit = parseXml(readFileSync(after.written[0] ?? '', 'utf8'));
  expect([credit.name, brokenRules(credit), payable(credit)]).toEqual(['CreditNote', [], payable(invoice)]);
  expect(textAt(credit, 'cac:BillingReference/cac:InvoiceDocumentReference/cbc:ID')).toBe(number);
});

test('split in two, each document has its own number and they come to the invoice together', async () => {
  const order = await inventInvoicedOrder(db, { people: 2, card: 'none', cardInvoice: 'separate' });
  const { written } = await write('split-documents');
  const documents = written.map((path) => parseXml(readFileSync(path, 'utf8')));
  expect(documents.flatMap(brokenRules)).toEqual([]);
  const sum = documents.reduce((cents, document) => cents + Math.round(Number(payable(document)) * 100), 0);
  expect(sum).toBe(order.invoices.reduce((cents, invoice) => cents + invoice.total, 0));
  expect(readdirSync(folder()).filter((name) => /-[VF]\.xml$/.test(name))).toHaveLength(4);

  await cancelOrder(orderDay(db, '2026-12-05'), order.id, { by: 'ops', why: 'test' });
  const credits = (await write('split-documents')).written.map((path) => parseXml(readFileSync(path, 'utf8')));
  expect(credits.flatMap(brokenRules)).toEqual([]);
  const named = credits.flatMap((credit) =>
    all(credit, 'cac:BillingReference/cac:InvoiceDocumentReference/cbc:ID').map((node) => node.text),
  );
  expect(named.sort()).toEqual(documents.map((document) => textAt(document, 'cbc:ID')).sort());
});

test('killed before it was noted, the file stays as it is', async () => {
  const { invoices } = await inventInvoicedOrder(db);
  const [{ written }] = [await write()];
  const bytes = readFileSync(written[0] ?? '');
  await sql`update e_invoice set status = 'queued' where invoice_id = ${invoices[0]?.id}`.execute(db);
  expect((await write()).written).toEqual(written);
  expect(readFileSync(written[0] ?? '').equals(bytes)).toBe(true);
  expect(readdirSync(folder())).toEqual([`${invoices[0]?.number}.xml`]);
});

test('one whose lines do not come to its total stops no other, and waits for a person', async () => {
  const { invoices } = await inventInvoicedOrder(db, { people: 2 });
  await sql`update invoice set total = total + 1 where id = ${invoices[0]?.id}`.execute(db);
  const noted: Noted[] = [];
  const { written, failed } = await write('exempt-line', noted);
  expect(written).toEqual([join(folder(), `${invoices[1]?.number}.xml`)]);
  expect(failed).toMatchObject([{ invoice: invoices[0]?.number, reason: 'e-invoice.invalid' }]);
  expect(noted.map(({ event }) => event)).toEqual(['e-invoice.failed', 'e-invoice.written']);
});

test('a folder that takes nothing leaves them queued', async () => {
  await inventInvoicedOrder(db);
  writeFileSync(join(home, 'out'), 'in the way');
  expect(await write()).toMatchObject({ written: [], failed: [], down: expect.stringMatching(/^E/) });
  rmSync(join(home, 'out'));
  expect((await write()).written).toHaveLength(1);
});

test('the worker writes them by its schedule', async () => {
  const { invoices } = await inventInvoicedOrder(db);
  const { log } = orderDay(db, '2026-12-05');
  const context = { config, database, log, today: '2026-12-05', now: Date.parse('2026-12-05T10:00:00Z'), home };
  await SCHEDULED_JOBS['notices']?.(context);
  expect(readdirSync(folder())).toEqual([`${invoices[0]?.number}.xml`]);
});

test('two workers at once write each of many once', async () => {
  await inventInvoicedOrder(db, { people: 250 });
  const both = await Promise.all([write(), write()]);
  const paths = both.flatMap(({ written }) => written);
  expect([paths.length, new Set(paths).size, readdirSync(folder()).length]).toEqual([250, 250, 250]);
});
