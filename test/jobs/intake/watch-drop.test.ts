/** A drop over time: down, left alone for longer, back again; a login or a host key that is refused; what is overdue. */
import { readdir, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { sql } from 'kysely';
import { describe, expect, test } from 'vitest';
import { newKeyPair } from '../../../src/commands/demo/sftp-server.ts';
import type { Drop } from '../../../src/config.ts';
import { newLooks } from '../../../src/jobs/intake/looks.ts';
import { pull } from '../../../src/jobs/intake/pull.ts';
import { watchDrop } from '../../../src/jobs/intake/watch-drop.ts';
import type { Db } from '../../../src/load/database.ts';
import { claimSlot } from '../../../src/load/job-slots.ts';
import type { Queue } from '../../../src/load/queue.ts';
import { openDropHome } from '../../support/drop-home.ts';
import { type FaultyPlace, sftpPlace } from '../../support/sftp-server.ts';

const queue: Queue = {
  enqueue: async () => undefined,
  work: async () => undefined,
  stop: async () => undefined,
};

const open = async () => {
  const home = await openDropHome(() => sftpPlace());
  return { ...home, place: home.place as FaultyPlace };
};

const rests = async ({ db }: { db: Db }): Promise<number> => {
  const found = await sql<{ rests: number }>`
    select extract(epoch from not_before - now())::int as rests from drop_visit`.execute(db);
  return found.rows[0]?.rests ?? 0;
};

/** Visits until as many sleeps were asked for; answers their lengths in seconds, and does `between` before each visit but the first. */
async function watch(
  home: Awaited<ReturnType<typeof openDropHome>>,
  drop: Drop,
  visits: number,
  between: (visit: number) => unknown = () => undefined,
  rested = true,
): Promise<{ seconds: number; wakeable: boolean }[]> {
  const ending = new AbortController();
  const sleeps: { seconds: number; wakeable: boolean }[] = [];
  if (rested) await home.rested();
  await watchDrop({
    drop,
    context: () => home.context(),
    queue,
    signal: ending.signal,
    sleep: async (_, milliseconds, wakeable) => {
      sleeps.push({ seconds: milliseconds / 1000, wakeable });
      if (sleeps.length >= visits) ending.abort();
      else {
        if (rested) await home.rested();
        await between(sleeps.length);
      }
    },
  });
  return sleeps;
}

test('a server that is away is left alone for longer each time, told once, and its return is told with the length of the outage', async () => {
  const home = await open();
  const inbox = join(home.place.root, 'in');
  await rename(inbox, `${inbox}-away`);
  const sleeps = await watch(home, home.drop, 4, (visit) => (visit === 3 ? rename(`${inbox}-away`, inbox) : undefined));
  expect(sleeps.map(({ wakeable }) => wakeable)).toEqual([false, false, false, true]);
  const [first = 0, second = 0, third = 0] = sleeps.map(({ seconds }) => seconds);
  expect([first < 10, second > 10, third > 50]).toEqual([true, true, true]);
  expect(home.events('drop.down')).toMatchObject([{ drop: 'drop', reason: 'drop_down' }]);
  expect(home.events('drop.recovered')).toMatchObject([{ drop: 'drop', milliseconds: expect.any(Number) }]);
});

describe('a refusal', () => {
  test('fault 54: a changed host key: nobody logs in, both fingerprints are in the log, and it is tried seldom', async () => {
    const home = await open();
    const pinned = newKeyPair().fingerprint;
    const { sftp } = home.drop;
    if (sftp === null) throw new Error('no SFTP drop');
    const sleeps = await watch(home, { ...home.drop, sftp: { ...sftp, hostKeys: [pinned] } }, 3);
    expect(home.place.attempts).toEqual([]);
    const [down, ...more] = home.events('drop.down');
    expect(more).toEqual([]);
    expect(down).toMatchObject({ level: 'error', reason: 'host_key' });
    expect(down?.['fingerprints']).toEqual(expect.arrayContaining([pinned, home.place.hostKey.fingerprint]));
    expect(sleeps).toEqual(Array(3).fill({ seconds: 60, wakeable: false }));
    expect(await rests(home)).toBeGreaterThan(3500);
  });

  test('fault 55: an expired password: one error, one attempt a visit, and minutes between them', async () => {
    const home = await open();
    const { sftp } = home.drop;
    if (sftp === null) throw new Error('no SFTP drop');
    const sleeps = await watch(home, { ...home.drop, sftp: { ...sftp, privateKey: null, password: 'last year' } }, 3);
    expect(home.place.attempts).toEqual(['password', 'password', 'password']);
    expect(home.events('drop.down')).toMatchObject([{ level: 'error', reason: 'login' }]);
    expect(sleeps).toEqual(Array(3).fill({ seconds: 60, wakeable: false }));
    expect(await rests(home)).toBeGreaterThan(3500);
  });
});

describe('two workers', () => {
  const password = async () => {
    const home = await open();
    const { sftp } = home.drop;
    if (sftp === null) throw new Error('no SFTP drop');
    return { home, drop: { ...home.drop, sftp: { ...sftp, privateKey: null, password: 'last year' } } };
  };

  test('share one back-off, and a restart begins none anew: nobody knocks before it is time', async () => {
    const { home, drop } = await password();
    await watch(home, drop, 1);
    await sql`update drop_visit set not_before = now() + interval '10 minutes'`.execute(home.db);
    const [rest] = await watch(home, drop, 1, undefined, false);
    expect(rest).toMatchObject({ wakeable: false, seconds: 60 });
    expect(home.place.attempts).toEqual(['password']);
    expect(home.events('drop.down')).toHaveLength(1);
    const pauses = [];
    for (let visits = 0; visits < 3; visits += 1) {
      await home.rested();
      await watch(home, drop, 1, undefined, false);
      pauses.push(await rests(home));
    }
    expect(pauses.map((seconds) => [900, 3600].find((step) => seconds >= step - 30 && seconds <= 1.1 * step))).toEqual([
      900, 3600, 3600,
    ]);
  });

  test('a turn that another worker has is no visit: nothing is recovered by it, and nothing seen', async () => {
    const { home, drop } = await password();
    await watch(home, drop, 1);
    await claimSlot(home.db, 'visit', drop.id, 'another worker', 60);
    await watch(home, drop, 2);
    expect(home.events('drop.recovered')).toEqual([]);
    const found = await sql`select seen_at, failures, down_since is not null as down from drop_visit`.execute(home.db);
    expect(found.rows).toEqual([{ seen_at: null, failures: 1, down: true }]);
  });

  test('the length of an outage outlives the worker that saw it begin', async () => {
    const home = await open();
    const inbox = join(home.place.root, 'in');
    await rename(inbox, `${inbox}-away`);
    await watch(home, home.drop, 1);
    await sql`update drop_visit set down_since = down_since - interval '2 hours'`.execute(home.db);
    await rename(`${inbox}-away`, inbox);
    await watch(home, home.drop, 1);
    const [told] = home.events('drop.recovered');
    expect(Math.floor(Number(told?.['milliseconds']) / 3_600_000)).toBe(2);
  });

  test('log in to a server one after the other with a pause between, whatever wakes them', async () => {
    const home = await open();
    await watch(home, home.drop, 1);
    const once = [...home.place.attempts];
    const [rest] = await watch(home, home.drop, 1, undefined, false);
    expect(home.place.attempts).toEqual(once);
    expect(rest?.wakeable).toBe(false);
    expect(rest?.seconds).toBeLessThanOrEqual(5);
  });
});

test('a visit that takes long says within it, about once a minute, that the drop is read', async () => {
  const home = await open();
  /** How old the last word about the drop is while a file of the visit is put into the queue, in hours. */
  const toldWithin = async (name: string, millisecondsByLook: number, isNew = false): Promise<number> => {
    await sql`delete from drop_visit`.execute(home.db);
    if (!isNew) {
      await sql`insert into drop_visit (drop_id, seen_at) values ('drop', now() - interval '2 hours')`.execute(home.db);
    }
    await home.send(name, home.people(1, 1, { lastName: name }));
    let moment = home.context().now;
    const ages: number[] = [];
    const ending = new AbortController();
    const enqueue = async () => {
      const found = await sql<{ hours: number }>`
        select round(extract(epoch from now() - seen_at) / 3600)::int as hours from drop_visit`.execute(home.db);
      ages.push(found.rows[0]?.hours ?? -1);
      ending.abort();
    };
    await watchDrop({
      drop: { ...home.drop, settled: 'rename' },
      context: () => {
        moment += millisecondsByLook;
        return { ...home.context(), now: moment };
      },
      queue: { ...queue, enqueue },
      signal: ending.signal,
      sleep: async () => ending.abort(),
    });
    return ages[0] ?? -1;
  };
  expect(await toldWithin('one.csv', 61_000)).toBe(0);
  expect(await toldWithin('two.csv', 0)).toBe(2);
  // The first visit of a new drop is no outage either.
  expect(await toldWithin('three.csv', 61_000, true)).toBe(0);
});

test('a person who has a drop visited by hand ends its outage', async () => {
  const home = await open();
  const inbox = join(home.place.root, 'in');
  await rename(inbox, `${inbox}-away`);
  await watch(home, home.drop, 1, undefined, false);
  await rename(`${inbox}-away`, inbox);
  expect(await pull(home.context())).toMatchObject([{ down: null }]);
  expect(home.events('drop.recovered')).toHaveLength(1);
  expect(await watch(home, home.drop, 1, undefined, false)).toMatchObject([{ wakeable: false }]);
});

test('a person who comes while another one visits the drop is told so, and not that nothing was there', async () => {
  const home = await openDropHome();
  await home.send('one.csv', 'x');
  await claimSlot(home.db, 'visit', home.drop.id, 'another worker', 60);
  expect(await pull(home.context(), newLooks(), 0)).toMatchObject([{ files: [], elsewhere: true, down: null }]);
  await sql`delete from job_slot where job = 'visit'`.execute(home.db);
  expect(await pull(home.context(), newLooks(), 0)).toMatchObject([{ files: [{ name: 'one.csv' }], elsewhere: false }]);
});

test('what is known and queued leaves nothing to take at once; what is not has no room', async () => {
  const home = await openDropHome();
  for (let index = 0; index < 200; index += 1) await home.send(`file-${index}.csv`, 'x');
  const [first] = await watch(home, home.drop, 1);
  expect(first?.seconds).toBeGreaterThanOrEqual(300);
  await home.send('one-more.csv', 'x');
  const [second] = await watch(home, home.drop, 1);
  expect(second?.seconds).toBeGreaterThanOrEqual(30);
  expect(await home.ledger()).toHaveLength(200);
});

test('fault 58: a folder that is unmounted is down, not empty, and its files are found when it is back', async () => {
  const home = await openDropHome();
  const inbox = join(home.place.root, 'in');
  await home.send('people.csv', home.people(0, 1));
  await rename(inbox, `${inbox}-unmounted`);
  await watch(home, home.drop, 2, () => rename(`${inbox}-unmounted`, inbox));
  expect(home.events('drop.down')).toHaveLength(1);
  expect(home.events('drop.recovered')).toHaveLength(1);
  expect(await home.ledger()).toMatchObject([{ name: 'people.csv', status: 'fetched' }]);
  expect(await readdir(inbox)).toEqual(['people.csv']);
});
