/** Disks that are full, read-only or another file system: what was fetched or archived is whole or not there. */
import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type OpenDrop, openDrop } from '../../../src/ingest/drops/drop.ts';
import { identityOf, placeFile } from '../../../src/ingest/drops/place-file.ts';
import { folderPlace, drop as put, type TestPlace } from '../../support/drop-places.ts';
import { sftpPlace } from '../../support/sftp-server.ts';
import { mountSmallDisk, type SmallDisk } from '../../support/small-disk.ts';

const MORE_THAN_THE_DISK = Buffer.alloc(200_000, 'x');
const probe = await mountSmallDisk();

if (typeof probe === 'string') {
  test('fault 22: a full disk', () => {
    if (process.env.CI) throw new Error(probe);
    console.log(probe);
  });
} else {
  afterAll(() => probe.unmount());
  describe('fault 22: a full disk', () => onSmallDisks());
}

function onSmallDisks(): void {
  let disk: SmallDisk;
  let place: TestPlace | undefined;
  let drop: OpenDrop | undefined;

  beforeEach(async () => {
    const mounted = await mountSmallDisk();
    if (typeof mounted === 'string') throw new Error(mounted);
    disk = mounted;
  });

  afterEach(async () => {
    await drop?.close();
    await place?.stop();
    await disk.unmount();
  });

  test('is seen before the first byte', async () => {
    let wasRead = false;
    place = await sftpPlace({
      onFirstRead: async () => {
        wasRead = true;
      },
    });
    await put(place, 'pay.csv', MORE_THAN_THE_DISK);
    drop = await openDrop(place.drop);
    const [file] = await drop.list();
    await expect(drop.fetch(file!, join(disk.path, 'pay'))).rejects.toMatchObject({ reason: 'disk_full' });
    expect(wasRead).toBe(false);
    expect(await readdir(disk.path)).toEqual([]);
  });

  test('is seen on the way when the size is not known, and the part is removed', async () => {
    place = await sftpPlace({ reportedSize: 0 });
    await put(place, 'pay.csv', MORE_THAN_THE_DISK);
    drop = await openDrop(place.drop);
    const [file] = await drop.list();
    await expect(drop.fetch(file!, join(disk.path, 'pay'))).rejects.toMatchObject({ reason: 'disk_full' });
    expect(await readdir(disk.path)).toEqual([]);
    expect(await drop.list()).toHaveLength(1);
  });

  test('of the folder for fetched files that is read-only is not blamed on the drop', async () => {
    place = await folderPlace();
    await put(place, 'pay.csv', 'x');
    drop = await openDrop(place.drop);
    await disk.makeReadOnly();
    const [file] = await drop.list();
    await expect(drop.fetch(file!, join(disk.path, 'pay'))).rejects.toMatchObject({ reason: 'store_failed' });
  });

  test('as an archive on another file system takes what fits, whole', async () => {
    const archive = await folderWithArchive(disk.path);
    await put(archive.place, 'pay.csv', 'small');
    expect(await archive.drop.move('pay.csv', 'archive', 'pay.csv')).toBe('moved');
    expect(await readFile(join(disk.path, 'pay.csv'), 'utf8')).toBe('small');
    expect(await readdir(disk.path)).toEqual(['pay.csv']);
    expect(await readdir(join(archive.place.root, 'in'))).toEqual([]);
  });

  test('as an archive on another file system never overwrites, and finishes a move begun before', async () => {
    const archive = await folderWithArchive(disk.path);
    await writeFile(join(disk.path, 'taken.csv'), 'first');
    await put(archive.place, 'pay.csv', 'second');
    await expect(archive.drop.move('pay.csv', 'archive', 'taken.csv')).rejects.toMatchObject({
      reason: 'archive_failed',
    });
    expect(await readFile(join(disk.path, 'taken.csv'), 'utf8')).toBe('first');
    await put(archive.place, 'taken.csv', 'first');
    expect(await archive.drop.move('taken.csv', 'archive', 'taken.csv')).toBe('moved');
    expect(await readdir(join(archive.place.root, 'in'))).toEqual(['pay.csv']);
  });

  test('as an archive on another file system never takes what came while it copied', async () => {
    const folder = await folderPlace();
    place = folder;
    const from = await put(folder, 'pay.csv', 'first');
    const seen = await identityOf(from);
    await rm(from);
    await put(folder, 'pay.csv', 'other');
    if (seen === null) throw new Error('the file was there');
    await expect(placeFile(from, join(disk.path, 'pay.csv'), seen)).rejects.toMatchObject({ reason: 'changed' });
    expect(await readdir(disk.path)).toEqual([]);
    expect(await readFile(from, 'utf8')).toBe('other');
  });

  test('as an archive keeps the file in the drop, and no part of it', async () => {
    const archive = await folderWithArchive(disk.path);
    await put(archive.place, 'pay.csv', MORE_THAN_THE_DISK);
    await expect(archive.drop.move('pay.csv', 'archive', 'pay.csv')).rejects.toMatchObject({
      reason: 'archive_failed',
    });
    expect(await readdir(disk.path)).toEqual([]);
    expect(await readdir(join(archive.place.root, 'in'))).toEqual(['pay.csv']);
  });

  test('as a read-only archive keeps the file in the drop', async () => {
    const archive = await folderWithArchive(disk.path);
    await put(archive.place, 'pay.csv', 'small');
    await disk.makeReadOnly();
    await expect(archive.drop.move('pay.csv', 'archive', 'pay.csv')).rejects.toMatchObject({
      reason: 'archive_failed',
    });
    expect(await readdir(join(archive.place.root, 'in'))).toEqual(['pay.csv']);
  });

  test('as a place for receipts leaves nothing half', async () => {
    place = await folderPlace();
    drop = await openDrop({ ...place.drop, paths: { ...place.drop.paths, out: disk.path } });
    await expect(drop.put('pay.csv.rejects.xlsx', MORE_THAN_THE_DISK)).rejects.toMatchObject({ reason: 'put_failed' });
    expect(await readdir(disk.path)).toEqual([]);
  });

  async function folderWithArchive(path: string): Promise<{ place: TestPlace; drop: OpenDrop }> {
    place = await folderPlace();
    drop = await openDrop({ ...place.drop, paths: { ...place.drop.paths, archive: path } });
    return { place, drop };
  }
}
