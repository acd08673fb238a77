/** An import by hand that is killed: the ledger knows how the file was to be taken, and somebody finishes it. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { sql } from 'kysely';
import { expect, test } from 'vitest';
import { ROOT, runNavette } from '../../support/command.ts';
import { cloneDatabase } from '../../support/database.ts';
import { closeGate } from '../../support/gate.ts';
import { openWorkerHome, until } from '../../support/worker-home.ts';

type Home = Awaited<ReturnType<typeof openWorkerHome>>;

// Homes are made before the tests: hooks that clean up belong to the file.
const homes = await Promise.all(Array.from({ length: 3 }, async () => openWorkerHome({ url: await cloneDatabase() })));
const homeOf = (index: number): Home => {
  const home = homes[index];
  if (home === undefined) throw new Error('no home');
  return home;
};

/** The layout takes the employer from `--set` alone, and no drop lists it. */
async function giveAndKill(home: Home): Promise<{ words: string[] }> {
  const path = join(home.home, '2026_11_MealVoucher.csv');
  await writeFile(path, `Name,NISS,Value,Quantity,Total\nSomebody,${home.person.nrn},8.00,18,144.00\n`);
  const words = ['import', path, '--layout', 'payroll-odoo-meal-vouchers', '--secretariat', 'alpha'];
  words.push('--set', `enterpriseNumber=${home.employer}`, '--json');
  const gate = await closeGate(home.url, 'before insert on entitlement');
  const child = spawn(join(ROOT, 'bin/navette'), words, {
    env: { ...process.env, ...home.environment },
    stdio: 'ignore',
  });
  const ended = once(child, 'exit');
  await gate.reached();
  child.kill('SIGKILL');
  await ended;
  await gate.open();
  expect(await home.statuses()).toEqual({ fetched: 1 });
  // As if it had been a while ago: who begins now might still be at it.
  await sql`update drop_file set received_at = received_at - interval '5 minutes'`.execute(home.db);
  return { words };
}

const receipts = ({ home }: Home) =>
  readdir(join(home, 'out', 'alpha')).then((names) => names.filter((name) => name.includes('.receipt')));

test('a worker finishes it with what was said, and its receipt is put', async () => {
  const home = homeOf(0);
  await giveAndKill(home);
  home.start();
  await until(home.granted, (granted) => granted === 18);
  await until(
    () => receipts(home),
    (names) => names.length === 1,
  );
  expect(await home.statuses()).toEqual({ applied: 1 });
}, 120_000);

test('given again it is applied, and the one that broke off is finished as its copy', async () => {
  const home = homeOf(1);
  const { words } = await giveAndKill(home);
  const again = await runNavette(home.environment, ...words);
  expect(again.code).toBe(0);
  expect(JSON.parse(again.out)).toMatchObject({ status: 'applied', counts: { read: 1, created: 1 } });
  expect(await home.granted()).toBe(18);
  expect(await home.statuses()).toEqual({ applied: 1, duplicate: 1 });
  expect(await receipts(home)).toHaveLength(2);
}, 120_000);

test('status names it, and a person has it finished', async () => {
  const home = homeOf(2);
  await giveAndKill(home);
  const status = await runNavette(home.environment, 'status');
  expect(status.out).toContain('2026_11_MealVoucher.csv, its import broke off: navette file retry 1');
  const retried = await runNavette(home.environment, 'file', 'retry', '1', '--json');
  expect(JSON.parse(retried.out)).toMatchObject({ status: 'applied', counts: { created: 1 } });
  expect([await home.granted(), await home.statuses()]).toEqual([18, { applied: 1 }]);
}, 120_000);
