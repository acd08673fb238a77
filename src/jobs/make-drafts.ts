/** One transaction of orders: from the slots of many employers to drafts with lines, carry, cards, totals and warnings. */
import type { Db } from '../load/database.ts';
import { grantByHand, grantFixedQuantities } from '../load/fixed-entitlements.ts';
import {
  dropAboveLimit,
  dropNetNegative,
  findOpenQuantities,
  holdBackLate,
  readQuantitiesAboveLimit,
} from '../load/open-quantities.ts';
import { nameNewCardsOfDrafts, nameRenewals } from '../load/order-cards.ts';
import { type DraftOrder, keepDrafts, replaceCarry, writeDrafts } from '../load/order-lines.ts';
import { readNetTotals, writeDraftWarnings, writeUnusualTotals } from '../load/order-warnings.ts';
import { createSlotRun, dropUnorderableSlots, type SlotOutOfRun, type SlotToRun } from '../load/slot-run.ts';
import type { Day } from '../model.ts';
import { addDays } from '../transform/calendar.ts';
import { isUnusualTotal } from '../transform/order-warnings.ts';
import { linesAboveYearlyLimit } from '../transform/yearly-limit.ts';
import type { OrderContext } from './order-context.ts';
import { priceOrderSet } from './price-orders.ts';

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
export function makeDrafts(context: OrderContext, slots: readonly SlotToRun[]): Promise<DraftsMade> {
  return context.database.db.transaction().execute((db) => makeDraftsIn(db, context, slots));
}

/** The same in the caller's transaction, which must not have made any drafts before. */
export async function makeDraftsIn(db: Db, context: OrderContext, slots: readonly SlotToRun[]): Promise<DraftsMade> {
  const { out, refusedPeople } = await judgeSlots(db, context, slots);
  const drafts = await writeDrafts(db, context.today);
  await replaceCarry(db);
  return { drafts: await completeDrafts(db, context, drafts), out, refusedPeople };
}

/** Fills `slot_run` and `open_quantity` of the caller's transaction: what would be ordered, and what would be left and why. */
export async function judgeSlots(
  db: Db,
  { today }: Pick<OrderContext, 'today'>,
  slots: readonly SlotToRun[],
): Promise<Omit<DraftsMade, 'drafts'>> {
  await createSlotRun(db, slots);
  const out = await dropUnorderableSlots(db, today);
  const refusedPeople = (await grantFixedQuantities(db, today)) + (await grantByHand(db, today));
  await findOpenQuantities(db, today);
  await holdBackLate(db);
  await holdYearlyLimits(db);
  await dropNetNegative(db);
  return { out, refusedPeople };
}

/** Gives drafts that have their lines everything else: cards, totals, warnings. */
export async function completeDrafts(
  db: Db,
  { config, today }: OrderContext,
  drafts: readonly DraftOrder[],
): Promise<DraftsMade['drafts']> {
  if (drafts.length === 0) return [];
  await keepDrafts(db);
  await nameNewCardsOfDrafts(db);
  await nameRenewals(db, renewalHorizon(today));
  const priced = new Map((await priceOrderSet(db, config, today)).map((order) => [order.orderId, order]));
  await writeDraftWarnings(db);
  const totals = await readNetTotals(db);
  await writeUnusualTotals(
    db,
    totals.filter(({ net, lastNet }) => isUnusualTotal(net, lastNet)),
  );
  return drafts.map((draft) => {
    const { total = 0, people = 0 } = priced.get(draft.id) ?? {};
    return { ...draft, total, people };
  });
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
