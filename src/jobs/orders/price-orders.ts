/** Prices many orders at once: their facts from the database, their invoices by the contract, their totals back. */
import { RefusedError } from '../../errors.ts';
import type { Db } from '../../load/database.ts';
import {
  LINES_WRITTEN,
  type OrderAggregates,
  readOrderAggregates,
  writeOrderTotals,
} from '../../load/orders/order-costs.ts';
import type { Cents, Day } from '../../model.ts';
import { type OrderedCard, type PricedInvoice, priceOrder } from '../../transform/orders/costs.ts';
import type { OrderConfig } from './order-context.ts';

export interface PricedOrder {
  readonly enterpriseNumber: string;
  readonly orderId: number;
  /** whether there is a contract on the day of the order; without one it has no fees */
  readonly contracted: boolean;
  /** people with a line, counted once for each cost center */
  readonly people: number;
  readonly faceValueTotal: Cents;
  readonly feeTotal: Cents;
  readonly vatTotal: Cents;
  readonly total: Cents;
  readonly invoices: readonly PricedInvoice[];
}

/** Prices the orders of the temporary table `order_set` and writes their totals; by employer and order. */
export async function priceOrderSet(db: Db, config: OrderConfig, today: Day): Promise<PricedOrder[]> {
  const priced = await previewOrders(db, config, today, LINES_WRITTEN);
  await writeOrderTotals(db, priced);
  return priced;
}

/** What the orders in `order_set`, which have these lines, would come to today; nothing is written. */
export async function previewOrders(
  db: Db,
  config: OrderConfig,
  today: Day,
  lines: typeof LINES_WRITTEN,
): Promise<PricedOrder[]> {
  const vat = vatPercentOn(config.vat, today);
  return (await readOrderAggregates(db, lines)).map((order) => priceOne(order, config, vat));
}

/** The rate in force on a day: the latest that began by then. */
export function vatPercentOn(rates: OrderConfig['vat'], day: Day): string {
  const begun = rates.filter((rate) => rate.from <= day).toSorted((a, b) => (a.from < b.from ? -1 : 1));
  const rate = begun.at(-1);
  if (rate === undefined) throw new RefusedError(`No VAT rate is configured for ${day}.`);
  return rate.percent;
}

function priceOne(order: OrderAggregates, config: OrderConfig, vat: string): PricedOrder {
  const cards: OrderedCard[] = order.cards.flatMap(({ costCenter, deliveryPoint, count }) =>
    Array.from({ length: count }, () => ({ costCenter, deliveryPoint })),
  );
  const invoices = priceOrder(
    { fees: order.fees ?? {}, cardInvoice: config.cardInvoice, costCenters: order.costCenters, cards },
    vat,
  );
  const sum = (of: (invoice: PricedInvoice) => number) => invoices.reduce((total, invoice) => total + of(invoice), 0);
  return {
    enterpriseNumber: order.enterpriseNumber,
    orderId: order.orderId,
    contracted: order.fees !== null,
    people: order.costCenters.reduce((total, center) => total + center.people, 0),
    faceValueTotal: sum((invoice) => invoice.faceValueTotal),
    feeTotal: sum((invoice) => invoice.feeTotal),
    vatTotal: sum((invoice) => invoice.vatTotal),
    total: sum((invoice) => invoice.total),
    invoices,
  };
}
