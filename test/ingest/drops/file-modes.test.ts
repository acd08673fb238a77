/** What a folder drop writes is readable by Navette alone, or by the group that its folder was opened to on purpose. */
import { chmod, mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openDrop } from '../../../src/ingest/drops/drop.ts';
import { folderPlace, drop as put } from '../../support/drop-places.ts';

const modeOf = async (path: string) => ((await stat(path)).mode & 0o777).toString(8);

test('fetched files, receipts and rejects are private; a folder closed to others and open to its group shares with it', async () => {
  const place = await folderPlace();
  const local = await mkdtemp(join(tmpdir(), 'navette-modes-'));
  const drop = await openDrop(place.drop);
  try {
    await put(place, 'pay.csv', 'a;b');
    const [file] = await drop.list();
    if (file === undefined) throw new Error('nothing is listed');
    await drop.fetch(file, join(local, 'pay'));
    expect(await modeOf(join(local, 'pay'))).toBe('600');
    const written: string[] = [];
    for (const [index, folder] of [0o755, 0o700, 0o750, 0o2770].entries()) {
      await chmod(place.drop.paths.out, folder);
      await drop.put(`receipt-${index}`, Buffer.from('x'));
      written.push(await modeOf(join(place.drop.paths.out, `receipt-${index}`)));
    }
    expect(written).toEqual(['600', '600', '640', '640']);
  } finally {
    await drop.close();
    await place.stop();
    await rm(local, { recursive: true, force: true });
  }
});
