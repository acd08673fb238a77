/** Orders as a list for a person, the same wherever one is printed. */
import { euros, none, table } from './print.ts';

interface ListedOrder {
  readonly id: number;
  readonly enterpriseNumber: string;
  readonly productCode: string;
  readonly runPeriod: string;
  readonly kind: string;
  readonly status: string;
  /** cents */
  readonly total: number;
}

export function orderTable(orders: readonly ListedOrder[]): string[] {
  if (orders.length === 0) return [none('orders')];
  const rows = orders.map((order) => [
    String(order.id),
    order.enterpriseNumber,
    order.productCode,
    order.runPeriod,
    order.kind,
    order.status,
    euros(order.total),
  ]);
  return table(['order', 'employer', 'product', 'month', 'kind', 'status', 'total'], rows);
}
