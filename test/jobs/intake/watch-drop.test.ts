/** A drop over time: down, left alone for longer, back again; a login or a host key that is refused; what is overdue. */
import { readdir, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { now } from '../../../src/clock.ts';
import { newKeyPair } from '../../../src/commands/demo/sftp-server.ts';
import type { Drop } from '../../../src/config.ts';
import { warnOverdue } from '../../../src/jobs/intake/overdue-drops.ts';
import { watchDrop } from '../../../src/jobs/intake/watch-drop.ts';
import { warnSkew } from '../../../src/jobs/shared-clock.ts';
import { createBell } from '../../../src/jobs/sleep.ts';
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

/** Visits until as many sleeps were asked for; answers their lengths in seconds, and does `between` before each visit but the first. */
async function watch(
  home: Awaited<ReturnType<typeof openDropHome>>,
  drop: Drop,
  visits: number,
  between: (visit: number) => unknown = () => undefined,
): Promise<{ seconds: number; wakeable: boolean }[]> {
  const ending = new AbortController();
  const sleeps: { seconds: number; wakeable: boolean }[] = [];
  await watchDrop({
    drop,
    context: () => home.context(),
    queue,
    signal: ending.signal,
    sleep: async (_, milliseconds, wakeable) => {
      sleeps.push({ seconds: milliseconds / 1000, wakeable });
      if (sleeps.length >= visits) ending.abort();
      else await between(sleeps.length);
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
    expect(sleeps.every(({ seconds, wakeable }) => seconds >= 270 && !wakeable)).toBe(true);
  });

  test('fault 55: an expired password: one error, one attempt a visit, and minutes between them', async () => {
    const home = await open();
    const { sftp } = home.drop;
    if (sftp === null) throw new Error('no SFTP drop');
    const sleeps = await watch(home, { ...home.drop, sftp: { ...sftp, privateKey: null, password: 'last year' } }, 3);
    expect(home.place.attempts).toEqual(['password', 'password', 'password']);
    expect(home.events('drop.down')).toMatchObject([{ level: 'error', reason: 'login' }]);
    expect(sleeps.map(({ seconds }) => seconds >= 270)).toEqual([true, true, true]);
  });
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

test('fault 60: a file that was expected and never came is told once a month', async () => {
  const home = await openDropHome();
  const late = (day: string) => {
    const context = home.context(day);
    const drops = context.config.drops.map((drop) => ({ ...drop, expectedBy: 5 }));
    return warnOverdue({ ...context, config: { ...context.config, drops } });
  };
  await late('2026-12-05');
  expect(home.events('drop.overdue')).toEqual([]);
  await late('2026-12-06');
  await late('2026-12-07');
  expect(home.events('drop.overdue')).toMatchObject([{ drop: 'drop', period: '2026-12' }]);
  await home.send('people.csv', home.people(0, 1));
  await home.visit('2027-01-02');
  await late('2027-01-06');
  expect(home.events('drop.overdue')).toHaveLength(1);
});

test('fault 21: a clock that differs from the database’s is told; due times are the database’s own', async () => {
  const home = await openDropHome();
  await warnSkew({ ...home.context(), now: now() });
  expect(home.events('clock.skew')).toEqual([]);
  await warnSkew({ ...home.context(), now: now() - 60_000 });
  expect(home.events('clock.skew')).toMatchObject([{ level: 'warn', milliseconds: expect.any(Number) }]);
});

test('a sleeper is woken by its name and by the end; a wake before it sleeps is not lost', async () => {
  const ending = new AbortController();
  const bell = createBell(ending.signal);
  bell.wake('a');
  await bell.sleep('a', 3_600_000, true);
  const sleeping = bell.sleep('a', 3_600_000, true);
  bell.wake('b');
  bell.wake('a');
  await sleeping;
  const stubborn = bell.sleep('a', 3_600_000, false);
  bell.wake('a');
  ending.abort();
  await stubborn;
});
