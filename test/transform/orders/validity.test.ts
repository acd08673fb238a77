/** Last days of validity: months, and the fixed day of sport & culture vouchers. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { validFrom, validTo } from '../../../src/transform/orders/validity.ts';
import { addDays } from '../../../src/transform/values/calendar.ts';

const sportAndCulture = { until: { month: 9, day: 30 }, yearStarts: { month: 7, day: 1 } };

describe('validity', () => {
  it('starts on the later of two days', () => {
    expect(validFrom('2026-12-01', '2026-11-20')).toBe('2026-12-01');
    expect(validFrom('2026-12-01', '2026-12-04')).toBe('2026-12-04');
  });

  it.each([
    ['2026-11-05', 12, '2027-11-04'],
    ['2026-11-05', 24, '2028-11-04'],
    ['2026-01-01', 12, '2026-12-31'],
    ['2024-02-29', 12, '2025-02-27'],
    ['2023-03-01', 12, '2024-02-29'],
    ['2026-08-31', 6, '2027-02-27'],
  ])('from %s for %i months ends on %s', (from, months, to) => {
    expect(validTo(from, { months })).toBe(to);
  });

  it.each([
    ['2026-07-01', '2027-09-30'],
    ['2026-11-05', '2027-09-30'],
    ['2027-06-30', '2027-09-30'],
    ['2027-07-01', '2028-09-30'],
    ['2027-01-01', '2027-09-30'],
  ])('of sport & culture from %s ends on %s', (from, to) => {
    expect(validTo(from, sportAndCulture)).toBe(to);
  });

  it('of sport & culture lasts three to fifteen months', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 3_000 }), (days) => {
        const from = addDays('2024-01-01', days);
        const to = validTo(from, sportAndCulture);
        expect(to >= addDays(from, 91) && to <= addDays(from, 457)).toBe(true);
      }),
    );
  });
});
