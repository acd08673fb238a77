/** The simulated year is the same for the same seed. */
import { expect, test } from 'vitest';
import { inventCountry } from './country.ts';
import { nothingSent } from './delivery.ts';
import { payrollDeliveries } from './payroll-files.ts';
import { peopleDeliveries } from './people-files.ts';

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
