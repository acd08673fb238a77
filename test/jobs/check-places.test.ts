/** Places that take a connection and then say nothing: each is given up by itself, and the others are told as ever. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { readEnvironment } from '../../src/config/environment.ts';
import { loadConfig } from '../../src/config.ts';
import { checkPlaces } from '../../src/jobs/check-places.ts';
import { openMailServer } from '../support/mail-server.ts';
import { inventMailHome } from '../support/mail-settings.ts';
import { openProxy } from '../support/tcp-proxy.ts';

test('who does not answer in time is told as that, and takes no other place along', async () => {
  const mail = await openMailServer();
  afterAll(() => mail.close());
  const proxy = await openProxy();
  afterAll(() => proxy.close());
  proxy.target = mail.port;
  proxy.silent = true;
  const { home, config } = inventMailHome({ ...mail, port: proxy.port });
  await writeFile(join(config, 'password'), 'secret');
  const server = `{ host: 127.0.0.1, port: ${proxy.port}, username: navette, passwordFile: password, hostKeys: ["SHA256:${'A'.repeat(43)}"] }`;
  const paths = (root: string) => `paths: { in: ${root}/in, out: ${root}/out, archive: ${root}/a, error: ${root}/e }`;
  const drop = (id: string, lines: readonly string[]) =>
    writeFile(
      join(config, 'drops', `${id}.yaml`),
      [`id: ${id}`, 'secretariat: alpha', 'layouts: [payroll-generic]', ...lines, ''].join('\n'),
    );
  await drop('mute', ['kind: sftp', `sftp: ${server}`, paths('')]);
  await drop('mute-too', ['kind: sftp', `sftp: ${server}`, paths('')]);
  await drop('away', ['kind: folder', 'archive: none', paths('nowhere')]);
  const read = loadConfig(readEnvironment({ NAVETTE_HOME: home, NAVETTE_CONFIG: config }));
  const never = () => new Promise<never>(() => undefined);
  const { places, unanswered } = await checkPlaces(read, home, never, 300);
  expect(unanswered).toBe(true);
  const late = 'It did not answer within 0.3 s.';
  expect(places.map(({ place, found }) => [place, found === late])).toEqual([
    ['database', true],
    ['storage', false],
    ['out', false],
    ['drop away: in', false],
    ['drop away: out', false],
    ['drop mute-too', true],
    ['drop mute', true],
    ['mail server', true],
  ]);
  expect(places.every(({ ok, todo }) => ok === (todo === null))).toBe(true);
  proxy.silent = false;
  const answered = await checkPlaces({ ...read, drops: [] }, home, async () => [], 30_000);
  expect(answered.unanswered).toBe(false);
  expect(answered.places.map(({ place, ok }) => [place, ok])).toEqual([
    ['storage', true],
    ['out', true],
    ['mail server', true],
  ]);
});
