/** One transaction of orders: from the slots of many employers to drafts with lines, carry, cards, totals and warnings. */

import type { Db } from '../../load/database.ts';
import { keepSelfConfirming } from '../../load/orders/confirm-orders.ts';
import { grantFixedQuantities, nameGrantsByHand } from '../../load/orders/fixed-entitlements.ts';
import {
  dropAboveLimit,
  dropNetNegative,
  findOpenQuantities,
  holdBackLate,
  readQuantitiesAboveLimit,
} from '../../load/orders/open-quantities.ts';
import { nameNewCardsOfDrafts, nameRenewals, orderCards } from '../../load/orders/order-cards.ts';
import { LINES_JUST_WRITTEN } from '../../load/orders/order-costs.ts';
import {
  type DraftOrder,
  replaceCarry,
  selectNewOrders,
  writeLines,
  writeOrders,
} from '../../load/orders/order-lines.ts';
import { readNetTotals, writeDraftWarnings, writeUnusualTotals } from '../../load/orders/order-warnings.ts';
import {
  createSlotRun,
  dropUnorderableSlots,
  type SlotOutOfRun,
  type SlotToRun,
  takeOutBarredSlots,
} from '../../load/orders/slot-run.ts';
import type { Day } from '../../model.ts';
import { HOLDING_WARNINGS, isUnusualTotal } from '../../transform/orders/order-warnings.ts';
import { linesAboveYearlyLimit } from '../../transform/orders/yearly-limit.ts';
import { addDays } from '../../transform/values/calendar.ts';
import { issueInvoices } from './issue-invoices.ts';
import type { OrderContext } from './order-context.ts';
import { type PricedOrder, previewOrders, priceOrderSet } from './price-orders.ts';
import { ALONE, type Turn } from './run-in-turn.ts';

/** A card that expires within so many days is renewed with the next order. */
const RENEWAL_DAYS = 90;

export interface DraftsMade {
  readonly drafts: readonly (DraftOrder & { readonly total: number; readonly people: number })[];
  readonly out: readonly SlotOutOfRun[];
  /** people to whom nothing was granted, because their face value is above the limit of the month worked */
  readonly refusedPeople: number;
}

/** The last day of expiry of cards that are renewed now. */
export function renewalHorizon(today: Day): Day {
  return addDays(today, RENEWAL_DAYS);
}

/** Makes what can be made of the slots, at most one an employer; all of it or, on any error, nothing. */
export function makeDrafts(
  context: OrderContext,
  slots: readonly SlotToRun[],
  turn: Turn,
): Promise<DraftsMade & { readonly invoiced: readonly PricedOrder[] }> {
  return context.database.db.transaction().execute(async (db) => {
    const { priced, ...made } = await makeDraftsIn(db, context, slots, turn);
    return { ...made, invoiced: priced.length === 0 ? [] : await confirmFresh(db, context, priced) };
  });
}

/**
 * Confirms, as "system", those of the drafts just made that confirm themselves and that no warning holds. Under the lock that
 * they were made under nobody has left, so only a card that another order took is looked at again.
 */
async function confirmFresh(
  db: Db,
  context: OrderContext,
  priced: readonly PricedOrder[],
): Promise<readonly PricedOrder[]> {
  const free = new Set(await keepSelfConfirming(db, HOLDING_WARNINGS));
  if (free.size === 0) return [];
  const lostCards = await orderCards(db);
  const invoiced =
    lostCards === 0
      ? priced.filter(({ orderId }) => free.has(orderId))
      : await priceOrderSet(db, context.config, context.today);
  await issueInvoices(db, context, 'system', invoiced);
  return invoiced;
}

/** The same in the caller's transaction, which must not have made any drafts before. */
export async function makeDraftsIn(
  db: Db,
  context: OrderContext,
  slots: readonly SlotToRun[],
  turn: Turn = ALONE,
): Promise<DraftsMade & { readonly priced: readonly PricedOrder[] }> {
  const { out, refusedPeople } = await judgeSlots(db, context, slots, turn);
  const drafts = await writeLines(db);
  if (slots.some(({ kind }) => kind === 'manual')) await nameGrantsByHand(db);
  await replaceCarry(db);
  // Cards are shared by employers: who needs one is known when everybody before has ordered theirs.
  await turn.comes;
  return { ...(await completeDrafts(db, context, drafts)), out, refusedPeople };
}

/** Fills `slot_run` and `open_quantity` of the caller's transaction: what would be ordered, and what would be left and why. */
export async function judgeSlots(
  db: Db,
  { today }: Pick<OrderContext, 'today'>,
  slots: readonly SlotToRun[],
  turn: Turn = ALONE,
): Promise<Omit<DraftsMade, 'drafts'>> {
  await createSlotRun(db, slots);
  turn.locked();
  const out = await dropUnorderableSlots(db, today);
  const granted = await grantFixedQuantities(db, today);
  await findOpenQuantities(db, today);
  await holdBackLate(db);
  await holdYearlyLimits(db);
  await dropNetNegative(db);
  const barred = await takeOutBarredSlots(db, granted.barred);
  return { out: [...out, ...barred], refusedPeople: granted.refused };
}

/** Makes the drafts that have their lines so far: cards, the orders themselves with their totals, warnings. */
export async function completeDrafts(
  db: Db,
  { config, today }: OrderContext,
  drafts: readonly DraftOrder[],
): Promise<Pick<DraftsMade, 'drafts'> & { readonly priced: readonly PricedOrder[] }> {
  if (drafts.length === 0) return { drafts: [], priced: [] };
  await selectNewOrders(db, today);
  await nameNewCardsOfDrafts(db);
  await nameRenewals(db, renewalHorizon(today));
  const priced = await previewOrders(db, config, today, LINES_JUST_WRITTEN);
  await writeOrders(db, today, priced);
  const prices = new Map(priced.map((order) => [order.orderId, order]));
  await writeDraftWarnings(db);
  const totals = await readNetTotals(db);
  await writeUnusualTotals(
    db,
    totals.filter(({ net, lastNet }) => isUnusualTotal(net, lastNet)),
  );
  const told = drafts.map((draft) => {
    const { total = 0, people = 0 } = prices.get(draft.id) ?? {};
    return { ...draft, total, people };
  });
  return { drafts: told, priced };
}

/** Marks the differences that would come above a yearly limit. */
export async function holdYearlyLimits(db: Db): Promise<void> {
  const people = Map.groupBy(
    await readQuantitiesAboveLimit(db),
    (each) => `${each.slot}:${each.beneficiaryId}:${each.period.slice(0, 4)}`,
  );
  const above = [...people.values()].flatMap((quantities) =>
    linesAboveYearlyLimit(quantities, quantities[0]?.usedInYear ?? 0).map(({ line, excess }) => ({ ...line, excess })),
  );
  await dropAboveLimit(db, above);
}
