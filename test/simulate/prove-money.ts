/** Owns the proof of the money: what payers sent, what Navette took for paid, what it released, and what the statements sum up to. */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { sql } from 'kysely';
import type { Database } from '../../src/load/database.ts';
import type { BankStatement, Cents, Day } from '../../src/model.ts';
import type { Paid, Transfer } from './bank.ts';

interface InvoiceRow {
  readonly number: string;
  readonly total: Cents;
  readonly status: string;
  readonly releasedOn: Day | null;
}

/** An invoice counts as paid when its payer's money covers it, and only then; what was released had been paid by that day. */
export async function comparePaid(
  { db }: Database,
  payments: ReadonlyMap<string, Paid>,
  booked: readonly Transfer[],
  bankDays: (day: Day) => Day,
): Promise<string[]> {
  const found = await sql<InvoiceRow>`
    select i.number, i.total, i.status, o.released_on as "releasedOn"
      from invoice i join voucher_order o on o.enterprise_number = i.enterprise_number and o.id = i.order_id
     where i.kind <> 'credit' order by i.number`.execute(db);
  const byInvoice = Map.groupBy(booked, ({ invoice }) => invoice);
  return found.rows.flatMap(({ number, total, status, releasedOn }) => {
    const payer = payments.get(number)?.payer ?? 'unknown';
    const came = (by: Day): Cents =>
      (byInvoice.get(number) ?? [])
        .filter(({ day }) => bankDays(day) <= by)
        .reduce((sum, { amount }) => sum + amount, 0);
    const isPaid = came('9999-12-31') >= total;
    const faults: string[] = [];
    if (status !== 'credited' && isPaid !== (status === 'paid')) faults.push(`${number} is ${status} (${payer})`);
    if (releasedOn !== null && came(releasedOn) < total)
      faults.push(`${number} was released before it was paid (${payer})`);
    return faults;
  });
}

/** Entries by state sum up to the statements, each of which begins where the one before it ended. */
export async function compareStatements({ db }: Database, statements: readonly BankStatement[]): Promise<string[]> {
  const moved = (format: string): Cents =>
    statements
      .filter((one) => one.format === format)
      .reduce((sum, { openingBalance, closingBalance }) => sum + closingBalance - openingBalance, 0);
  const found = await sql<{ format: string; amount: Cents; statements: number }>`
    select format, sum(amount)::bigint as amount, count(distinct statement_id)::int as statements from bank_entry group by 1`.execute(
    db,
  );
  const faults = found.rows.flatMap(({ format, amount, statements: count }) => {
    const sent = statements.filter((one) => one.format === format).length;
    return amount === moved(format) && count === sent
      ? []
      : [`${format}: ${count} statements of ${amount} cents, sent ${sent} of ${moved(format)}`];
  });
  // What both formats tell of counts once: the twin says that it is known, or its money would be there twice.
  const twins = await sql<{ reference: string }>`
    select trim(bank_reference) as reference from bank_entry
     where status in ('matched', 'accepted') and trim(bank_reference) <> '' group by 1 having count(*) > 1`.execute(db);
  return [...faults, ...twins.rows.map(({ reference }) => `counted twice: ${reference}`)];
}

/** Each notice is one file, sent once; every invoice that was not withdrawn has been told of. */
export async function compareNotices({ db }: Database, home: string): Promise<string[]> {
  const found = await sql<{ key: string; status: string }>`
    select message_key as key, status from invoice_notice`.execute(db);
  const files = new Set(await readdir(join(home, 'out', 'notices')));
  const faults = found.rows.filter(({ status }) => status !== 'sent').map(({ key, status }) => `${key} is ${status}`);
  const missing = found.rows.filter(({ key }) => !files.has(`${key}.eml`)).map(({ key }) => `no file of ${key}`);
  if (files.size !== found.rows.length) missing.push(`${found.rows.length} notices, ${files.size} files`);
  return [...faults, ...missing];
}

/** The files for the card platform hold the money of the released orders, and only theirs. */
export async function compareReleases({ db }: Database, home: string): Promise<string[]> {
  const found = await sql<{ id: number; total: Cents; status: string }>`
    select id, face_value_total as total, status from voucher_order where status = 'released' order by id`.execute(db);
  const folder = join(home, 'out', 'card-platform');
  const files = (await readdir(folder)).filter((name) => name.startsWith('release-'));
  const faults =
    files.length === found.rows.length ? [] : [`${found.rows.length} orders, ${files.length} release files`];
  for (const { id, total } of found.rows) {
    const [, ...lines] = (await readFile(join(folder, `release-${id}.csv`), 'utf8')).trimEnd().split('\n');
    const sum = lines
      .map((line) => line.split(';'))
      .reduce((all, cells) => all + Number(cells[6]) * Number(cells[7]), 0);
    if (sum !== total) faults.push(`release ${id}: ${sum} cents, order ${total}`);
  }
  return faults;
}
