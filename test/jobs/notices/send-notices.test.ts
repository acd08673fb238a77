/** Notices from a real queue into a real folder, read back as e-mail. */
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import { simpleParser } from 'mailparser';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { brusselsDay } from '../../../src/clock.ts';
import { readEnvironment } from '../../../src/config/environment.ts';
import { loadConfig } from '../../../src/config.ts';
import { type SentNotices, sendNotices } from '../../../src/jobs/notices/send-notices.ts';
import { cancelOrder } from '../../../src/jobs/orders/cancel-order.ts';
import { syncReference } from '../../../src/load/reference/reference.ts';
import { openTestDatabase } from '../../support/database.ts';
import { inventInvoicedOrder } from '../../support/invoiced-orders.ts';
import { type Noted, orderDay } from '../../support/small-world.ts';

const config = loadConfig(readEnvironment({ NAVETTE_CONFIG: new URL('../../../config', import.meta.url).pathname }));
const { db } = await openTestDatabase();
await syncReference(db, config);
let home: string;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'navette-notices-'));
});
afterEach(() => rmSync(home, { recursive: true, force: true }));

function send(noted: Noted[] = []): Promise<SentNotices> {
  const { log, database } = orderDay(db, '2026-12-05', noted);
  return sendNotices({ config, database, log, now: Date.parse('2026-12-05T10:00:00Z'), home });
}

async function queue(number: string) {
  const found = await sql<{ line: string }>`
    select concat_ws(' ', n.kind, n.status, n.attempts, n.failure, n.sent_at) as line
      from invoice_notice n join invoice i on i.id = n.invoice_id where i.number = ${number}`.execute(db);
  return found.rows.map(({ line }) => line);
}

function files(): string[] {
  return readdirSync(join(home, 'out', 'notices'));
}

test('a queued notice is handed over once, with what is to be paid', async () => {
  const order = await inventInvoicedOrder(db);
  const { number, communication } = order.invoices[0]!;
  await sql`update invoice_notice set queued_at = '2026-12-05T08:30:00Z'`.execute(db);
  const noted: Noted[] = [];
  const told = { enterpriseNumber: order.employer, invoice: number, kind: 'invoice', language: 'fr' };
  const file = join(home, 'out', 'notices', `invoice-${number}.eml`);
  expect(await send(noted)).toEqual({ sent: [{ ...told, file }], failed: [] });
  expect(await queue(number)).toEqual(['invoice sent 1 2026-12-05 10:00:00+00']);
  expect(noted).toEqual([{ event: 'notice.sent', facts: { ...told, channel: 'folder' } }]);

  const mail = await simpleParser(readFileSync(file));
  expect(mail.messageId).toBe(`<invoice-${number}@navette.example>`);
  expect(mail.date?.toISOString()).toBe('2026-12-05T08:30:00.000Z');
  expect(mail.from?.value).toEqual([{ name: 'Navette Vouchers', address: 'orders@navette.example' }]);
  expect(mail.text).toContain(
    `+++${communication.slice(0, 3)}/${communication.slice(3, 7)}/${communication.slice(7)}+++`,
  );
  expect(mail.text).toContain('BE68 5390 0754 7034');
  expect(mail.text).toMatch(/165,81/);
  expect(mail.text).toContain('Chèque-repas');
  expect(mail.text).toContain('Center 1');

  expect(await send()).toEqual({ sent: [], failed: [] });
});

test('the mail is of the day of its invoice, whatever day it really is', async () => {
  await inventInvoicedOrder(db);
  const { sent } = await send();
  const mail = await simpleParser(readFileSync(sent[0]?.file ?? ''));
  expect(brusselsDay(mail.date?.getTime() ?? 0)).toBe('2026-12-05');
});

test('killed before it was noted, the same file is found and stays', async () => {
  const order = await inventInvoicedOrder(db);
  const { number } = order.invoices[0]!;
  await send();
  const file = join(home, 'out', 'notices', `invoice-${number}.eml`);
  const bytes = readFileSync(file);
  await sql`update invoice_notice set status = 'queued', sent_at = null where message_key = ${`invoice-${number}`}`.execute(
    db,
  );
  expect((await send()).sent).toHaveLength(1);
  expect(readFileSync(file).equals(bytes)).toBe(true);
  rmSync(file);
  await sql`update invoice_notice set status = 'queued' where message_key = ${`invoice-${number}`}`.execute(db);
  await send();
  expect(readFileSync(file).equals(bytes)).toBe(true);
});

test('a credit note names the invoice it takes back', async () => {
  const order = await inventInvoicedOrder(db);
  await send();
  await cancelOrder(orderDay(db, '2026-12-06'), order.id, { by: 'ops', why: 'test' });
  const { sent } = await send();
  expect(sent).toMatchObject([{ kind: 'credit-note' }]);
  const mail = await simpleParser(readFileSync(sent[0]?.file ?? ''));
  expect(mail.text).toContain(order.invoices[0]!.number);
  expect(mail.text).toMatch(/165,81/);
});

test('one that cannot be sent stops no other', async () => {
  const order = await inventInvoicedOrder(db, { people: 3 });
  const [bad] = order.invoices;
  await sql`update invoice_notice set recipient = 'nobody' where message_key = ${`invoice-${bad?.number}`}`.execute(db);
  await sql`
    insert into invoice_notice (enterprise_number, invoice_id, kind, language, recipient, status, message_key)
    select i.enterprise_number, i.id, k.kind, 'nl', 'compta@example.be', 'queued', k.kind || '-' || i.number
      from invoice i cross join (values ('reminder-1'), ('reminder-2')) k (kind) where i.order_id = ${order.id}`.execute(
    db,
  );
  const noted: Noted[] = [];
  const { sent, failed } = await send(noted);
  expect(sent).toHaveLength(8);
  expect(failed).toEqual([
    {
      enterpriseNumber: order.employer,
      invoice: bad?.number,
      kind: 'invoice',
      language: 'fr',
      reason: 'notice.invalid',
      retried: false,
    },
  ]);
  expect(await queue(bad?.number ?? '')).toContain('invoice failed 1 notice.invalid');
  expect(JSON.stringify(noted)).not.toContain('nobody');
  expect(files()).toHaveLength(8);
});

test('a folder that takes nothing leaves them queued', async () => {
  const order = await inventInvoicedOrder(db);
  const { number } = order.invoices[0]!;
  writeFileSync(join(home, 'out'), 'in the way');
  expect((await send()).failed).toMatchObject([{ invoice: number, retried: true }]);
  expect(await queue(number)).toEqual([expect.stringMatching(/^invoice queued 0 E/)]);
  rmSync(join(home, 'out'));
  expect((await send()).sent).toHaveLength(1);
});

test('two workers at once hand over each notice once, and many of them', async () => {
  const order = await inventInvoicedOrder(db);
  await send();
  const { number } = order.invoices[0]!;
  await sql`
    insert into invoice (enterprise_number, number, order_id, cost_center, kind, lines, face_value_total, fee_total, vat_total,
                         total, structured_communication, issued_on, due_on, status)
    select enterprise_number, number || '-' || n, order_id, 1000 + n, kind, lines, face_value_total, fee_total, vat_total, total,
           structured_communication, issued_on, due_on, 'cancelled'
      from invoice, generate_series(1, 250) n where number = ${number}`.execute(db);
  await sql`
    insert into invoice_notice (enterprise_number, invoice_id, kind, language, recipient, status, message_key)
    select enterprise_number, id, 'invoice', 'de', 'compta@example.be', 'queued', 'invoice-' || number
      from invoice where number like ${`${number}-%`}`.execute(db);
  const both = await Promise.all([send(), send()]);
  const sent = both.flatMap((each) => each.sent.map(({ invoice }) => invoice));
  expect([sent.length, new Set(sent).size]).toEqual([250, 250]);
  const left = await sql`select from invoice_notice where status <> 'sent' and recipient <> 'nobody'`.execute(db);
  expect(left.rows).toEqual([]);
});
