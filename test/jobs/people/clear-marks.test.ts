/** The clear mark: what it empties, and where it would leave a card or a PIN without a place to go. */
import { describe, expect, it } from 'vitest';
import { openPeopleDesk } from '../../support/people-desk.ts';
import { type PortalRow, portalRow } from '../../support/portal-rows.ts';

const { employer, people, record } = await openPeopleDesk(6_900_000);

/** A person as a first file made them, and a second file that clears. */
async function cleared(first: PortalRow, then: PortalRow) {
  const number = await employer();
  const made = await people(number, [portalRow(0, first)]);
  expect(made).toMatchObject({ counts: { created: 1 }, issues: [] });
  const before = await record(number, 0);
  // What is blank keeps: only the required columns and those of the test are said.
  const silent = Object.fromEntries(
    Object.keys(portalRow(0))
      .filter((field) => /^(card|meal)/.test(field))
      .map((field) => [field, '']),
  );
  const result = await people(number, [portalRow(0, { ...silent, ...then }), portalRow(1)], {}, { day: '2026-12-02' });
  return { before, result, after: await record(number, 0) };
}

const AT_CLIENT = { cardDelivery: 'Client', cardDeliveryPoint: '1' };

it('empties a free column and keeps the others', async () => {
  const { result, after } = await cleared(
    { extra1: 'Salle', extra2: 'Nuit', extra3: 'B' },
    { extra1: '#CLEAR', extra2: 'Jour', extra3: '' },
  );
  expect(result.counts).toMatchObject({ updated: 1 });
  expect(after).toMatchObject({ extra: { extra2: 'Jour', extra3: 'B' } });
  expect(after?.['extra']).not.toHaveProperty('extra1');
});

it('is refused where nothing can be emptied, in words, and nothing of the row is taken', async () => {
  const { before, result, after } = await cleared(
    {},
    { status: '#CLEAR', mealFaceValue: '#clear', lastName: 'Autre', extra1: 'Jour' },
  );
  expect(result.issues).toMatchObject([
    { row: 2, column: 'status', code: 'clear.refused', severity: 'error' },
    { row: 2, column: 'mealFaceValue', code: 'clear.refused', severity: 'error' },
  ]);
  expect(result.issues[0]?.message).toMatch(/ne peut pas être effacé|kan niet leeggemaakt|cannot be cleared/);
  expect(after).toEqual(before);
});

it('of a face value goes with the product that is taken away', async () => {
  const { result } = await cleared({}, { mealProduct: '#CLEAR', mealFaceValue: '#CLEAR' });
  expect(result).toMatchObject({ issues: [], counts: { updated: 1 } });
});

describe('of a delivery point', () => {
  it.each<[string, PortalRow, PortalRow, string]>([
    ['the card’s', AT_CLIENT, { cardDeliveryPoint: '#CLEAR' }, 'cardDeliveryPoint'],
    [
      'the PIN’s, where the card goes home',
      { pinDelivery: 'Client', pinDeliveryPoint: '1' },
      { pinDeliveryPoint: '#CLEAR' },
      'pinDeliveryPoint',
    ],
    [
      'the card’s, to which the PIN goes too',
      { ...AT_CLIENT, pinDelivery: 'Client' },
      { cardDelivery: '#CLEAR', cardDeliveryPoint: '#CLEAR' },
      'pinDeliveryPoint',
    ],
  ])('%s: refused where the delivery stays', async (_, first, then, column) => {
    const { before, result, after } = await cleared(first, then);
    expect(result.issues).toMatchObject([{ row: 2, column, code: 'delivery-point.unknown', severity: 'error' }]);
    expect(after).toEqual(before);
  });

  it('taken where nothing goes there any more', async () => {
    const home = { cardDelivery: 'Bénéficiaire', cardDeliveryPoint: '#CLEAR' };
    const { result, after } = await cleared(AT_CLIENT, home);
    expect(result).toMatchObject({ issues: [], counts: { updated: 1 } });
    expect(after).toMatchObject({ card_delivery: 'beneficiary', card_delivery_point: null });
    const own = await cleared(
      { ...AT_CLIENT, pinDelivery: 'Client', pinDeliveryPoint: '1' },
      { pinDeliveryPoint: '#CLEAR' },
    );
    expect(own.result).toMatchObject({ issues: [], counts: { updated: 1 } });
    expect(own.after).toMatchObject({ pin_delivery: 'employer', pin_delivery_point: null });
  });
});
