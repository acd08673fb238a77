/** The temporary tables of plans: made once on a connection, empty for every file, whatever their size was. */
import { sql } from 'kysely';
import { expect, test } from 'vitest';
import { emptyPlan } from '../../../src/load/files/plan-tables.ts';
import { openTestDatabase } from '../../support/database.ts';

test.each([3, 20_000])('%i issues of one file are not met by the next one', async (issues) => {
  const { withSession } = await openTestDatabase();
  await withSession(async ({ db }) => {
    for (let file = 0; file < 2; file += 1) {
      await emptyPlan(db);
      const left = await sql`select from found_issue`.execute(db);
      expect(left.rows).toEqual([]);
      await sql`
        insert into found_issue (row_number, code, severity)
        select n, 'row.shifted', 'warning' from generate_series(1, ${issues}::int) n`.execute(db);
    }
  });
});

test('a first file whose transaction is undone leaves the second one its tables', async () => {
  const { withSession } = await openTestDatabase();
  await withSession(async ({ db }) => {
    const undone = await db.startTransaction().execute();
    await emptyPlan(undone);
    await undone.rollback().execute();
    await emptyPlan(db);
    expect((await sql`select from departure`.execute(db)).rows).toEqual([]);
  });
});
