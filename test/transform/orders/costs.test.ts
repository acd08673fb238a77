/** What an order costs beside its vouchers: service fee, cards, deliveries and VAT, rounded once on every invoice. */

import { describe, expect, it } from 'vitest';
import type { ContractFees, ServiceFee } from '../../../src/model.ts';
import { type OrderedCard, type PricedInvoice, priceOrder } from '../../../src/transform/orders/costs.ts';
import { center, feesByCostCenter, order, VAT } from '../../support/priced-orders.ts';

function summary(invoices: readonly PricedInvoice[]) {
  return invoices.map(({ costCenter, kind, faceValueTotal, feeTotal, vatTotal, total }) => [
    costCenter,
    kind,
    faceValueTotal,
    feeTotal,
    vatTotal,
    total,
  ]);
}

describe('service fee', () => {
  it('percentage: 20 × 8.00 = 160.00, 3 % = 4.80, VAT 21 % of 4.80 = 1.008 → 1.01, together 165.81', () => {
    expect(priceOrder(order({ service: { percent: '3' } }, [center(1, 20 * 800)]), VAT)).toEqual([
      {
        costCenter: 1,
        kind: 'order',
        lines: [{ kind: 'service', quantity: 1, amount: 480 }],
        faceValueTotal: 16_000,
        feeTotal: 480,
        vatTotal: 101,
        total: 16_581,
      },
    ]);
  });

  it('rounds on every invoice: three times 3 % of 0.50 = 0.015 → 0.02 is 0.06, where 3 % of 1.50 = 0.045 would be 0.05', () => {
    const invoices = priceOrder(
      order({ service: { percent: '3' } }, [center(1, 50), center(2, 50), center(3, 50)]),
      VAT,
    );
    expect(invoices.map((invoice) => invoice.feeTotal)).toEqual([2, 2, 2]);
  });

  it('rounds half up, once: 1.15 % of 30.00 = 0.345 → 0.35', () => {
    expect(feesByCostCenter({ percent: '1.15' }, [center(1, 3000)])).toEqual({ 1: 35 });
  });

  const tiers: ServiceFee = {
    tiers: [
      { upTo: null, percent: '1' },
      { upTo: 100_000, percent: '3' },
      { upTo: 500_000, percent: '2' },
    ],
  };

  it('tiers: the bound is inclusive, and the order’s total decides for each of its invoices', () => {
    // 600.00 + 400.00 = 1000.00, exactly the first bound: 3 % of each
    expect(feesByCostCenter(tiers, [center(1, 60_000), center(2, 40_000)])).toEqual({ 1: 1800, 2: 1200 });
    // 600.00 + 400.01 = 1000.01: 2 % of all of it; 2 % of 400.01 = 8.0002
    expect(feesByCostCenter(tiers, [center(1, 60_000), center(2, 40_001)])).toEqual({ 1: 1200, 2: 800 });
    // 5000.00 is still 2 %, 5000.01 is 1 %
    expect(feesByCostCenter(tiers, [center(1, 500_000)])).toEqual({ 1: 10_000 });
    expect(feesByCostCenter(tiers, [center(1, 500_001)])).toEqual({ 1: 5000 });
  });

  it('tiers that do not reach the total are refused, not free', () => {
    const bounded: ServiceFee = { tiers: [{ upTo: 1000, percent: '3' }] };
    expect(() => feesByCostCenter(bounded, [center(1, 1001)])).toThrow(RangeError);
  });

  it('per voucher: net vouchers × unit, never below nothing', () => {
    // center 2: +10 × 10.00 − 11 × 8.00 = 12.00 of money, −1 voucher
    const invoices = priceOrder(
      order({ service: { perVoucher: 12 } }, [center(1, 14_400, 18), center(2, 1200, -1)]),
      VAT,
    );
    expect(invoices.map((invoice) => invoice.lines)).toEqual([
      [{ kind: 'service', quantity: 18, unit: 12, amount: 216 }],
      [],
    ]);
    // 216 × 21 % = 45.36
    expect(summary(invoices)).toEqual([
      [1, 'order', 14_400, 216, 45, 14_661],
      [2, 'order', 1200, 0, 0, 1200],
    ]);
  });

  it('per beneficiary: people with a line × unit', () => {
    expect(feesByCostCenter({ perBeneficiary: 75 }, [center(1, 16_000, 20, 3), center(4, 800, 1, 1)])).toEqual({
      1: 225,
      4: 75,
    });
  });

  it('fixed: once an order, on its lowest cost center, in whatever order they come', () => {
    expect(feesByCostCenter({ fixed: 2500 }, [center(12, 800), center(3, 800), center(7, 800)])).toEqual({
      3: 2500,
      7: 0,
      12: 0,
    });
  });

  it('fixed: a cost center that only gets a card counts, one without lines and cards does not', () => {
    const fees = { service: { fixed: 2500 }, cardProduction: 450 };
    const centers = [center(1, 0, 0, 0), center(3, 800)];
    const invoices = priceOrder(order(fees, centers, [{ costCenter: 2, deliveryPoint: null }]), VAT);
    expect(invoices.map((invoice) => [invoice.costCenter, invoice.feeTotal])).toEqual([
      [2, 2950],
      [3, 0],
    ]);
  });

  it('without a fee there is no line and no VAT', () => {
    for (const fees of [
      {},
      { service: { percent: '0' } },
      { service: { fixed: 0 } },
      { service: { percent: '0.001' } },
    ]) {
      expect(priceOrder(order(fees, [center(0, 800)]), VAT)).toEqual([
        { costCenter: 0, kind: 'order', lines: [], faceValueTotal: 800, feeTotal: 0, vatTotal: 0, total: 800 },
      ]);
    }
  });
});

describe('cards', () => {
  const fees: ContractFees = { cardProduction: 450, cardDelivery: 300 };

  it('are charged one by one, delivery by point and by home', () => {
    const cards = [
      { costCenter: 1, deliveryPoint: 1 },
      { costCenter: 1, deliveryPoint: 1 },
      { costCenter: 1, deliveryPoint: 2 },
      { costCenter: 1, deliveryPoint: null },
      { costCenter: 1, deliveryPoint: null },
    ];
    // points 1 and 2 and two homes: four shipments; 22.50 + 12.00 = 34.50, VAT 7.245 → 7.25
    const [invoice] = priceOrder(order(fees, [center(1, 16_000)], cards), VAT);
    expect(invoice?.lines).toEqual([
      { kind: 'cardProduction', quantity: 5, unit: 450, amount: 2250 },
      { kind: 'cardDelivery', quantity: 4, unit: 300, amount: 1200 },
    ]);
    expect(invoice).toMatchObject({ feeTotal: 3450, vatTotal: 725, total: 16_000 + 3450 + 725 });
  });

  it('a point shared by cost centers is on the lowest one with a card for it', () => {
    const cards = [
      { costCenter: 5, deliveryPoint: 9 },
      { costCenter: 3, deliveryPoint: 9 },
      { costCenter: 5, deliveryPoint: 9 },
    ];
    // center 1 has vouchers but no card, so it does not pay for the shipment
    const invoices = priceOrder(order(fees, [center(1, 800), center(3, 800), center(5, 800)], cards), VAT);
    expect(invoices.map((each) => each.lines.map((line) => [line.kind, line.quantity]))).toEqual([
      [],
      [
        ['cardProduction', 1],
        ['cardDelivery', 1],
      ],
      [['cardProduction', 2]],
    ]);
  });

  it('alone still make an invoice: 4.50 + 3.00 = 7.50, VAT 1.575 → 1.58', () => {
    const invoices = priceOrder(order(fees, [center(1, 800)], [{ costCenter: 2, deliveryPoint: null }]), VAT);
    expect(summary(invoices)).toEqual([
      [1, 'order', 800, 0, 0, 800],
      [2, 'order', 0, 750, 158, 908],
    ]);
  });

  it('that cost nothing make no line and, alone, no invoice', () => {
    const card = { costCenter: 2, deliveryPoint: null };
    expect(summary(priceOrder(order({}, [center(1, 800)], [card]), VAT))).toEqual([[1, 'order', 800, 0, 0, 800]]);
  });

  it('on an invoice of their own are rounded by themselves', () => {
    const all = order(
      { ...fees, service: { percent: '3' } },
      [center(1, 16_050), center(2, 800)],
      [
        { costCenter: 1, deliveryPoint: null },
        { costCenter: 3, deliveryPoint: null },
      ],
    );
    // 3 % of 160.50 = 4.815 → 4.82, VAT 1.0122 → 1.01; card 7.50, VAT 1.575 → 1.58; 3 % of 8.00 = 0.24, VAT 0.0504 → 0.05
    expect(summary(priceOrder({ ...all, cardInvoice: 'separate' }, VAT))).toEqual([
      [1, 'product', 16_050, 482, 101, 16_633],
      [1, 'card', 0, 750, 158, 908],
      [2, 'product', 800, 24, 5, 829],
      [3, 'card', 0, 750, 158, 908],
    ]);
    // together: VAT of 4.82 + 7.50 = 12.32 is 2.5872 → 2.59
    expect(summary(priceOrder(all, VAT))[0]).toEqual([1, 'order', 16_050, 1232, 259, 17_541]);
  });
});

describe('what no order can have', () => {
  it('is refused', () => {
    expect(() => priceOrder(order({}, [center(1, -1), center(2, 800)]), VAT)).toThrow(RangeError);
    expect(() => priceOrder(order({}, [center(1, 800), center(1, 800)]), VAT)).toThrow(RangeError);
  });

  it('and nothing makes nothing', () => {
    expect(priceOrder(order({ service: { fixed: 100 } }, [], []), VAT)).toEqual([]);
  });
});

describe('what is nothing costs nothing', () => {
  const card: OrderedCard = { costCenter: 3, deliveryPoint: null };

  it.each<ServiceFee>([{ perVoucher: 10 }, { perBeneficiary: 100 }])(
    '%j for a cost center with cards alone',
    (service) => {
      const fees = { service, cardProduction: 450 };
      const [, cards] = priceOrder(order(fees, [center(1, 8_000)], [card]), VAT);
      expect([cards?.costCenter, cards?.lines]).toEqual([
        3,
        [{ kind: 'cardProduction', quantity: 1, unit: 450, amount: 450 }],
      ]);
    },
  );

  it('an order of nobody has no service, not even a fixed one', () => {
    const fees = { service: { fixed: 500 }, cardProduction: 450 };
    expect(priceOrder(order(fees, [center(3, 0, 0, 0)], [card]), VAT).map(({ feeTotal }) => feeTotal)).toEqual([450]);
  });

  it('vouchers that come to none in number, though not in money', () => {
    expect(feesByCostCenter({ perVoucher: 10 }, [center(1, 200, 0)])).toEqual({ 1: 0 });
  });

  it('the lowest tier that reaches the total, however the tiers come', () => {
    const low = { upTo: 100_000, percent: '2' };
    const high = { upTo: null, percent: '1' };
    for (const tiers of [
      [low, high],
      [high, low],
    ]) {
      expect(feesByCostCenter({ tiers }, [center(1, 50_000)])).toEqual({ 1: 1_000 });
    }
  });
});
