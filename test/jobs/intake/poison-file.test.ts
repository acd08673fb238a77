/** Fault 23: a file that ends the process of every worker that reads it, and the innocent one that was in hand beside it. */
import { sql } from 'kysely';
import { expect, test } from 'vitest';
import { cloneDatabase } from '../../support/database.ts';
import { closeGate } from '../../support/gate.ts';
import { openWorkerHome, until } from '../../support/worker-home.ts';

// Made before the test: hooks that clean up belong to the file.
const home = await openWorkerHome({ url: await cloneDatabase() });

const files = async () => {
  const found = await sql<{ name: string; status: string; crashes: number }>`
    select name, status, crashes from drop_file order by name`.execute(home.db);
  return found.rows;
};

test('fault 23: the poison file is parked after three lost workers; the one beside it is counted once and applied', async () => {
  await home.giveFile('poison.txt', home.grantText(1).replace('+0000100800', '+0000900800'));
  await home.grantOne(2);
  const gate = await closeGate(home.url, 'before insert on entitlement');
  const first = home.start();
  await gate.reached();
  await until(files, (rows) => rows.length === 2);
  first.child.kill('SIGKILL');
  await first.ended;
  await gate.open();
  await sql`drop trigger gate on entitlement`.execute(home.db);
  // As if it had had both of them in hand, side by side.
  await sql`update drop_file set claimed_by = 'lost' where status = 'fetched'`.execute(home.db);

  const poisoned = await closeGate(
    home.url,
    'after insert on entitlement_change',
    'row when (new."after" - new."before" = 9)',
  );
  for (const crashes of [1, 2]) {
    const next = home.start();
    await until(files, (rows) => rows.some((row) => row.name === 'poison.txt' && row.crashes === crashes));
    await poisoned.reached();
    next.child.kill('SIGKILL');
    await next.ended;
    // A real poison leaves no statement at a gate: the server would not see before its end that the worker is gone.
    await sql`
      select pg_terminate_backend(pid) from pg_stat_activity
       where datname = current_database() and wait_event_type = 'Lock'`.execute(home.db);
  }
  await poisoned.open();
  home.start();
  await until(files, (rows) => rows.every(({ status }) => status === 'parked' || status === 'archived'));
  expect(await files()).toEqual([
    { name: 'grant-00002.txt', status: 'archived', crashes: 1 },
    { name: 'poison.txt', status: 'parked', crashes: 3 },
  ]);
  expect(await home.granted()).toBe(1);
}, 240_000);
