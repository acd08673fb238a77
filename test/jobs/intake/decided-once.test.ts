/** A file that is decided stays decided: whoever lost sight of it meanwhile cannot put it back to be applied again. */
import { rm } from 'node:fs/promises';
import { sql } from 'kysely';
import { afterAll, describe, expect, test } from 'vitest';
import { openDrop } from '../../../src/ingest/drops/drop.ts';
import { importKept } from '../../../src/jobs/import/import-kept.ts';
import { fetchFile, pathOf, tellSeen } from '../../../src/jobs/intake/fetch-file.ts';
import { leaveFile } from '../../../src/jobs/intake/leave-file.ts';
import { newLooks } from '../../../src/jobs/intake/looks.ts';
import { pullDrop } from '../../../src/jobs/intake/pull-drop.ts';
import { openDatabase } from '../../../src/load/database.ts';
import { getFile } from '../../../src/load/files/ledger.ts';
import { openDropHome } from '../../support/drop-home.ts';

type Home = Awaited<ReturnType<typeof openDropHome>>;

/** Fetches all files that stand in the inbox; answers their ids. */
async function fetchAll(home: Home): Promise<number[]> {
  const ids: number[] = [];
  const enqueue = async (_: unknown, id: number) => void ids.push(id);
  await pullDrop(home.context(), home.drop, { looks: newLooks(), pause: null, enqueue, most: 10 });
  return ids;
}

/** Sessions opened from now on end at the moment at which they let go of a file. */
async function endAtUnlock({ db }: Home): Promise<void> {
  await sql`create schema gate`.execute(db);
  await sql`
    create function gate.pg_advisory_unlock(bigint) returns boolean language plpgsql as
      $$ begin perform pg_terminate_backend(pg_backend_pid()); return true; end $$`.execute(db);
  await sql`
    do $$ begin
      execute format('alter database %I set search_path = gate, pg_catalog, public', current_database());
    end $$`.execute(db);
}

describe('an owner whose connection breaks after the commit', () => {
  test('leaves the file applied, and says so', async () => {
    const home = await openDropHome();
    await home.send('people.csv', home.people(0, 3));
    const [id = 0] = await fetchAll(home);
    await endAtUnlock(home);
    const database = await openDatabase(home.url, () => undefined);
    afterAll(() => database.close());
    const imported = await importKept({ ...home.context(), database }, id);
    expect(imported).toMatchObject({ status: 'applied', counts: { created: 3 } });
    expect(await home.ledger()).toMatchObject([{ status: 'applied' }]);
    expect(home.events('file.postponed')).toEqual([]);
    expect(home.events('file.applied').at(-1)).toMatchObject({ fileId: id });
  });

  test.each([
    ['a lost connection', Object.assign(new Error('terminating connection'), { code: '57P01' })],
    ['something nobody foresaw', new Error('unforeseen')],
  ])('does not put it back when its commit was not answered: %s', async (_, error) => {
    const home = await openDropHome();
    await home.send('people.csv', home.people(0, 3));
    const [id = 0] = await fetchAll(home);
    const fence = { claimed_by: 'lost', fence: 1 };
    const found = await getFile(home.db, id);
    if (found === undefined) throw new Error('a fetched file has a row');
    await importKept(home.context(), id);
    await leaveFile(home.context(), { ...found, ...fence }, error);
    expect(await home.ledger()).toMatchObject([{ status: 'applied' }]);
    const counted = await getFile(home.db, id);
    expect(counted).toMatchObject({ crashes: 0, retries: 0, not_before: null });
    expect(home.events('file.postponed')).toEqual([]);
  });
});

describe('a visitor that stood still between the last byte and the ledger', () => {
  /** Runs `meanwhile` when the bytes of the only listed file are there and nobody knows it yet. */
  const fetchSlowly = async (home: Home, meanwhile: () => Promise<unknown>) => {
    const opened = await openDrop(home.place.drop);
    const slow: typeof opened = {
      ...opened,
      async fetch(file, to) {
        const fetched = await opened.fetch(file, to);
        await meanwhile();
        return fetched;
      },
    };
    const listed = await opened.list();
    const file = listed.find(({ name }) => name === 'people.csv');
    if (file === undefined) throw new Error('the file is listed');
    const sidecars = listed.map(({ name }) => name).filter((name) => name.endsWith('.sha256'));
    const enqueued: number[] = [];
    const enqueue = async (__: unknown, id: number) => void enqueued.push(id);
    const id = (await tellSeen(home.context(), home.drop, [file])).get(pathOf(home.drop, file)) ?? 0;
    const keep = await fetchFile(
      home.context(),
      home.drop,
      slow,
      { file, marker: null, sidecars, stood: () => true },
      { id, status: 'seen', sha256: null, due: true, second_passed: false, stood: false },
      enqueue,
    );
    const outcome = await keep().then(
      () => 'fetched',
      ({ reason }) => String(reason),
    );
    await opened.close();
    return { outcome, enqueued };
  };

  test('fault 20: finds the file taken, applied and archived by another one, and changes nothing', async () => {
    const home = await openDropHome();
    await home.send('people.csv', home.people(0, 3));
    const { outcome, enqueued } = await fetchSlowly(home, () => home.visit());
    expect(await home.ledger()).toMatchObject([{ status: 'archived' }]);
    expect(enqueued).toEqual([]);
    expect(outcome).toBe('claim_lost');
  });

  test('nor waits for one whose sidecar it could not read', async () => {
    const home = await openDropHome();
    await home.send('people.csv', home.people(0, 3));
    const sidecar = await home.send('people.csv.sha256', 'being written');
    const { outcome } = await fetchSlowly(home, async () => {
      await rm(sidecar);
      await home.visit();
    });
    expect(await home.ledger()).toMatchObject([{ status: 'archived', codes: [] }]);
    expect(outcome).toBe('claim_lost');
    expect(home.events('file.incomplete')).toEqual([]);
  });
});
