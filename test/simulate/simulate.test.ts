/** A small sample of the simulated year: its promises hold, and what proves them sees when one is broken. */
import { mkdtemp, readdir, rename, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type RawBuilder, sql } from 'kysely';
import { afterAll, expect, test } from 'vitest';
import { inventCountry } from './country.ts';
import { nothingSent } from './delivery.ts';
import { type LivedYear, liveYear } from './live-year.ts';
import { payrollDeliveries } from './payroll-files.ts';
import { peopleDeliveries } from './people-files.ts';
import { proveYear } from './prove-year.ts';
import { tellYear } from './tell-year.ts';

const home = await mkdtemp(join(tmpdir(), 'navette-simulate-'));
let lived: LivedYear | null = null;
afterAll(async () => {
  await lived?.close();
  await rm(home, { recursive: true, force: true });
});

test('two months of eight employers: every promise is kept, and a broken one is seen', async () => {
  const country = inventCountry({ months: 2, employers: 8, secretariats: 6, seed: 1, kills: 1 });
  const year = await liveYear(home, country, () => undefined);
  lived = year;
  const proofs = await proveYear(year);
  expect(proofs.filter(({ broken }) => broken.length > 0)).toEqual([]);
  expect(tellYear(year, proofs).at(-1)).toMatch(/^Digest [0-9a-f]{16}$/);
  expect(year.months.map(({ orders }) => orders > 0)).toEqual([false, true, true, false]);

  const { db } = year.database;
  const one = (table: string, change: string, where = 'true') =>
    sql.raw(`update ${table} set ${change} where ctid = (select ctid from ${table} where ${where} limit 1)`);
  const breaks: readonly [RawBuilder<unknown>, RegExp][] = [
    [
      one('entitlement', 'restated_quantity = restated_quantity + 1', "product_code = 'meal'"),
      /what the people earned/,
    ],
    [one('invoice', "status = 'open'", "status = 'paid'"), /paid when its money came/],
    [one('bank_entry', 'amount = amount + 1'), /sum up to the statements/],
    [one('drop_file', "status = 'rejected'", "status = 'archived' and drop_id <> 'bank'"), /ended as it must/],
    [one('invoice_notice', "status = 'queued'"), /notice went out once/],
    [one('voucher_order', "status = 'paid'", "status = 'released'"), /release files/],
  ];
  for (const [breaking] of breaks) await breaking.execute(db);
  const [left = ''] = await readdir(join(home, 'drops', 'alpha', 'archive'));
  await rename(join(home, 'drops', 'alpha', 'archive', left), join(home, 'drops', 'alpha', 'in', left));
  const broken = (await proveYear(year)).filter((proof) => proof.broken.length > 0).map(({ promise }) => promise);
  for (const [, promise] of [...breaks, ['', /put away/] as const]) {
    expect(
      broken.some((told) => promise.test(told)),
      String(promise),
    ).toBe(true);
  }
}, 120_000);

test('the same seed gives the same files, another one gives others', async () => {
  const filesOf = async (seed: number) => {
    const country = inventCountry({ months: 3, employers: 12, secretariats: 6, seed, kills: 0 });
    const sent = nothingSent();
    const all = [];
    for (const period of country.periods) {
      all.push(...(await peopleDeliveries(country, sent, period)), ...payrollDeliveries(country, sent, period));
    }
    return all.map(({ drop, name, content }) => `${drop}/${name} ${content.toString('base64')}`);
  };
  const first = await filesOf(4);
  expect(await filesOf(4)).toEqual(first);
  expect(await filesOf(5)).not.toEqual(first);
});
