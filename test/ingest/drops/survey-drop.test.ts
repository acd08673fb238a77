/** What is found of a drop's folders by looking, on real folders and real servers; nothing there changes by it. */
import { chmod, chown, readdir, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { FolderNeed } from '../../../src/ingest/drops/folder-look.ts';
import { surveyDrop } from '../../../src/ingest/drops/survey-drop.ts';
import { FOLDERS, folderPlace, drop as put, type TestPlace } from '../../support/drop-places.ts';
import { sftpPlace } from '../../support/sftp-server.ts';
import { mountSmallDisk } from '../../support/small-disk.ts';
import { sshdMissing, sshdPlace } from '../../support/sshd.ts';

const ALL: readonly FolderNeed[] = FOLDERS.map((folder) => ({ folder, writes: true }));
const READ: readonly FolderNeed[] = [
  { folder: 'in', writes: false },
  { folder: 'out', writes: true },
];

async function on(start: () => Promise<TestPlace>, work: (place: TestPlace) => Promise<void>): Promise<void> {
  const place = await start();
  try {
    await work(place);
  } finally {
    await place.stop();
  }
}

async function faults(place: TestPlace, needs = ALL): Promise<Record<string, string | null>> {
  const looks = await surveyDrop(place.drop, needs);
  return Object.fromEntries(looks.map(({ folder, fault }) => [folder, fault]));
}

async function state(place: TestPlace): Promise<unknown[]> {
  const names = (await readdir(place.root, { recursive: true })).sort();
  return Promise.all(names.map(async (name) => [name, (await stat(join(place.root, name))).mtimeMs]));
}

/** `links`: whether the server goes where a link leads. */
function survey(start: () => Promise<TestPlace>, writesKnown: boolean, links = true): void {
  test('whole folders are told with the files of the inbox, and stay as they were', () =>
    on(start, async (place) => {
      await put(place, 'one.csv', 'x');
      await put(place, 'two.csv', 'x');
      const before = await state(place);
      const looks = await surveyDrop(place.drop, ALL);
      expect(looks).toEqual(
        FOLDERS.map((folder) => ({
          folder,
          writes: true,
          fault: null,
          files: folder === 'in' ? 2 : null,
          writesKnown,
        })),
      );
      expect(await state(place)).toEqual(before);
    }));

  test('a missing folder, a file in its place and a link to a folder are told apart, and nothing is made', () =>
    on(start, async (place) => {
      await rm(join(place.root, 'out'), { recursive: true });
      await rm(join(place.root, 'error'), { recursive: true });
      await writeFile(join(place.root, 'error'), 'a file');
      await rm(join(place.root, 'archive'), { recursive: true });
      await symlink('in', join(place.root, 'archive'));
      const before = await state(place);
      expect(await faults(place)).toEqual({
        in: null,
        out: 'missing',
        archive: links ? null : 'no-folder',
        error: 'no-folder',
      });
      expect(await state(place)).toEqual(before);
    }));

  test('an inbox that is not there, or is a file, is one fault among the others', () =>
    on(start, async (place) => {
      await rm(join(place.root, 'in'), { recursive: true });
      expect(await faults(place)).toEqual({ in: 'missing', out: null, archive: null, error: null });
      await writeFile(join(place.root, 'in'), 'a file');
      expect(await faults(place)).toEqual({ in: 'no-folder', out: null, archive: null, error: null });
    }));
}

describe('a local folder', () => {
  survey(folderPlace, true);

  test('what is mounted read-only is told, where Navette would write', async () => {
    const disk = await mountSmallDisk();
    if (typeof disk === 'string') {
      console.log(disk);
      return;
    }
    try {
      await disk.makeReadOnly();
      await on(folderPlace, async (place) => {
        const { paths } = place.drop;
        const mounted = { ...place, drop: { ...place.drop, paths: { ...paths, in: disk.path, out: disk.path } } };
        expect(await faults(mounted)).toEqual({ in: 'read-only', out: 'read-only', archive: null, error: null });
        expect(await faults(mounted, READ)).toEqual({ in: null, out: 'read-only' });
      });
    } finally {
      await disk.unmount();
    }
  });
});

describe('our own SFTP server', () => {
  survey(() => sftpPlace(), false, false);

  test('a folder without a right to write for anybody is told', () =>
    on(sftpPlace, async (place) => {
      await chmod(join(place.root, 'out'), 0o555);
      await chmod(join(place.root, 'in'), 0o555);
      expect(await faults(place)).toEqual({ in: 'read-only', out: 'read-only', archive: null, error: null });
      expect(await faults(place, READ)).toEqual({ in: null, out: 'read-only' });
    }));

  test('folders that may not be listed or asked about are closed', () =>
    on(
      () => sftpPlace({ deny: 'list' }),
      async (place) => {
        expect(await faults(place)).toEqual({ in: 'closed', out: null, archive: null, error: null });
      },
    ));

  test('a foreign host key gets no login', () =>
    on(sftpPlace, async (place) => {
      const { sftp } = place.drop;
      if (sftp === undefined) throw new Error('no server');
      const foreign = { ...place.drop, sftp: { ...sftp, hostKeys: [`SHA256:${'A'.repeat(43)}`] } };
      await expect(surveyDrop(foreign, ALL)).rejects.toMatchObject({ reason: 'host_key' });
      expect((place as Awaited<ReturnType<typeof sftpPlace>>).attempts).toEqual([]);
    }));
});

const missing = await sshdMissing();
if (missing === null) {
  describe('the sshd of Debian', surveyDebian);
} else {
  test('the sshd of Debian', () => {
    if (process.env.CI) throw new Error(missing);
    console.log(missing);
  });
}

function surveyDebian(): void {
  survey(() => sshdPlace(), false);

  test('a server that refuses every change is found out at the inbox, and is good enough for a drop that is only read', () =>
    on(
      () => sshdPlace({ readOnly: true }),
      async (place) => {
        await put(place, 'one.csv', 'x');
        expect(await faults(place)).toEqual({ in: 'read-only', out: null, archive: null, error: null });
        const [inbox] = await surveyDrop(place.drop, READ);
        expect(inbox).toMatchObject({ fault: null, files: 1, writesKnown: true });
      },
    ));

  test('an inbox of others is closed', () =>
    on(sshdPlace, async (place) => {
      await chmod(join(place.root, 'in'), 0o700);
      await chown(join(place.root, 'in'), 0, 0);
      expect(await faults(place)).toMatchObject({ in: 'closed', out: null });
    }));
}
