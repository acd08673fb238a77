/** An employer whose books are worked out by hand: payroll orders its meal vouchers on the 5th, and all its people have a card. */
import type { BookDesk } from './book-desk.ts';
import { ADDRESS } from './employer-lines.ts';
import { inventPerson } from './people.ts';
import { portalRow } from './portal-rows.ts';
import { activateCard } from './small-world.ts';

const meal = (changes: object = {}) => ({
  id: 'meal-monthly',
  product: 'meal',
  reference: 'Chèques-repas {period}',
  from: '2025-12',
  to: null,
  dayOfMonth: 5,
  worked: 'previous-month',
  quantity: { from: 'payroll' },
  validityStart: 'order-date',
  confirm: 'never',
  ...changes,
});

/** An employer whose mandate and contract began in 2025, with these fees, and people who all have a card. */
export async function goldenEmployer(
  desk: BookDesk,
  percent: string,
  people: readonly { readonly person: number; readonly value: string; readonly center?: number }[],
  order: object = {},
): Promise<string> {
  const employer = await desk.employer({
    mandates: [{ secretariat: 'alpha', from: '2025-01-01', to: null }],
    contracts: [{ product: 'meal', from: '2025-01-01', to: null, fees: { service: { percent } } }],
    costCenters: [1, 2, 3].map((number) => ({ number, label: `Center ${number}`, ...ADDRESS, invoiceEmail: null })),
    standingOrders: [meal(order)],
  });
  const rows = people.map(({ person, value, center = 1 }) =>
    portalRow(person, { mealFaceValue: value, costCenter: String(center) }),
  );
  await desk.people(employer, rows, {}, { day: '2025-12-01' });
  for (const { person } of people) {
    await activateCard(desk.db, { nrn: inventPerson(person).nationalRegisterNumber }, '2035-01-01');
  }
  return employer;
}
