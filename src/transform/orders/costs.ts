/** What an order costs: its fees, VAT and totals, split into the invoices that bill it. */
import type { Cents, ContractFees, ServiceFee } from '../../model.ts';
import { percentOf } from '../values/percent.ts';

/** What the lines of one order come to for one cost center; 0 is the employer itself. */
export interface CostCenterFacts {
  readonly costCenter: number;
  readonly faceValueTotal: Cents;
  /** positive less negative vouchers; may be negative while the money is positive */
  readonly netVouchers: number;
  /** people with at least one line */
  readonly people: number;
}

/** One card that the order makes and charges; `deliveryPoint` null means sent home. */
export interface OrderedCard {
  readonly costCenter: number;
  readonly deliveryPoint: number | null;
}

export interface OrderFacts {
  readonly fees: ContractFees;
  /** `separate` bills cards on an invoice of their own */
  readonly cardInvoice: 'together' | 'separate';
  readonly costCenters: readonly CostCenterFacts[];
  readonly cards: readonly OrderedCard[];
}

/** One cost, without VAT. `amount` = `quantity` × `unit` where there is a price per unit; a percentage has none. */
export interface CostLine {
  readonly kind: 'service' | 'cardProduction' | 'cardDelivery';
  readonly quantity: number;
  readonly unit?: Cents;
  readonly amount: Cents;
}

/** One invoice to be; every amount in cents, `total` = `faceValueTotal` + `feeTotal` + `vatTotal`. */
export interface PricedInvoice {
  readonly costCenter: number;
  readonly kind: 'order' | 'product' | 'card';
  readonly lines: readonly CostLine[];
  readonly faceValueTotal: Cents;
  readonly feeTotal: Cents;
  readonly vatTotal: Cents;
  readonly total: Cents;
}

/**
 * The invoices of one order, by cost center, `product` before `card`. Each is rounded by itself, so the order's totals are
 * the sums of its invoices. VAT is due on fees only: vouchers pass through at face value. A cost of nothing has no line, and
 * an invoice that would hold nothing does not exist. The cost centers of an order are those with a line or a card.
 *
 * Throws a RangeError on facts that no order can have: a cost center twice, or one below zero, though every person's net
 * is positive; or a total above every tier.
 */
export function priceOrder(order: OrderFacts, vatPercent: string): PricedInvoice[] {
  refuseImpossible(order.costCenters);
  const facts = new Map(order.costCenters.map((center) => [center.costCenter, center]));
  const numbers = costCenterNumbers(order);
  // The service is that of vouchers: an order of cards alone, such as for a lost one, has none, not even a fixed fee.
  const hasLines = order.costCenters.some(({ people }) => people > 0);
  const service =
    hasLines && order.fees.service
      ? withTierChosen(order.fees.service, sum(order.costCenters, 'faceValueTotal'))
      : undefined;
  const shipments = shipmentsByCostCenter(order.cards);

  const invoices = numbers.flatMap((costCenter) => {
    const center = facts.get(costCenter) ?? { costCenter, faceValueTotal: 0, netVouchers: 0, people: 0 };
    const serviceLines = service ? serviceFee(service, center, costCenter === numbers[0]) : [];
    const cardCount = order.cards.filter((card) => card.costCenter === costCenter).length;
    const cardLines = [
      ...unitCost('cardProduction', cardCount, order.fees.cardProduction),
      ...unitCost('cardDelivery', shipments.get(costCenter) ?? 0, order.fees.cardDelivery),
    ];
    if (order.cardInvoice === 'together') {
      return [invoice(costCenter, 'order', center.faceValueTotal, [...serviceLines, ...cardLines], vatPercent)];
    }
    return [
      invoice(costCenter, 'product', center.faceValueTotal, serviceLines, vatPercent),
      invoice(costCenter, 'card', 0, cardLines, vatPercent),
    ];
  });
  return invoices.filter((each) => each.total > 0);
}

function refuseImpossible(centers: readonly CostCenterFacts[]): void {
  if (new Set(centers.map((center) => center.costCenter)).size < centers.length) {
    throw new RangeError('An order names each cost center once.');
  }
  if (centers.some((center) => center.faceValueTotal < 0)) {
    throw new RangeError('The lines of a cost center are never below zero together.');
  }
}

function costCenterNumbers(order: OrderFacts): number[] {
  const withLines = order.costCenters.filter((center) => center.people > 0 || center.faceValueTotal > 0);
  const numbers = new Set([...withLines, ...order.cards].map((each) => each.costCenter));
  return [...numbers].sort((a, b) => a - b);
}

type ChosenFee = Exclude<ServiceFee, { readonly tiers: unknown }>;

/** The tier of the whole order's total applies to all of it; `upTo` is inclusive, null has no bound. */
function withTierChosen(fee: ServiceFee, orderTotal: Cents): ChosenFee {
  if (!('tiers' in fee)) return fee;
  const rising = fee.tiers.toSorted((a, b) => (a.upTo ?? Infinity) - (b.upTo ?? Infinity));
  const tier = rising.find(({ upTo }) => upTo === null || orderTotal <= upTo);
  if (!tier) throw new RangeError('No tier of the service fee reaches the total of this order.');
  return { percent: tier.percent };
}

function serviceFee(fee: ChosenFee, center: CostCenterFacts, isLowest: boolean): CostLine[] {
  if ('perVoucher' in fee) return unitCost('service', Math.max(0, center.netVouchers), fee.perVoucher);
  if ('perBeneficiary' in fee) return unitCost('service', center.people, fee.perBeneficiary);
  if ('fixed' in fee) return unitCost('service', isLowest ? 1 : 0, fee.fixed);
  const amount = percentOf(center.faceValueTotal, fee.percent);
  return amount > 0 ? [{ kind: 'service', quantity: 1, amount }] : [];
}

/** One shipment per card sent home and one per delivery point; a shared point is on the lowest cost center that fills it. */
function shipmentsByCostCenter(cards: readonly OrderedCard[]): Map<number, number> {
  const payerOfPoint = new Map<number, number>();
  const shipments = new Map<number, number>();
  const add = (costCenter: number) => shipments.set(costCenter, (shipments.get(costCenter) ?? 0) + 1);
  for (const { costCenter, deliveryPoint } of cards) {
    if (deliveryPoint === null) add(costCenter);
    else payerOfPoint.set(deliveryPoint, Math.min(costCenter, payerOfPoint.get(deliveryPoint) ?? costCenter));
  }
  for (const costCenter of payerOfPoint.values()) add(costCenter);
  return shipments;
}

function unitCost(kind: CostLine['kind'], quantity: number, unit: Cents | undefined): CostLine[] {
  return unit && quantity ? [{ kind, quantity, unit, amount: quantity * unit }] : [];
}

function invoice(
  costCenter: number,
  kind: PricedInvoice['kind'],
  faceValueTotal: Cents,
  lines: readonly CostLine[],
  vatPercent: string,
): PricedInvoice {
  const feeTotal = sum(lines, 'amount');
  const vatTotal = percentOf(feeTotal, vatPercent);
  return { costCenter, kind, lines, faceValueTotal, feeTotal, vatTotal, total: faceValueTotal + feeTotal + vatTotal };
}

function sum<K extends string>(parts: readonly { readonly [key in K]: number }[], key: K): number {
  return parts.reduce((total, part) => total + part[key], 0);
}
