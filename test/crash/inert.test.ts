/** That what kills Navette stands beside it: without its variables nothing is changed, and nothing that is shipped names it. */
import { readdirSync, readFileSync } from 'node:fs';
import fs from 'node:fs/promises';
import { join } from 'node:path';
import pg from 'pg';
import SftpClient from 'ssh2-sftp-client';
import { expect, test } from 'vitest';
import { ROOT } from '../support/command.ts';

test('without CRASH_… in the environment no door is watched and no exception listened for', async () => {
  const doors = () => [
    ...Object.values(fs),
    pg.Client.prototype.query,
    ...Object.values(Object.getOwnPropertyDescriptors(SftpClient.prototype)).map(({ value }) => value),
    ...process.listeners('uncaughtExceptionMonitor'),
  ];
  expect(Object.keys(process.env).filter((name) => name.startsWith('CRASH_AT') || name === 'CRASH_TRACE')).toEqual([]);
  const before = doors();
  await import('../support/kill-at.ts');
  const after = doors();
  expect(after.length).toBe(before.length);
  expect(after.every((door, index) => door === before[index])).toBe(true);
});

test('nothing that is shipped names it', () => {
  const sources = ['src', 'bin'].flatMap((folder) =>
    readdirSync(join(ROOT, folder), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name)),
  );
  const shipped = [...sources, ...['Dockerfile', 'compose.yaml'].map((name) => join(ROOT, name))];
  expect(shipped.length).toBeGreaterThan(100);
  expect(shipped.filter((path) => /kill-at|CRASH_[A-Z]/.test(readFileSync(path, 'utf8')))).toEqual([]);
});
