/** The reference of a standing order, with its month worked filled in. */
import { expect, it } from 'vitest';
import { orderReference } from '../../../src/transform/employers/standing-order.ts';

it('an order’s reference names the month worked wherever its template says so', () => {
  expect(orderReference('Chèques-repas {period}', '2026-11')).toBe('Chèques-repas 2026-11');
  expect(orderReference('{period} / {period}', '2026-12')).toBe('2026-12 / 2026-12');
  expect(orderReference('Cadeaux', '2026-12')).toBe('Cadeaux');
  expect(orderReference('{Period} $& {month}', '2026-12')).toBe('{Period} $& {month}');
});
