/** The products of people who are known: what a file gives and takes, that it is kept in the history, and that it changes nothing twice. */
import { sql } from 'kysely';
import { expect, it } from 'vitest';
import { setBeneficiary } from '../../../src/jobs/people/type-beneficiary.ts';
import { inventPerson } from '../../support/people.ts';
import { openPeopleDesk } from '../../support/people-desk.ts';
import { type PortalRow, portalRow } from '../../support/portal-rows.ts';

const { db, work, employer, people } = await openPeopleDesk(6_800_000);
const CONTRACTS = ['meal', 'eco', 'gift'].map((product) => ({ product, from: '2026-01-01', to: null, fees: {} }));
const { nationalRegisterNumber } = inventPerson(0);

const held = async (number: string): Promise<string[]> => {
  const found = await sql<{ product: string }>`
    select product from (
      select distinct on (product_code) product_code as product, removed from beneficiary_product
       where enterprise_number = ${number} order by product_code, valid_from desc) latest
     where not removed order by 1`.execute(db);
  return found.rows.map(({ product }) => product);
};

/** A person who has the products, and rows about them on the days that follow; each file has another free text, to be no duplicate. */
async function personWith(products: PortalRow) {
  const number = await employer({ contracts: CONTRACTS });
  await people(number, [portalRow(0, products)]);
  let days = 1;
  const say = (changes: PortalRow) => {
    days += 1;
    return people(number, [portalRow(0, { ...changes, extra1: `${days}` })], {}, { day: `2026-12-0${days}` });
  };
  return { number, say };
}

it('"not applicable" beside a blank takes the only other product, once and for all', async () => {
  const { number, say } = await personWith({ secondProduct: 'eco' });
  expect((await say({ thirdProduct: 'n/a' })).issues).toEqual([]);
  expect(await held(number)).toEqual(['eco', 'meal']);
  expect((await say({ secondProduct: 'n/a' })).issues).toEqual([]);
  expect(await held(number)).toEqual(['meal']);
  await say({ secondProduct: 'n/a' });
  expect(await held(number)).toEqual(['meal']);
});

it.each(['secondProduct', 'thirdProduct'] as const)(
  'of two others, "not applicable" in %s alone takes none and says so, month after month',
  async (column) => {
    const { number, say } = await personWith({ secondProduct: 'eco', thirdProduct: 'gift' });
    for (const _ of [1, 2]) {
      expect((await say({ [column]: 'n/a' })).issues).toMatchObject([
        { row: 2, column, code: 'product.unclear', severity: 'warning' },
      ]);
      expect(await held(number)).toEqual(['eco', 'gift', 'meal']);
    }
  },
);

it('of two others, the one that neither column names goes; both columns "not applicable" take both', async () => {
  const { number, say } = await personWith({ secondProduct: 'eco', thirdProduct: 'gift' });
  expect((await say({ secondProduct: 'n/a', thirdProduct: 'eco' })).issues).toEqual([]);
  expect(await held(number)).toEqual(['eco', 'meal']);
  await say({ secondProduct: 'gift' });
  expect(await held(number)).toEqual(['eco', 'gift', 'meal']);
  await say({ secondProduct: 'n/a', thirdProduct: 'n/a' });
  expect(await held(number)).toEqual(['meal']);
});

it('an older file is told that it is old, and nothing of its products', async () => {
  const { number, say } = await personWith({ secondProduct: 'eco', thirdProduct: 'gift' });
  await say({});
  const late = await people(
    number,
    [portalRow(0, { secondProduct: 'n/a' })],
    {},
    { day: '2026-12-02', at: '2026-12-01T09:00:00Z' },
  );
  expect(late.issues).toMatchObject([{ code: 'row.stale' }]);
});

it('#CLEAR, and a blank typed by hand, take a product as "not applicable" does', async () => {
  const { number, say } = await personWith({ secondProduct: 'eco', thirdProduct: 'gift' });
  expect((await say({ mealProduct: '#CLEAR', mealFaceValue: '' })).counts).toMatchObject({ updated: 1 });
  expect(await held(number)).toEqual(['eco', 'gift']);
  await say({ mealProduct: '', mealFaceValue: '', secondProduct: '#CLEAR', thirdProduct: 'gift' });
  expect(await held(number)).toEqual(['gift']);
  const word = { by: 'Ops', why: 'asked by telephone' };
  const type = (fields: Record<string, string>) =>
    setBeneficiary(work.on('2026-12-08'), number, nationalRegisterNumber, fields, word);
  expect(await type({ secondProduct: '' })).toMatchObject({ outcome: 'updated', issues: [] });
  expect(await held(number)).toEqual([]);
  await type({ mealProduct: 'Lunch' });
  expect(await held(number)).toEqual(['meal']);
  expect(await type({ mealProduct: '' })).toMatchObject({ outcome: 'updated' });
  expect(await held(number)).toEqual([]);
});

it('history keeps a product that a file gives to somebody who is known, from the beginning or anew', async () => {
  const { number, say } = await personWith({});
  await say({ secondProduct: 'eco' });
  await say({ secondProduct: 'n/a' });
  await say({ secondProduct: 'eco' });
  const history = await sql<{ before: unknown; after: unknown }>`
    select before, after from beneficiary_change
     where enterprise_number = ${number} and after ->> 'product' is not null order by id`.execute(db);
  expect(history.rows.map(({ after }) => after)).toEqual([
    { product: 'eco', faceValue: null, removed: false, from: '1900-01-01' },
    { product: 'eco', faceValue: null, removed: true, from: '2026-12-01' },
    { product: 'eco', faceValue: null, removed: false, from: '2026-12-01' },
  ]);
});

it('a value said for the first time of a product that is held without one is taken', async () => {
  const { number, say } = await personWith({});
  // As when the configuration makes vouchers with a value of what was an amount.
  await sql`update beneficiary_product set face_value = null where enterprise_number = ${number}`.execute(db);
  expect((await say({ mealProduct: 'meal', mealFaceValue: '8,00' })).counts).toMatchObject({ updated: 1 });
  const found = await sql<{ value: number }>`
    select face_value as value from beneficiary_product where enterprise_number = ${number} order by valid_from`.execute(
    db,
  );
  expect(found.rows.at(-1)).toEqual({ value: 800 });
});
