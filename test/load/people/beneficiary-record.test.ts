/** One person's record as a desk asks for it: everything that is known of one person at one employer, and of nobody else. */
import { expect, test } from 'vitest';
import { runOrders } from '../../../src/jobs/orders/run-orders.ts';
import { getBeneficiary } from '../../../src/load/people/beneficiary-record.ts';
import { openTestDatabase } from '../../support/database.ts';
import { grant, inventBeneficiary, inventEmployer, inventProducts, orderDay } from '../../support/small-world.ts';

const { db } = await openTestDatabase();
await inventProducts(db);

test('what was granted, ordered and carried stands in it, for this employer alone', async () => {
  const [employer, other] = [await inventEmployer(db), await inventEmployer(db)];
  const person = await inventBeneficiary(db, employer);
  const elsewhere = await inventBeneficiary(db, other, { of: person });
  await grant(db, person, '2026-11', 20, 800);
  await grant(db, elsewhere, '2026-11', 7, 800);
  await runOrders(orderDay(db, '2026-12-05'));
  await grant(db, person, '2026-11', 18, 800);
  await runOrders(orderDay(db, '2026-12-06'), { period: '2026-11', supplement: true });

  const record = await getBeneficiary(db, employer, person.nrn);
  expect(record?.beneficiary).toMatchObject({ enterprise_number: employer, id: person.id, status: 'active' });
  expect(record?.entitlements).toMatchObject([{ period: '2026-11', face_value: 800, quantity: 18 }]);
  expect(record?.orderLines).toMatchObject([{ run_period: '2026-11', status: 'draft', quantity: 20 }]);
  expect(record?.cards).toMatchObject([{ sequence: 1, status: 'active' }]);
  expect((await getBeneficiary(db, other, person.nrn))?.orderLines).toMatchObject([{ quantity: 7 }]);
});

test('an unknown person and an unknown employer are told alike', async () => {
  const employer = await inventEmployer(db);
  const { nrn } = await inventBeneficiary(db, employer);
  expect(await getBeneficiary(db, employer, '85073003328')).toBeUndefined();
  expect(await getBeneficiary(db, '0403019261', nrn)).toBeUndefined();
});
