/** A way to a database on another machine that nobody verifies is told: by `config check`, and by the worker before it goes there. */
import { expect, test } from 'vitest';
import { runNavette } from '../support/command.ts';
import { cloneDatabase } from '../support/database.ts';
import { openWorkerHome, until } from '../support/worker-home.ts';

/** No such name exists (RFC 6761): nobody is asked for it. */
const FAR = 'postgres://navette:hushhush@db.invalid/navette';
const VERIFIED = `${FAR}?sslmode=verify-full`;

test('config check warns, in both forms, and is done all the same', async () => {
  const check = (url: string, ...words: string[]) => runNavette({ DATABASE_URL: url }, 'config', 'check', ...words);
  const told = await check(FAR);
  expect(told.code).toBe(0);
  expect(told.out).toMatch(/Warning: DATABASE_URL names a server on another machine without sslmode=verify-full/);
  expect(told.out).not.toContain('hushhush');
  expect(JSON.parse((await check(FAR, '--json')).out)).toMatchObject({
    ok: true,
    warnings: [expect.stringMatching(/^DATABASE_URL names a server on another machine/)],
  });
  expect((await check(VERIFIED)).out).not.toMatch(/Warning/);
  expect(JSON.parse((await check(VERIFIED, '--json')).out)).toMatchObject({ ok: true, warnings: [] });
});

test('start warns before it asks the server, and not where the certificate is verified', async () => {
  const home = await openWorkerHome({ url: await cloneDatabase() });
  const events = async (url: string): Promise<string[]> => {
    const worker = home.start({ DATABASE_URL: url });
    const lines = await until(
      () => worker.lines(),
      (said) => said.some(({ event }) => event === 'database.down'),
    );
    worker.child.kill('SIGTERM');
    expect(await worker.ended).toBe(0);
    return lines.map(({ event, level }) => `${level} ${event}`);
  };
  expect(await events(FAR)).toEqual(['warn database.unverified', 'error database.down']);
  expect(await events(VERIFIED)).toEqual(['error database.down']);
}, 60_000);
