/** Orders to price, in as few words as a test of their costs needs. */
import type { ContractFees, ServiceFee } from '../../src/model.ts';
import {
  type CostCenterFacts,
  type OrderedCard,
  type OrderFacts,
  priceOrder,
} from '../../src/transform/orders/costs.ts';

export const VAT = '21';

export function center(costCenter: number, faceValueTotal: number, netVouchers = 20, people = 1): CostCenterFacts {
  return { costCenter, faceValueTotal, netVouchers, people };
}

export function order(fees: ContractFees, costCenters: CostCenterFacts[], cards: OrderedCard[] = []): OrderFacts {
  return { fees, cardInvoice: 'together', costCenters, cards };
}

export function feesByCostCenter(service: ServiceFee, costCenters: CostCenterFacts[]) {
  return Object.fromEntries(
    priceOrder(order({ service }, costCenters), VAT).map((invoice) => [invoice.costCenter, invoice.feeTotal]),
  );
}
