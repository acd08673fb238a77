/** What any order costs beside its vouchers: every cent and every card is billed once, in whatever order the parts come. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type OrderFacts, priceOrder } from '../../../src/transform/orders/costs.ts';
import { VAT } from '../../support/priced-orders.ts';

describe('any order', () => {
  const service = fc.oneof(
    fc.record({ percent: fc.integer({ min: 0, max: 999 }).map((n) => `${Math.floor(n / 100)}.${n % 100}`) }),
    fc.record({ perVoucher: fc.nat(50) }),
    fc.record({ perBeneficiary: fc.nat(500) }),
    fc.record({ fixed: fc.nat(5000) }),
    fc.constant({
      tiers: [
        { upTo: 50_000, percent: '3' },
        { upTo: null, percent: '1.5' },
      ],
    }),
  );
  const facts: fc.Arbitrary<OrderFacts> = fc.record({
    fees: fc.record({ service, cardProduction: fc.nat(900), cardDelivery: fc.nat(900) }),
    cardInvoice: fc.constantFrom('together' as const, 'separate' as const),
    costCenters: fc.uniqueArray(
      fc.record({
        costCenter: fc.nat(6),
        faceValueTotal: fc.integer({ min: 1, max: 100_000 }),
        netVouchers: fc.integer({ min: -5, max: 200 }),
        people: fc.integer({ min: 1, max: 20 }),
      }),
      { selector: (each) => each.costCenter },
    ),
    cards: fc.array(fc.record({ costCenter: fc.nat(6), deliveryPoint: fc.option(fc.integer({ min: 1, max: 3 })) }), {
      maxLength: 12,
    }),
  });

  it('adds up, bills every cent of face value once and every card once, and ships once to a point', () => {
    fc.assert(
      fc.property(facts, (each) => {
        const invoices = priceOrder(each, VAT);
        const sum = (numbers: number[]) => numbers.reduce((a, b) => a + b, 0);
        const lines = invoices.flatMap((invoice) => invoice.lines);
        const quantity = (kind: string) => sum(lines.filter((line) => line.kind === kind).map((line) => line.quantity));

        for (const invoice of invoices) {
          expect(invoice.feeTotal).toBe(sum(invoice.lines.map((line) => line.amount)));
          expect(invoice.total).toBe(invoice.faceValueTotal + invoice.feeTotal + invoice.vatTotal);
          // VAT within half a cent of 21 %
          expect(Math.abs(100 * invoice.vatTotal - 21 * invoice.feeTotal)).toBeLessThanOrEqual(50);
          expect(invoice.total).toBeGreaterThan(0);
          for (const line of invoice.lines) expect(line.amount).toBe(line.quantity * (line.unit ?? line.amount));
        }
        expect(sum(invoices.map((invoice) => invoice.faceValueTotal))).toBe(
          sum(each.costCenters.map((facts) => facts.faceValueTotal)),
        );
        if (each.fees.cardProduction) expect(quantity('cardProduction')).toBe(each.cards.length);
        if (each.fees.cardDelivery) {
          const points = new Set(each.cards.flatMap((card) => card.deliveryPoint ?? []));
          const homes = each.cards.filter((card) => card.deliveryPoint === null).length;
          expect(quantity('cardDelivery')).toBe(points.size + homes);
        }
        const keys = invoices.map((invoice) => `${invoice.costCenter} ${invoice.kind}`);
        expect(new Set(keys).size).toBe(keys.length);
      }),
    );
  });

  it('costs the same fees in whatever order its parts come', () => {
    fc.assert(
      fc.property(facts, (each) => {
        const turned = { ...each, costCenters: each.costCenters.toReversed(), cards: each.cards.toReversed() };
        expect(priceOrder(turned, VAT)).toEqual(priceOrder(each, VAT));
      }),
    );
  });
});
