/** Bank entries that arrive in a database, and a person who decides about them. */

import { sql } from 'kysely';
import { applyBankStatements } from '../../src/jobs/import/match-statement.ts';
import { acceptPayment } from '../../src/jobs/payments/accept-payment.ts';
import type { Db } from '../../src/load/database.ts';
import type { BankEntry } from '../../src/model.ts';
import { IBAN, inventStatement } from './invoiced-orders.ts';
import { type Noted, orderDay } from './small-world.ts';

export const BY_HAND = { by: 'Mia', why: 'agreed by phone' };

/** Stores one entry; returns its id. */
export async function receive(db: Db, entry: Partial<BankEntry>): Promise<number> {
  const statement = inventStatement([entry]);
  const applied = await db
    .transaction()
    .execute((trx) => applyBankStatements(trx, { fileId: 1 }, () => [statement], IBAN, '2026-12-08'));
  if (applied === 'duplicate') throw new Error('this is no copy');
  return applied.matched.entries[0]?.id ?? 0;
}

export function accept(db: Db, id: number, invoice: string, noted: Noted[] = []) {
  return acceptPayment(orderDay(db, '2026-12-10', noted), id, { invoice, ...BY_HAND });
}

export async function payments(db: Db, entryId: number) {
  const found = await sql<{ line: string }>`
    select concat_ws(' ', i.number, p.amount, p.status, p.decided_by, p.why) as line
      from payment p join invoice i on i.id = p.invoice_id where bank_entry_id = ${entryId} order by p.id`.execute(db);
  return found.rows.map(({ line }) => line);
}
