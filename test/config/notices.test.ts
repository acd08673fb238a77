/** The settings of the mail server: where its secret stands, and what is wrong with them, with line and column. */
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { readEnvironment } from '../../src/config/environment.ts';
import { type Config, loadConfig } from '../../src/config.ts';
import { ConfigError } from '../../src/errors.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'navette-settings-'));
  cpSync(new URL('../../config', import.meta.url), folder, { recursive: true });
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function load(notices: string, variables: Record<string, string> = {}): Config {
  const path = join(folder, 'navette.yaml');
  writeFileSync(path, readFileSync(path, 'utf8').replace(/^notices:.*$/m, `notices: ${notices}`));
  return loadConfig(readEnvironment({ NAVETTE_CONFIG: folder, ...variables }));
}

function faultsOf(notices: string): readonly string[] {
  try {
    load(notices);
    return [];
  } catch (error) {
    if (error instanceof ConfigError) return error.faults;
    throw error;
  }
}

test('without a word about mail there is no mail server', () => {
  expect(load('{ channel: folder }').smtp).toBeNull();
  expect(load('{ channel: folder, smtp: { host: a.example, user: a, passwordFile: nowhere } }').smtp).toBeNull();
});

test('the password comes from a file or from the environment; the rest has defaults', () => {
  writeFileSync(join(folder, 'smtp-password'), 'one\n');
  const file = load('{ channel: smtp, smtp: { host: a.example, user: a, passwordFile: smtp-password } }').smtp;
  expect(file).toEqual({
    ...{
      host: 'a.example',
      port: 587,
      security: 'starttls',
      sender: 'orders@navette.example',
      user: 'a',
      password: 'one',
    },
    ...{ authority: null, connections: 5, perSecond: 10 },
  });
  const environment = load('{ channel: smtp, smtp: { host: a.example, from: b@c.example, user: a, passwordEnv: P } }', {
    P: 'two',
  });
  expect(environment.smtp).toMatchObject({ sender: 'b@c.example', password: 'two' });
});

test.each([
  ['{ channel: smtp }', /navette\.yaml:\d+:\d+: .*smtp/],
  ['{ channel: pigeon }', /allowed: folder, smtp/],
  ['{ channel: smtp, smtp: { host: a, user: a } }', /exactly one of passwordFile, passwordEnv/],
  ['{ channel: smtp, smtp: { host: a, passwordEnv: P } }', /exactly one of passwordFile, passwordEnv/],
  [
    '{ channel: smtp, smtp: { host: a, user: a, passwordEnv: P } }',
    /navette\.yaml:\d+:\d+: the environment variable P is not set/,
  ],
  [
    '{ channel: smtp, smtp: { host: a, user: a, passwordFile: nowhere } }',
    /"notices\.smtp\.passwordFile" names nowhere/,
  ],
  ['{ channel: smtp, smtp: { host: a, authorityFile: nowhere } }', /"notices\.smtp\.authorityFile" names nowhere/],
  ['{ channel: smtp, smtp: { host: a, from: "a, b@c.example" } }', /from/],
])('%s', (notices, sentence) => {
  expect(faultsOf(notices)).toEqual([expect.stringMatching(sentence)]);
});
