/** A person closes an open bank entry that concerns no invoice (bank costs, interest, a private transfer), or says how a payment that went back after the release was settled. */
import { RefusedError } from '../../errors.ts';
import { closeEntry, readEntryToAccept, settleEntry } from '../../load/payments/accept-payment.ts';
import { lockPayments } from '../../load/payments/open-payments.ts';
import { isTakenBack, waitsForPerson } from '../../load/payments/waiting-entries.ts';
import type { MatchContext } from './match-open-payments.ts';

export interface Closed {
  readonly id: number;
  readonly invoiceNumber: null;
  readonly status: 'accepted';
  /** cents that went to an invoice */
  readonly amount: 0;
}

/**
 * The entry counts as accepted, to the cent, and pays nothing; one that brought money may still be accepted for an invoice.
 * A payment taken back after the release keeps its invoice beside it, and is no longer an alarm.
 * @throws RefusedError when the entry waits for nobody; nothing is changed
 */
export async function closeWithoutInvoice(
  { database, log }: MatchContext,
  id: number,
  { by, why }: { readonly by: string; readonly why: string },
): Promise<Closed> {
  const closed = await database.db.transaction().execute(async (db) => {
    await lockPayments(db);
    const entry = await readEntryToAccept(db, id);
    if (entry === null) throw new RefusedError(`There is no bank entry ${id}.`);
    if (isTakenBack(entry)) {
      await settleEntry(db, { entryId: id, by, why });
      return entry;
    }
    if (!waitsForPerson(entry)) {
      throw new RefusedError(`Bank entry ${id} is ${entry.status}; only an open one can be closed without an invoice.`);
    }
    await closeEntry(db, { entryId: id, by, why });
    return entry;
  });
  log('payment.closed', { status: closed.status, code: closed.why ?? '' });
  return { id, invoiceNumber: null, status: 'accepted', amount: 0 };
}
