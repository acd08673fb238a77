/** What orders are priced from, read in one go for many of them, and the totals that are written back. */
import { type RawBuilder, sql } from 'kysely';
import type { Cents, ContractFees } from '../../model.ts';
import type { Db } from '../database.ts';

/** One order's lines by cost center, and its cards by cost center and place. */
export interface OrderAggregates {
  readonly enterpriseNumber: string;
  readonly orderId: number;
  /** of the contract on the day of the order; null when there is none */
  readonly fees: ContractFees | null;
  readonly costCenters: {
    readonly costCenter: number;
    readonly faceValueTotal: Cents;
    readonly netVouchers: number;
    readonly people: number;
  }[];
  readonly cards: { readonly costCenter: number; readonly deliveryPoint: number | null; readonly count: number }[];
}

type CostCenterRow = OrderAggregates['costCenters'][number] & { readonly orderId: number };
type CardRow = OrderAggregates['cards'][number] & { readonly orderId: number };

/** The lines of the orders in `order_set`. */
export const LINES_WRITTEN = sql`
  select order_id, cost_center, beneficiary_id, quantity, face_value
    from order_set join order_line using (enterprise_number, order_id)`;

/** The same of orders that are being made, where they came from: found by numbers, not by the texts of their key. */
export const LINES_JUST_WRITTEN = sql`
  select r.order_id, q.cost_center, q.beneficiary_id, q.quantity, q.face_value
    from open_quantity q join slot_run r using (slot)
   where q.reason is null`;

/** The facts of every order in `order_set`, by employer and order; `lines` are their lines. */
export async function readOrderAggregates(db: Db, lines: RawBuilder<unknown>): Promise<OrderAggregates[]> {
  const orders = await sql<Pick<OrderAggregates, 'enterpriseNumber' | 'orderId' | 'fees'>>`
    select s.enterprise_number as "enterpriseNumber", s.order_id as "orderId", c.fees
      from order_set s
      left join lateral (
        select c.fees from contract c
         where c.enterprise_number = s.enterprise_number and c.product_code = s.product_code
           and s.ordered_on between c.valid_from and coalesce(c.valid_to, 'infinity')
         order by c.valid_from desc limit 1) c on true
     order by s.enterprise_number, s.order_id`.execute(db);
  const costCenters = await sql<CostCenterRow>`
    select order_id as "orderId", cost_center as "costCenter", sum(quantity::bigint * face_value)::bigint as "faceValueTotal",
           sum(quantity)::bigint as "netVouchers", count(distinct beneficiary_id) as people
      from (${lines}) line
     group by 1, 2 order by 1, 2`.execute(db);
  const cards = await sql<CardRow>`
    select order_id as "orderId", cost_center as "costCenter", delivery_point as "deliveryPoint", count(*) as count
      from order_set join order_card using (enterprise_number, order_id) group by 1, 2, 3 order by 1, 2, 3`.execute(db);
  const centersOf = Map.groupBy(costCenters.rows, (row) => row.orderId);
  const cardsOf = Map.groupBy(cards.rows, (row) => row.orderId);
  return orders.rows.map((order) => ({
    ...order,
    costCenters: centersOf.get(order.orderId) ?? [],
    cards: cardsOf.get(order.orderId) ?? [],
  }));
}

export interface OrderTotals {
  readonly enterpriseNumber: string;
  readonly orderId: number;
  readonly faceValueTotal: Cents;
  readonly feeTotal: Cents;
  readonly vatTotal: Cents;
  readonly total: Cents;
}

export async function writeOrderTotals(db: Db, totals: readonly OrderTotals[]): Promise<void> {
  await sql`
    update voucher_order o
       set face_value_total = t."faceValueTotal", fee_total = t."feeTotal", vat_total = t."vatTotal", total = t.total
      from ${totalsTable(totals)}
     where o.enterprise_number = t."enterpriseNumber" and o.id = t."orderId"`.execute(db);
}

/** The totals as a table `t`, for a statement's `from`. */
export function totalsTable(totals: readonly OrderTotals[]): RawBuilder<unknown> {
  const rows = totals.map(({ enterpriseNumber, orderId, faceValueTotal, feeTotal, vatTotal, total }) => ({
    enterpriseNumber,
    orderId,
    faceValueTotal,
    feeTotal,
    vatTotal,
    total,
  }));
  return sql`
    jsonb_to_recordset(${JSON.stringify(rows)}::jsonb)
      as t ("enterpriseNumber" text, "orderId" bigint, "faceValueTotal" bigint, "feeTotal" bigint, "vatTotal" bigint,
            total bigint)`;
}
