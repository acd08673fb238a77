/** Who works on a file, what a stale owner may still do, what counts, and what a person can have done again. */
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { sql } from 'kysely';
import { describe, expect, test } from 'vitest';
import { importKept } from '../../../src/jobs/import/import-kept.ts';
import { newLooks } from '../../../src/jobs/intake/looks.ts';
import { pullDrop } from '../../../src/jobs/intake/pull-drop.ts';
import { applyAgain, retryFile } from '../../../src/jobs/intake/take-again.ts';
import { openDropHome } from '../../support/drop-home.ts';
import { folderPlace } from '../../support/drop-places.ts';
import { closeGate } from '../../support/gate.ts';
import { until } from '../../support/worker-home.ts';

type Home = Awaited<ReturnType<typeof openDropHome>>;

const BEFORE_READING = 'before update of layout_id on drop_file';

/** A home with one file that is fetched and not yet imported; answers its id. */
async function fetched(): Promise<{ home: Home; id: number; url: string }> {
  const home = await openDropHome();
  await home.send('people.csv', home.people(0, 3));
  let id = 0;
  const enqueue = async (_: unknown, fileId: number) => {
    id = fileId;
  };
  await pullDrop(home.context(), home.drop, { looks: newLooks(), pause: null, enqueue, most: 10 });
  return { home, id, url: home.url };
}

const row = async ({ db }: Home, id: number) => {
  const found = await sql<{ status: string; crashes: number; retries: number; fence: number; waits: boolean }>`
    select status, crashes, retries, fence, not_before > now() as waits from drop_file where id = ${id}`.execute(db);
  return found.rows[0];
};

describe('a claim', () => {
  test('fault 19: two at once on one file: one has it, the other is told so, and it is applied once', async () => {
    const { home, id, url } = await fetched();
    const gate = await closeGate(url, BEFORE_READING);
    const first = importKept(home.context(), id);
    await gate.reached();
    await expect(importKept(home.context(), id)).rejects.toMatchObject({ reason: 'claimed' });
    await gate.open();
    expect(await first).toMatchObject({ status: 'applied', counts: { created: 3 } });
    expect(await importKept(home.context(), id)).toMatchObject({ status: 'applied', counts: { created: 3 } });
    expect(home.events('file.applied').filter((line) => line['fileId'] === id)).toHaveLength(1);
  });

  test('fault 20: an owner that wakes after another took over aborts itself and changes nothing', async () => {
    const { home, id, url } = await fetched();
    const gate = await closeGate(url, BEFORE_READING);
    const stale = importKept(home.context(), id);
    await gate.reached();
    await sql`update drop_file set fence = fence + 1, claimed_by = 'another' where id = ${id}`.execute(home.db);
    const refused = expect(stale).rejects.toMatchObject({ reason: 'claim_lost' });
    await gate.open();
    await refused;
    expect(await home.active()).toBe(0);
    expect(await row(home, id)).toMatchObject({ status: 'fetched', crashes: 0, fence: 2 });
    // The server lets go of the stale owner's lock when it has seen that its connection is gone.
    const taken = () =>
      importKept(home.context(), id).then(
        ({ status }) => status,
        ({ reason }) => String(reason),
      );
    expect(await until(taken, (word) => word !== 'claimed')).toBe('applied');
  });
});

describe('fault 23: a poison file', () => {
  const poison = (home: Home, name: string) =>
    sql`
      create or replace function refuse_poison() returns trigger language plpgsql as
        $$ begin if new.layout_id is not null and new.name = 'poison.csv' then raise exception 'poison'; end if; return new; end $$;
    `
      .execute(home.db)
      .then(() =>
        sql`create trigger poison before update on drop_file for each row execute function refuse_poison()`.execute(
          home.db,
        ),
      )
      .then(() => home.send(name, home.people(0, 3)));

  test('that always fails is parked after three tries, others go on, and a person has it tried anew', async () => {
    const home = await openDropHome();
    await poison(home, 'poison.csv');
    await home.send('zebra.csv', home.people(10, 2));
    for (let tried = 0; tried < 4; tried += 1) {
      await home.visit();
      await home.due();
    }
    expect(home.events('file.failed')).toHaveLength(3);
    expect(home.events('file.parked')).toHaveLength(1);
    expect(await home.active()).toBe(2);
    const parked = (await home.ledger()).find(({ name }) => name === 'poison.csv');
    expect(parked).toMatchObject({ status: 'parked', archived: expect.stringContaining('poison.') });
    expect(await readdir(join(home.place.root, 'error'))).toHaveLength(1);
    await sql`drop trigger poison on drop_file`.execute(home.db);
    const found = await sql<{ id: number }>`select id from drop_file where name = 'poison.csv'`.execute(home.db);
    const id = found.rows[0]?.id ?? 0;
    expect(await retryFile(home.context(), id)).toMatchObject({ status: 'applied', counts: { created: 3 } });
    const receipts = (await readdir(join(home.place.root, 'out'))).filter((name) => name.startsWith('poison'));
    expect(receipts.sort()).toEqual([
      expect.stringContaining('.receipt.2.json'),
      expect.stringContaining('.receipt.json'),
    ]);
    await expect(retryFile(home.context(), id)).rejects.toThrow('only a parked or fetched file');
  });

  test('is not one whose drop has keys that cannot be read: it waits for its configuration, and is never parked', async () => {
    const home = await openDropHome(folderPlace, { pgp: { privateKey: 'no key', passphrase: null, verifyKey: null } });
    await home.send('people.csv.pgp', 'sealed');
    for (let tried = 0; tried < 4; tried += 1) {
      await home.visit();
      await home.due();
    }
    const found = await sql`select status, crashes, retries from drop_file where drop_id = 'drop'`.execute(home.db);
    expect(found.rows).toEqual([{ status: 'fetched', crashes: 0, retries: 4 }]);
    expect(home.events('file.failed')[0]).toMatchObject({ level: 'error', reason: 'configuration' });
  });

  test('that lost three owners is parked by the one that finds it', async () => {
    const { home, id } = await fetched();
    await sql`update drop_file set claimed_by = 'lost', crashes = 2 where id = ${id}`.execute(home.db);
    expect(await importKept(home.context(), id)).toMatchObject({ status: 'parked' });
    expect(await row(home, id)).toMatchObject({ status: 'parked', crashes: 3 });
  });
});

describe('what may pass by itself', () => {
  test('fault 28: a deadlock is tried again at once, and counts nothing', async () => {
    const { home, id } = await fetched();
    const { promise: applied, resolve } = Promise.withResolvers<void>();
    await home.db.transaction().execute(async (trx) => {
      await sql`select from employer where enterprise_number = ${home.employer} for update`.execute(trx);
      void importKept(home.context(), id).then(() => resolve());
      // The import holds the row of its file and waits for the employer.
      await until(
        async () =>
          (
            await sql`select from pg_locks where locktype in ('tuple', 'transactionid') and not granted`.execute(
              home.db,
            )
          ).rows.length,
        (waiting) => waiting > 0,
      );
      // The first to wait is the first to look for a deadlock, and gives way.
      await sql`update drop_file set mtime = mtime where id = ${id}`.execute(trx);
    });
    await applied;
    expect(await row(home, id)).toMatchObject({ status: 'applied', crashes: 0, retries: 0 });
    const deadlocks = await sql<{ deadlocks: number }>`
      select deadlocks::int from pg_stat_database where datname = current_database()`.execute(home.db);
    expect(deadlocks.rows[0]?.deadlocks).toBeGreaterThan(0);
    expect(await home.active()).toBe(3);
  });

  test('a serialization failure that does not end leaves the file for later, a little later each time', async () => {
    const { home, id } = await fetched();
    await sql`
      create function refuse_all() returns trigger language plpgsql as
        $$ begin raise exception using errcode = '40001'; end $$`.execute(home.db);
    await sql`create trigger refuse before insert on beneficiary for each statement execute function refuse_all()`.execute(
      home.db,
    );
    await expect(importKept(home.context(), id)).rejects.toMatchObject({ code: '40001' });
    expect(await row(home, id)).toMatchObject({ status: 'fetched', crashes: 0, retries: 1, waits: true });
    await expect(importKept(home.context(), id)).rejects.toMatchObject({ reason: 'not_due' });
    expect((await home.visit()).files).toEqual([]);
    await sql`drop trigger refuse on beneficiary`.execute(home.db);
    await home.due();
    expect((await home.visit()).files).toMatchObject([{ result: { status: 'applied' } }]);
    expect(home.events('file.postponed')).toMatchObject([{ reason: '40001' }]);
  });
});

describe('a person’s word', () => {
  test('file again applies an applied file anew, as a delivery of its own', async () => {
    const home = await openDropHome();
    await home.send('people.csv', home.people(0, 3));
    await home.visit();
    const [applied] = (await sql<{ id: number }>`select id from drop_file where drop_id = 'drop'`.execute(home.db))
      .rows;
    const again = await applyAgain(home.context('2026-12-02'), applied?.id ?? 0);
    expect(again).toMatchObject({ status: 'applied', counts: { unchanged: 3 } });
    expect(again.fileId).not.toBe(applied?.id);
    expect(await readdir(join(home.place.root, 'out'))).toHaveLength(2);
    await expect(retryFile(home.context(), again.fileId ?? 0)).rejects.toThrow('is archived');
    await expect(applyAgain(home.context(), 999)).rejects.toThrow('There is no file 999');
  });

  test('increments are not applied anew', async () => {
    const home = await openDropHome();
    await home.send('people.csv', home.people(0, 1));
    await home.visit();
    await sql`update drop_file set layout_id = 'payroll-fixed-signed' where drop_id = 'drop'`.execute(home.db);
    const [applied] = (await sql<{ id: number }>`select id from drop_file where drop_id = 'drop'`.execute(home.db))
      .rows;
    await expect(applyAgain(home.context(), applied?.id ?? 0)).rejects.toThrow('they would count twice');
  });
});
