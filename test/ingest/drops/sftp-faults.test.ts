/** What goes wrong on the way from a server, really caused, and what is left behind: nothing half. */

import { appendFile, mkdtemp, readdir, readFile, rm, truncate } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { OpenDrop, RemoteFile } from '../../../src/ingest/drops/drop.ts';
import { drop as put } from '../../support/drop-places.ts';
import { reachDrops } from '../../support/reach-drops.ts';
import { type FaultyPlace, sftpPlace } from '../../support/sftp-server.ts';

const BYTES = Buffer.alloc(300_000, 'fiche navette ');
const QUICK = { idleMs: 400, callMs: 5_000, connectMs: 15_000 };

let place: FaultyPlace;
let local: string;

beforeEach(async () => {
  place = await sftpPlace();
  local = await mkdtemp(join(tmpdir(), 'navette-fetched-'));
});

afterEach(async () => {
  await place.stop();
  await rm(local, { recursive: true, force: true });
});

const reach = reachDrops(() => place.drop);

async function listedFile(drop: OpenDrop, bytes: Buffer = BYTES): Promise<RemoteFile> {
  await put(place, 'pay.csv', bytes);
  const [file] = await drop.list();
  if (file === undefined) throw new Error('nothing is listed');
  return file;
}

/** The fetch fails with this reason and leaves nothing. */
async function expectFailure(fetching: Promise<unknown>, reason: string): Promise<void> {
  await expect(fetching).rejects.toMatchObject({ name: 'RetryableError', reason });
  expect(await readdir(local)).toEqual([]);
}

describe('a transfer', () => {
  test('of a file that shrinks is given up', async () => {
    const drop = await reach();
    const file = await listedFile(drop);
    place.faults.onFirstRead = () => truncate(join(place.root, 'in', 'pay.csv'), 100_000);
    await expectFailure(drop.fetch(file, join(local, 'pay')), 'changed_while_reading');
  });

  test('of a file that grows is given up', async () => {
    const drop = await reach();
    const file = await listedFile(drop);
    place.faults.onFirstRead = () => appendFile(join(place.root, 'in', 'pay.csv'), 'one more row\n');
    await expectFailure(drop.fetch(file, join(local, 'pay')), 'changed_while_reading');
  });

  test('of a file that is removed meanwhile is given up', async () => {
    const drop = await reach();
    const file = await listedFile(drop);
    place.faults.onFirstRead = () => rm(join(place.root, 'in', 'pay.csv'));
    await expectFailure(drop.fetch(file, join(local, 'pay')), 'gone');
    expect(await drop.list()).toEqual([]);
  });

  test('that loses its server leaves nothing, and a new connection succeeds', async () => {
    const drop = await reach();
    const file = await listedFile(drop);
    place.faults.dropAfter = 100_000;
    await expectFailure(drop.fetch(file, join(local, 'pay')), 'drop_down');
    await expect(drop.list()).rejects.toMatchObject({ reason: 'drop_down' });
    delete place.faults.dropAfter;
    const again = await reach();
    await again.fetch(file, join(local, 'pay'));
    expect((await readFile(join(local, 'pay'))).equals(BYTES)).toBe(true);
  });

  test.each([{ stallAfter: 100_000 }, { stallAfter: 0 }, { stallOpen: true }])(
    'fault 10: that stalls while the server lives is cut off, and nothing is left of it: %o',
    async (fault) => {
      const drop = await reach(QUICK);
      const file = await listedFile(drop);
      Object.assign(place.faults, fault);
      await expectFailure(drop.fetch(file, join(local, 'pay')), 'stalled');
      await expect(drop.list()).rejects.toMatchObject({ reason: 'drop_down' });
    },
  );

  test('that ends early is no success', async () => {
    const drop = await reach();
    const file = await listedFile(drop);
    place.faults.endAfter = 100_000;
    await expectFailure(drop.fetch(file, join(local, 'pay')), 'short_read');
  });

  test('of a file of 0 bytes that has some brings them all, and says that nothing proves it', async () => {
    place.faults.reportedSize = 0;
    const drop = await reach();
    const file = await listedFile(drop);
    expect(file.size).toBe(0);
    expect(await drop.fetch(file, join(local, 'pay'))).toMatchObject({ bytes: BYTES.length, sizeKnown: false });
    expect((await readFile(join(local, 'pay'))).equals(BYTES)).toBe(true);
  });

  test('of a file of unknown size stops at the limit', async () => {
    place.faults.reportedSize = 0;
    const drop = await reach({ maxBytes: 200_000 });
    const file = await listedFile(drop);
    await expect(drop.fetch(file, join(local, 'pay'))).rejects.toMatchObject({ code: 'file.limit' });
    expect(await readdir(local)).toEqual([]);
  });

  test.each([
    [BYTES.length + 1, 'short_read'],
    [BYTES.length - 1, 'changed_while_reading'],
  ])('of a file whose size is wrongly told as %i fails', async (size, reason) => {
    place.faults.reportedSize = size;
    const drop = await reach();
    const file = await listedFile(drop);
    await expectFailure(drop.fetch(file, join(local, 'pay')), reason);
  });

  test('that the server forbids is denied, and the drop goes on', async () => {
    const drop = await reach();
    const file = await listedFile(drop);
    place.faults.deny = 'open';
    await expectFailure(drop.fetch(file, join(local, 'pay')), 'denied');
    delete place.faults.deny;
    expect(await drop.list()).toEqual([file]);
  });

  test('prints nothing, whatever happens', async () => {
    const [log, error] = [vi.spyOn(console, 'log'), vi.spyOn(console, 'error')];
    const drop = await reach(QUICK);
    const file = await listedFile(drop);
    place.faults.dropAfter = 0;
    await expectFailure(drop.fetch(file, join(local, 'pay')), 'drop_down');
    await drop.close();
    expect(log).not.toHaveBeenCalled();
    expect(error).not.toHaveBeenCalled();
    vi.restoreAllMocks();
  });
});

test('requests made at once reach the server one by one', async () => {
  const drop = await reach();
  const file = await listedFile(drop);
  place.traffic.most = 0;
  await Promise.all([
    drop.list(),
    drop.fetch(file, join(local, 'pay')),
    drop.put('a.txt', BYTES),
    drop.move('pay.csv', 'archive', 'pay.csv'),
  ]);
  expect(place.traffic.most).toBe(1);
});

describe('a listing', () => {
  test('without long lines takes the type from the file itself', async () => {
    place.faults.bareLongname = true;
    await put(place, 'data.csv', 'x');
    await put(place, '-dash.csv', 'x');
    const drop = await reach();
    expect((await drop.list()).map((file) => file.name).sort()).toEqual(['-dash.csv', 'data.csv']);
  });

  test('that is forbidden is denied', async () => {
    const drop = await reach();
    place.faults.deny = 'list';
    await expect(drop.list()).rejects.toMatchObject({ reason: 'denied' });
  });
});

describe('the archive', () => {
  test('a refused rename leaves the file, and works again later', async () => {
    await put(place, 'pay.csv', BYTES);
    const drop = await reach();
    place.faults.refuseRename = true;
    await expect(drop.move('pay.csv', 'archive', 'pay.csv')).rejects.toMatchObject({ reason: 'archive_failed' });
    place.faults.refuseRename = false;
    expect(await drop.move('pay.csv', 'archive', 'pay.csv')).toBe('moved');
  });

  test('a failure without a reason is not an absence', async () => {
    await put(place, 'pay.csv', BYTES);
    const drop = await reach();
    place.faults.failState = true;
    await expect(drop.move('pay.csv', 'archive', 'pay.csv')).rejects.toMatchObject({ reason: 'denied' });
    await expect(drop.read('pay.csv', 10)).rejects.toMatchObject({ reason: 'denied' });
  });

  test('a receipt that is refused leaves nothing in the drop', async () => {
    const drop = await reach();
    place.faults.refuseRename = true;
    await expect(drop.put('pay.csv.receipt.json', Buffer.from('{}'))).rejects.toMatchObject({ reason: 'put_failed' });
    expect(await readdir(join(place.root, 'out'))).toEqual([]);
    place.faults.deny = 'write';
    await expect(drop.put('pay.csv.receipt.json', Buffer.from('{}'))).rejects.toMatchObject({ reason: 'put_failed' });
  });
});
