/** The job `renewals`: cards that expire soon go onto drafts that wait, and otherwise onto the next order. */

import { lockFreeDrafts } from '../../load/orders/order-locks.ts';
import { writeRenewalWarnings } from '../../load/orders/order-warnings.ts';
import { findRenewals, nameRenewalsOnDrafts } from '../../load/orders/renewals.ts';
import { deactivateLeavers } from '../../load/people/leavers.ts';
import { countTo } from '../../progress.ts';
import { renewalHorizon } from '../orders/make-drafts.ts';
import type { OrderContext } from '../orders/order-context.ts';
import { priceOrderSet } from '../orders/price-orders.ts';

export interface Renewals {
  /** active people whose card expires within the horizon and has no successor on order */
  readonly people: number;
  /** of them, those whom this run put onto a waiting draft */
  readonly named: number;
  /** of them, those whom a draft named before */
  readonly namedBefore: number;
  /** the others: the next order of one of their employers renews the card */
  readonly nextOrder: number;
}

/** Drafts at a time: their employers are locked meanwhile. */
const DRAFTS_AT_ONCE = 1000;

/** Running it again names nobody twice; a draft that gets a card gets the warning that holds it, and its new totals. */
export async function runRenewals(context: OrderContext): Promise<Renewals> {
  const { database, config, today, log } = context;
  const left = await deactivateLeavers(database.db, today);
  if (left.length > 0) log('leavers.done', { people: left.reduce((sum, { people }) => sum + people, 0) });
  const lastDay = renewalHorizon(today);
  const { people, named: namedBefore, drafts } = await findRenewals(database.db, lastDay);
  let named = 0;
  const looked = countTo(drafts.length, context.progress?.('drafts', 'job.progress', { step: 'renewals' }));
  for (let start = 0; start < drafts.length; start += DRAFTS_AT_ONCE) {
    const some = drafts.slice(start, start + DRAFTS_AT_ONCE);
    named += await database.db.transaction().execute(async (db) => {
      await lockFreeDrafts(db, some, []);
      const count = await nameRenewalsOnDrafts(db, lastDay);
      await writeRenewalWarnings(db);
      await priceOrderSet(db, config, today);
      return count;
    });
    looked.more(some.length);
  }
  looked.end();
  log('card.renewal', { people });
  return { people, named, namedBefore, nextOrder: people - named - namedBefore };
}
