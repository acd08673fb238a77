/** A lost card is blocked, and another one is drafted; the card's balance is the card platform's. */
import { RefusedError } from '../../errors.ts';
import { blockCard, draftReplacement, lockPersonOfCard } from '../../load/orders/lost-card.ts';
import type { OrderKey } from '../../load/orders/order-locks.ts';
import { currentNumber } from '../../load/people/person-numbers.ts';
import { periodOf } from '../../transform/values/calendar.ts';
import { parseNationalRegisterNumber } from '../../transform/values/national-register-number.ts';
import type { OrderContext } from '../orders/order-context.ts';
import { priceOrderSet } from '../orders/price-orders.ts';

export interface LostCard {
  /** the draft with the replacement; null when none was made */
  readonly order: OrderKey | null;
  /** why none was made: another card is on its way, or nobody can order one */
  readonly without: 'ordered' | 'no-employer' | null;
}

/**
 * Blocks the active card of a person and drafts its replacement, without the service fee of vouchers.
 * @throws RefusedError when there is no such person, or no active card
 */
export async function replaceLostCard(context: OrderContext, person: string, by: string): Promise<LostCard> {
  const { database, config, today, log } = context;
  const read = parseNationalRegisterNumber(person, today)?.number ?? '';
  const number = await currentNumber(database.db, read);
  const lost = await database.db.transaction().execute(async (db): Promise<LostCard> => {
    const { known, active, ordered } = await lockPersonOfCard(db, number);
    if (!known) throw new RefusedError('There is no such beneficiary.');
    if (!active) throw new RefusedError('This person has no active card.');
    await blockCard(db, number, by);
    if (ordered) return { order: null, without: 'ordered' };
    const order = await draftReplacement(db, number, {
      today,
      period: periodOf(today),
      reference: 'Replacement card',
    });
    if (order === null) return { order, without: 'no-employer' };
    await priceOrderSet(db, config, today);
    return { order, without: null };
  });
  const { order } = lost;
  log('card.lost', order === null ? {} : { enterpriseNumber: order.enterpriseNumber, orderId: order.id });
  return lost;
}
