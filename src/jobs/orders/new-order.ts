/** An order by hand: what is open for one employer and product, and so many vouchers more for everybody who has it. */
import { ConfigError, RefusedError } from '../../errors.ts';
import { readProductTerms } from '../../load/reference/product-terms.ts';
import type { Cents, Day } from '../../model.ts';
import { periodOf } from '../../transform/values/calendar.ts';
import { makeDraftsIn } from './make-drafts.ts';
import type { OrderContext } from './order-context.ts';

export interface NewOrder {
  readonly enterpriseNumber: string;
  readonly productCode: string;
  readonly reference: string;
  readonly validityStart: Day;
  /** vouchers for each active beneficiary who has the product, granted by this order for this month; null = only what is open */
  readonly quantity: number | null;
  /** cents per voucher of that quantity; null = each person's own */
  readonly faceValue: Cents | null;
}

const REFUSALS: Readonly<Record<string, string>> = {
  closed: 'The employer is inactive.',
  'contract.missing': 'The employer has no contract for this product today.',
  'product.closed': 'This product can no longer be ordered.',
};

/** Why an order by hand cannot be made, as a sentence. */
export function refusalOf(reason: string | undefined): string {
  return REFUSALS[reason ?? ''] ?? 'There is nothing to order.';
}

export interface OrderMade {
  readonly id: number;
  /** people to whom nothing was granted, because their face value is above the limit of the month */
  readonly refusedPeople: number;
}

/**
 * Makes one draft of kind `manual`.
 * @throws RefusedError when there is no such employer or product, the face value is above the limit, or nothing is to be ordered
 * @throws ConfigError for a quantity of a product that is an amount, without saying which
 */
export async function newOrder(context: OrderContext, order: NewOrder): Promise<OrderMade> {
  const { database, today, log } = context;
  const period = periodOf(today);
  const terms = await readProductTerms(database.db, order.enterpriseNumber, order.productCode, period);
  if (!terms.employer) throw new RefusedError(`There is no employer ${order.enterpriseNumber}.`);
  if (terms.kind === null) {
    throw new RefusedError(`There is no product "${order.productCode}"; allowed: ${terms.products.join(', ')}.`);
  }
  if (terms.kind === 'amount' && order.quantity !== null && order.faceValue === null) {
    throw new ConfigError(`--face-value is needed: ${order.productCode} is an amount.`);
  }
  if (order.faceValue !== null && terms.maxFaceValue !== null && order.faceValue > terms.maxFaceValue) {
    throw new RefusedError(`The face value is above the limit of ${terms.maxFaceValue} cents.`);
  }
  const slot = {
    ...order,
    standingOrderId: null,
    period,
    kind: 'manual' as const,
    quantityFrom: order.quantity === null ? ('payroll' as const) : ('fixed' as const),
    late: null,
    lateDueOn: null,
  };
  const { draft, refusedPeople } = await database.db.transaction().execute(async (db) => {
    const { drafts, out, refusedPeople } = await makeDraftsIn(db, context, [slot]);
    const [draft] = drafts;
    if (draft === undefined && out.length === 0 && refusedPeople > 0) {
      throw new RefusedError('There is nothing to order: the face value of everybody is above the limit of the month.');
    }
    if (draft === undefined) throw new RefusedError(refusalOf(out[0]?.reason));
    return { draft, refusedPeople };
  });
  const { enterpriseNumber, id, productCode, kind, lines, people, total } = draft;
  log('order.created', {
    enterpriseNumber,
    orderId: id,
    product: productCode,
    period,
    kind,
    lines,
    people,
    totalCents: total,
  });
  if (refusedPeople > 0) log('entitlement.refused', { people: refusedPeople });
  return { id, refusedPeople };
}
