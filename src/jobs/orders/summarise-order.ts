/** The summary of one order as the portal shows it: general information, beneficiaries, costs, warnings, invoices. */
import { RefusedError } from '../../errors.ts';
import { LINES_WRITTEN } from '../../load/orders/order-costs.ts';
import { findOrder, selectOrder } from '../../load/orders/order-locks.ts';
import {
  type OrderedBeneficiary,
  type OrderHead,
  type OrderInvoiceRow,
  type OrderWarningRow,
  readOrderedBeneficiaries,
  readOrderHead,
  readOrderInvoices,
  readOrderWarnings,
} from '../../load/orders/orders.ts';
import type { Cents } from '../../model.ts';
import type { OrderContext } from './order-context.ts';
import { previewOrders } from './price-orders.ts';

export const COST_KINDS = ['faceValue', 'service', 'cardProduction', 'cardDelivery', 'vat'] as const;

export interface OrderCost {
  readonly kind: (typeof COST_KINDS)[number];
  readonly amount: Cents;
}

export interface OrderSummary {
  readonly head: OrderHead;
  readonly beneficiaries: readonly OrderedBeneficiary[];
  /** only what applies: a cost of nothing is not there */
  readonly costs: readonly OrderCost[];
  readonly warnings: readonly OrderWarningRow[];
  readonly invoices: readonly OrderInvoiceRow[];
}

/** @throws RefusedError when there is no such order */
export async function summariseOrder(context: OrderContext, id: number): Promise<OrderSummary> {
  return context.database.db.transaction().execute(async (db) => {
    const order = await findOrder(db, id);
    if (order === null) throw new RefusedError(`There is no order ${id}.`);
    const head = await readOrderHead(db, order);
    const invoices = await readOrderInvoices(db, head);
    const billed = invoices.filter((invoice) => invoice.kind !== 'credit');
    await selectOrder(db, order);
    const preview =
      head.status === 'draft' ? await previewOrders(db, context.config, context.today, LINES_WRITTEN) : [];
    const costed = head.status === 'draft' ? preview.flatMap((each) => each.invoices) : billed;
    return {
      head,
      beneficiaries: await readOrderedBeneficiaries(db, head),
      costs: costsOf(costed),
      warnings: await readOrderWarnings(db, head),
      invoices,
    };
  });
}

type Costed = Pick<OrderInvoiceRow, 'faceValueTotal' | 'vatTotal'> & {
  readonly lines: readonly { readonly kind: string; readonly amount: Cents }[];
};

function costsOf(invoices: readonly Costed[]): OrderCost[] {
  const amountOf = (invoice: Costed, kind: OrderCost['kind']) => {
    if (kind === 'faceValue') return invoice.faceValueTotal;
    if (kind === 'vat') return invoice.vatTotal;
    return invoice.lines.filter((line) => line.kind === kind).reduce((sum, line) => sum + line.amount, 0);
  };
  return COST_KINDS.map((kind) => ({
    kind,
    amount: invoices.reduce((sum, invoice) => sum + amountOf(invoice, kind), 0),
  })).filter(({ amount }) => amount !== 0);
}
