/** A file as large as a drop may bring, over a real SFTP server into a real worker: what the worker takes of memory meanwhile. */
import { open, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { cloneDatabase } from '../../support/database.ts';
import { sshdMissing, sshdPlace } from '../../support/sshd.ts';
import { openWorkerHome, until } from '../../support/worker-home.ts';

const MEGABYTE = 1024 * 1024;
const LONG = process.env['LONG'] === '1';
/** `maxBytes` of a drop that says nothing else. */
const FILE_MEGABYTES = LONG ? 500 : 20;
const MOST_MEGABYTES = 300;

async function openSent() {
  const place = await sshdPlace();
  afterAll(() => place.stop());
  const { sftp } = place.drop;
  if (sftp?.privateKey === undefined) throw new Error('no SFTP place');
  const key = join(place.root, '../client_key');
  await writeFile(key, sftp.privateKey, { mode: 0o600 });
  const { host, port, username, hostKeys } = sftp;
  const dropYaml = `kind: sftp\nsftp: ${JSON.stringify({ host, port, username, privateKeyFile: key, hostKeys })}`;
  return { place, home: await openWorkerHome({ url: await cloneDatabase(), dropYaml, paths: place.drop.paths }) };
}

function takesLittleMemory({ place, home }: Awaited<ReturnType<typeof openSent>>): () => Promise<void> {
  return async () => {
    const path = join(place.root, 'in', 'large.txt');
    await writeLarge(`${path}.part`, home.grantText(1), FILE_MEGABYTES * MEGABYTE);
    await place.own(`${path}.part`);
    await rename(`${path}.part`, path);

    const worker = home.start();
    await until(home.statuses, ({ fetched = 0, rejected = 0 }) => fetched + rejected === 1, 180);
    const fetching = await peakMegabytes(worker.child.pid);
    await until(home.statuses, ({ rejected }) => rejected === 1, 120);
    await until(
      () => worker.lines().some(({ event }) => event === 'file.archived'),
      (archived) => archived,
    );
    const peak = await peakMegabytes(worker.child.pid);
    if (LONG) console.log(`${FILE_MEGABYTES} MB: peak ${fetching} MB while fetching, ${peak} MB in all`);
    expect(worker.lines().find(({ event }) => event === 'file.fetched')).toMatchObject({
      bytes: FILE_MEGABYTES * MEGABYTE,
    });
    expect(worker.lines().find(({ event }) => event === 'file.rejected')).toMatchObject({ code: 'file.format' });
    expect(await home.granted()).toBe(0);
    expect(fetching).toBeLessThan(MOST_MEGABYTES);
    expect(peak).toBeLessThan(MOST_MEGABYTES);
  };
}

const NAME = `${FILE_MEGABYTES} MB are fetched and decided with less than ${MOST_MEGABYTES} MB of memory`;
const missing = await sshdMissing();
if (missing === null) {
  // Made before the test: hooks that clean up belong to the file.
  test(NAME, takesLittleMemory(await openSent()), 600_000);
} else {
  test(NAME, () => {
    if (process.env['CI']) throw new Error(missing);
    console.log(missing);
  });
}

/** A whole beginning, and then lines that are none up to `bytes`. */
async function writeLarge(path: string, beginning: string, bytes: number): Promise<void> {
  const line = `${'x'.repeat(63)}\n`;
  const block = Buffer.from(line.repeat(MEGABYTE / line.length));
  const file = await open(path, 'w');
  try {
    let written = (await file.write(beginning)).bytesWritten;
    while (written < bytes)
      written += (await file.write(block, 0, Math.min(block.length, bytes - written))).bytesWritten;
  } finally {
    await file.close();
  }
}

/** Linux's own mark of the largest resident set. */
async function peakMegabytes(pid: number | undefined): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  return Math.round(Number(/^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1]) / 1024);
}
