/** `config check --online` asks every place, and says of each whether it is there. */
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { sql } from 'kysely';
import { expect, test } from 'vitest';
import { runNavette } from '../support/command.ts';
import { cloneDatabase, onDatabase } from '../support/database.ts';
import { openMailServer } from '../support/mail-server.ts';
import { inventMailHome } from '../support/mail-settings.ts';
import { sftpPlace } from '../support/sftp-server.ts';

test('reached places say what they hold, the others why not, and no login is tried on a foreign server', async () => {
  const mail = await openMailServer();
  const { home, config } = inventMailHome(mail);
  const sftp = await sftpPlace();
  const { host, port } = sftp.drop.sftp ?? { host: '', port: 0 };
  const { username, password } = sftp;
  await writeFile(join(config, 'password'), password);
  const drop = (id: string, lines: readonly string[]) =>
    writeFile(
      join(config, 'drops', `${id}.yaml`),
      [`id: ${id}`, 'secretariat: alpha', 'layouts: [payroll-generic]', ...lines, ''].join('\n'),
    );
  const server = (hostKey: string) =>
    `sftp: { host: ${host}, port: ${port}, username: ${username}, passwordFile: password, hostKeys: ["${hostKey}"] }`;
  const remote = 'paths: { in: /in, out: /out, archive: /archive, error: /error }';
  await drop('known', ['kind: sftp', server(sftp.drop.sftp?.hostKeys[0] ?? ''), remote]);
  await drop('foreign', ['kind: sftp', server(`SHA256:${'A'.repeat(43)}`), remote]);
  await drop('away', [
    'kind: folder',
    'paths: { in: nowhere/in, out: nowhere/out, archive: nowhere/a, error: nowhere/e }',
  ]);
  for (const folder of ['in', 'out', 'a']) await mkdir(join(home, 'here', folder), { recursive: true });
  await writeFile(join(home, 'here', 'in', 'one.csv'), 'x');
  await drop('here', ['kind: folder', 'paths: { in: here/in, out: here/out, archive: here/a, error: here/e }']);
  await drop('read', [
    'kind: folder',
    'archive: none',
    'paths: { in: here/in, out: here/out, archive: nowhere/a, error: nowhere/e }',
  ]);
  // The template itself may have no session: others are cloned from it meanwhile.
  const databaseUrl = await cloneDatabase();
  try {
    const env = { NAVETTE_HOME: home, NAVETTE_CONFIG: config, DATABASE_URL: databaseUrl };
    const { code, out } = await runNavette(env, 'config', 'check', '--online', '--json');
    const { places } = JSON.parse(out) as {
      places: { place: string; ok: boolean; found: string; todo: string | null }[];
    };
    expect(places.map(({ place, ok }) => [place, ok])).toEqual([
      ['database', false],
      ['storage', true],
      ['out', true],
      ...['in', 'out', 'archive', 'error'].map((folder) => [`drop away: ${folder}`, false]),
      ['drop foreign', false],
      ['drop here: in', true],
      ['drop here: out', true],
      ['drop here: archive', true],
      ['drop here: error', false],
      ['drop known', true],
      ...['in', 'out', 'archive', 'error'].map((folder) => [`drop known: ${folder}`, true]),
      ['drop read: in', true],
      ['drop read: out', true],
      ['mail server', true],
    ]);
    expect(places.every(({ ok, todo }) => ok === (todo === null))).toBe(true);
    const told = new Map(places.map((place) => [place.place, place]));
    // A clone of the template has the schema of Navette alone.
    expect(told.get('database')).toMatchObject({
      found: 'the queue of this version pending',
      todo: 'Run: navette migrate',
    });
    expect(told.get('drop here: in')?.found).toMatch(/^1 file in .*here\/in$/);
    expect(told.get('drop known: out')?.found).toMatch(/shows with the first file$/);
    expect(told.get('drop foreign')?.found).toMatch(/SHA256:/);
    expect(told.get('drop foreign')?.todo).toMatch(/hostKeys/);
    expect(told.get('drop here: error')).toMatchObject({
      found: expect.stringMatching(/here\/e is not there$/),
      todo: 'Make it, or correct paths.error of the drop; Navette makes no folder of a drop.',
    });
    expect(told.get('storage')?.found).toMatch(/storage is not there yet and can be made; \d+ GB free$/);
    expect(await readdir(home)).toEqual(['config', 'here']);
    expect(await readdir(join(home, 'here'))).toEqual(['a', 'in', 'out']);
    expect(code).toBe(3);
    expect(mail.messages).toEqual([]);
    const offline = await runNavette(
      { ...env, DATABASE_URL: 'postgres://nobody@127.0.0.1:1/none' },
      'config',
      'check',
      '--online',
    );
    expect(offline.code).toBe(3);
    expect(offline.out).toMatch(/database +WRONG +The database cannot be reached .* Check DATABASE_URL/);
    const url = await cloneDatabase();
    await onDatabase(url, (db) =>
      sql`insert into schema_migration (name, timestamp) values ('9999-later', '2099-01-01')`.execute(db),
    );
    const newer = await runNavette({ ...env, DATABASE_URL: url }, 'config', 'check', '--online');
    expect(newer.code).toBe(3);
    expect(newer.out).toMatch(/database +WRONG +The database has the schema 9999-later, which is newer/);
    expect(newer.out).toMatch(/mail server +fine/);
    await writeFile(join(home, 'storage'), 'a file in the place of a folder');
    const blocked = await runNavette(env, 'config', 'check', '--online');
    expect(blocked.out).toMatch(/storage +WRONG +\S+storage is a file, not a folder +Give the user/);
  } finally {
    await sftp.stop();
    await mail.close();
  }
}, 60_000);
