/** `config check --online` asks every place, and says of each whether it is there. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, inject, test } from 'vitest';
import { runNavette } from '../support/command.ts';
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
  await mkdir(join(home, 'here', 'in'), { recursive: true });
  await writeFile(join(home, 'here', 'in', 'one.csv'), 'x');
  await drop('here', ['kind: folder', 'paths: { in: here/in, out: here/out, archive: here/a, error: here/e }']);
  try {
    const env = {
      NAVETTE_HOME: home,
      NAVETTE_CONFIG: config,
      DATABASE_URL: inject('postgres').replace(/\/[^/]*$/, '/navette_template'),
    };
    const { code, out } = await runNavette(env, 'config', 'check', '--online', '--json');
    const { places } = JSON.parse(out) as { places: { place: string; reached: boolean; found: string }[] };
    expect(places.map(({ place, reached }) => [place, reached])).toEqual([
      ['database', true],
      ['storage', true],
      ['drop away', false],
      ['drop foreign', false],
      ['drop here', true],
      ['drop known', true],
      ['mail server', true],
    ]);
    const found = Object.fromEntries(places.map(({ place, found }) => [place, found]));
    expect(found['drop here']).toMatch(/^1 file in /);
    expect(found['drop foreign']).toMatch(/SHA256:/);
    expect(code).toBe(3);
    expect(mail.messages).toEqual([]);
    const offline = await runNavette(
      { ...env, DATABASE_URL: 'postgres://nobody@127.0.0.1:1/none' },
      'config',
      'check',
      '--online',
    );
    expect(offline.code).toBe(3);
    expect(offline.out).toMatch(/database +NOT REACHED +The database cannot be reached/);
  } finally {
    await sftp.stop();
    await mail.close();
  }
}, 60_000);
