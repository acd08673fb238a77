/** What operations configure: drops of somebody who is known, a schedule that can be kept, an address for probes. */
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { readEnvironment } from '../../src/config/environment.ts';
import { loadConfig } from '../../src/config.ts';
import { ROOT, runNavette } from '../support/command.ts';

async function changed(file: string, from: string | RegExp, to: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'navette-config-'));
  afterAll(() => rm(folder, { recursive: true, force: true }));
  await cp(join(ROOT, 'config'), folder, { recursive: true });
  const path = join(folder, file);
  await writeFile(path, (await readFile(path, 'utf8')).replace(from, to));
  return folder;
}

test('a drop of a secretariat that nobody configured is a fault with its place and what is allowed', async () => {
  const folder = await changed('drops/alpha.yaml', 'secretariat: alpha', 'secretariat: omega');
  expect(() => loadConfig(readEnvironment({ NAVETTE_CONFIG: folder }))).toThrow(
    /alpha\.yaml:\d+:\d+: there is no secretariat "omega" in navette\.yaml; allowed: alpha, beta, gamma, bank, issuer\./,
  );
});

test('config check refuses jobs that there are not, and times that cannot be read', { timeout: 60_000 }, async () => {
  const folder = await changed('navette.yaml', 'orders: "0 6 * * *"', 'orders: "6 o’clock"\n  ordres: "0 6 * * *"');
  const { code, err } = await runNavette({ NAVETTE_CONFIG: folder }, 'config', 'check');
  expect(code).toBe(2);
  expect(err).toMatch(/"schedule\.orders" is "6 o’clock"/);
  expect(err).toMatch(/"schedule\.ordres" is no job; allowed: pull, .*report/);
});

test('an address for probes is a port on loopback, or names where it listens', () => {
  const http = (text: string) => readEnvironment({ NAVETTE_HTTP: text }).http;
  expect(http('')).toBeNull();
  expect(http('9464')).toEqual({ host: '127.0.0.1', port: 9464 });
  expect(http('0.0.0.0:9464')).toEqual({ host: '0.0.0.0', port: 9464 });
  expect(http('[::]:9464')).toEqual({ host: '::', port: 9464 });
  for (const wrong of ['yes', '70000', ':9464', 'http://host:9464', '9464/metrics']) {
    expect(() => http(wrong), wrong).toThrow(/NAVETTE_HTTP is .*expected a port such as 9464/);
  }
});
