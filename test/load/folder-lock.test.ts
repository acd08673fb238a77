/** The lock of a folder: one at a time, and none that is left behind by a loss of power, a kill or a reused number. */
import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, onTestFinished, test } from 'vitest';
import { RetryableError } from '../../src/errors.ts';
import { locked } from '../../src/load/folder-lock.ts';
import { isStillThere, mayBePostgres } from '../../src/load/processes.ts';

const folder = await mkdtemp(join(tmpdir(), 'navette-lock-'));
afterAll(() => rm(folder, { recursive: true, force: true }));
const path = join(folder, 'some.lock');
const SHORT = { patienceMilliseconds: 300, emptyMilliseconds: 100 };

test('a lock that is empty, of nobody, or of another process that had the number is taken', async () => {
  for (const left of ['', '\n', '999999999', 'nonsense', `${process.pid} 1`]) {
    await writeFile(path, left);
    expect(await locked(path, SHORT, () => readFile(path, 'utf8'))).toMatch(new RegExp(`^${process.pid}\\b`));
  }
});

test('one that another living process holds is waited for, and then a sentence says what to do', async () => {
  const other = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'ignore' });
  onTestFinished(() => void other.kill('SIGKILL'));
  await writeFile(path, String(other.pid));
  const error = await locked(path, SHORT, async () => 'mine').catch((failure: unknown) => failure);
  expect(error).toBeInstanceOf(RetryableError);
  expect(error).toMatchObject({ reason: 'folder_locked', message: expect.stringContaining('remove that file') });
  expect(await readFile(path, 'utf8')).toBe(String(other.pid));
});

test('a process is told apart from another one of its number, and from a server of PostgreSQL', () => {
  expect([isStillThere(String(process.pid)), isStillThere('0'), isStillThere('-1'), isStillThere('')]).toEqual([
    true,
    false,
    false,
    false,
  ]);
  expect(mayBePostgres(process.pid)).toBe(process.platform !== 'linux');
});
