/** The books of an employer after whatever people, payroll and orders did to it: they are true after every run. */
import fc from 'fast-check';
import { sql } from 'kysely';
import { expect, test } from 'vitest';
import { RefusedError } from '../../../src/errors.ts';
import { cancelOrder } from '../../../src/jobs/orders/cancel-order.ts';
import { confirmOrder } from '../../../src/jobs/orders/confirm-orders.ts';
import { runOrders } from '../../../src/jobs/orders/run-orders.ts';
import { readOrders } from '../../../src/load/orders/orders.ts';
import { addDays } from '../../../src/transform/values/calendar.ts';
import { openTestDatabase } from '../../support/database.ts';
import { checkBooks } from '../../support/invariant.ts';
import {
  deactivate,
  grant,
  inventBeneficiary,
  inventEmployer,
  inventProducts,
  orderDay,
} from '../../support/small-world.ts';

const { db } = await openTestDatabase();
await inventProducts(db);

const step = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      does: fc.constant('grant' as const),
      who: fc.nat(9),
      month: fc.integer({ min: 9, max: 12 }),
      quantity: fc.integer({ min: -3, max: 25 }),
      faceValue: fc.constantFrom(600, 800),
    }),
  },
  { weight: 3, arbitrary: fc.record({ does: fc.constant('run' as const), days: fc.integer({ min: 0, max: 25 }) }) },
  { weight: 2, arbitrary: fc.record({ does: fc.constant('confirm' as const), which: fc.nat(9) }) },
  { weight: 1, arbitrary: fc.record({ does: fc.constant('cancel' as const), which: fc.nat(9) }) },
  {
    weight: 1,
    arbitrary: fc.record({
      does: fc.constant('leave' as const),
      who: fc.nat(9),
      reason: fc.constantFrom('status' as const, 'employment-ended' as const),
    }),
  },
  { weight: 1, arbitrary: fc.record({ does: fc.constant('return' as const), who: fc.nat(9) }) },
);

test('whatever is granted, run, confirmed, cancelled, left and taken up again, the books are true after every run', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom('missed' as const, 'all' as const, 'carry' as const),
      fc.array(step, { minLength: 15, maxLength: 40 }),
      async (late, steps) => {
        const standingOrders = [{ from: '2026-09', late, confirm: 'without-warnings' as const }];
        const employers = [
          await inventEmployer(db, { standingOrders, fees: { cardProduction: 450 } }),
          await inventEmployer(db, { standingOrders }),
        ];
        const people = [];
        for (let index = 0; index < 5; index++) {
          const first = await inventBeneficiary(db, employers[0] ?? '', { card: index % 2 === 0 ? 'none' : 'active' });
          people.push(first, await inventBeneficiary(db, employers[1] ?? '', { of: first }));
        }
        let today = '2026-10-01';
        const run = async () => {
          await runOrders(orderDay(db, today));
          expect(await checkBooks(db)).toEqual([]);
        };
        const orderAt = async (which: number) =>
          (await readOrders(db, {})).filter((order) => employers.includes(order.enterpriseNumber)).at(-1 - which);
        for (const each of steps) {
          if (each.does === 'run') {
            today = addDays(today, each.days);
            await run();
          } else if (each.does === 'confirm' || each.does === 'cancel') {
            const order = await orderAt(each.which);
            if (order === undefined) continue;
            const work =
              each.does === 'confirm'
                ? confirmOrder(orderDay(db, today), order.id, { by: 'ops', acknowledge: 'all' })
                : cancelOrder(orderDay(db, today), order.id, { by: 'ops', why: 'test' });
            await work.catch((error: unknown) => expect(error).toBeInstanceOf(RefusedError));
          } else {
            const who = people[each.who];
            if (who === undefined) continue;
            if (each.does === 'grant')
              await grant(db, who, `2026-${String(each.month).padStart(2, '0')}`, each.quantity, each.faceValue);
            else if (each.does === 'leave') await deactivate(db, who, each.reason, '2026-10-15');
            else
              await sql`update beneficiary set status = 'active', employment_end = null where enterprise_number = ${who.employer} and id = ${who.id}`.execute(
                db,
              );
          }
        }
        today = addDays(today, 31);
        await run();
        for (const employer of employers)
          await sql`update employer set status = 'inactive' where enterprise_number = ${employer}`.execute(db);
      },
    ),
    { numRuns: Number(process.env['BOOK_RUNS'] ?? 12), endOnFailure: true },
  );
}, 600_000);
