/** Where the gates of a plan begin and end, in files about several employers: what counts beside what, and whom a refused row protects. */
import { utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { sql } from 'kysely';
import { describe, expect, it } from 'vitest';
import { PORTAL_FIELDS } from '../../../src/config/layout-fields.ts';
import { importByHand } from '../../../src/jobs/import/import-by-hand.ts';
import { mergePerson } from '../../../src/jobs/people/merge-person.ts';
import { listHeldPlans } from '../../../src/load/files/held-plans.ts';
import { inventEnterpriseNumber, inventNationalRegisterNumber, inventPerson } from '../../support/people.ts';
import { openPeopleDesk } from '../../support/people-desk.ts';
import { type PortalRow, portalRow } from '../../support/portal-rows.ts';

const { db, work, employer, people, record, active, give } = await openPeopleDesk(6_950_000);
const DAY = '2026-12-02';
const BETA = { mandates: [{ secretariat: 'beta', from: '2026-01-01', to: null }] };
const STRANGE = inventEnterpriseNumber(4_999_999);
let files = 0;

const rows = (count: number, from = 0) => Array.from({ length: count }, (_, index) => portalRow(from + index));

/** A full file of alpha with the portal's columns and the employer of each row behind them. */
async function full(...sent: readonly (readonly [employer: string, row: PortalRow])[]) {
  const context = work.on(DAY);
  const portal = context.config.layouts.get('beneficiaries-portal');
  if (portal === undefined) throw new Error('this layout ships');
  const columns = portal.layout.columns.map((column) =>
    column.field === 'enterpriseNumber' ? { ...column, source: { column: PORTAL_FIELDS.length } } : column,
  );
  const layout = { ...portal, layout: { ...portal.layout, id: 'several-employers', columns } };
  const layouts = new Map([...context.config.layouts, ['several-employers', layout]]);
  files += 1;
  const path = join(work.home, `several-${files}.csv`);
  const lines = sent.map(([number, row]) => [...PORTAL_FIELDS.map((field) => row[field] ?? ''), number].join(';'));
  await writeFile(path, `${[[...PORTAL_FIELDS, 'employer'].join(';'), ...lines].join('\n')}\n`);
  const moment = new Date(`${DAY}T08:00:00Z`);
  await utimes(path, moment, moment);
  const given = { layout: 'several-employers', secretariat: 'alpha', set: {}, mode: null, dryRun: false };
  const [result] = await importByHand({ ...context, config: { ...context.config, layouts } }, [path], {
    ...given,
    scope: 'full',
  });
  if (result === undefined) throw new Error('an import has a result');
  return result;
}

const at = (number: string, some: readonly PortalRow[]) => some.map((row) => [number, row] as const);

const gates = async (planHash: string | undefined) =>
  (await listHeldPlans(db)).find((one) => one.planHash === planHash)?.reasons.map(({ gate, of }) => `${gate} of ${of}`);

describe('the share of all that a file is about', () => {
  it('does not shrink by employers of whom every row is refused', async () => {
    const [one, two, foreign] = [await employer(), await employer(), await employer(BETA)];
    await people(one, rows(7));
    await people(two, rows(7, 10));
    await people(foreign, rows(60, 100), { secretariat: 'beta' });
    const result = await full(...at(one, rows(4)), ...at(two, rows(4, 10)), ...at(foreign, rows(1, 100)));
    expect(await gates(result.planHash)).toEqual(['deactivations.ratio of 14']);
    expect(await active(one)).toBe(7);
  });

  it('counts the employers whose only row is refused and whose people would leave', async () => {
    const [one, two] = [await employer(), await employer()];
    await people(one, rows(7));
    await people(two, rows(2, 10));
    const refused = portalRow(10, { email: '?' });
    const result = await full(...at(one, rows(4)), ...at(two, [refused]));
    expect(await gates(result.planHash)).toEqual(['deactivations.ratio of 9']);
  });
});

describe('a refused row that names another employer than its person’s', () => {
  it('protects its person, and nobody else', async () => {
    const number = await employer();
    await people(number, rows(8));
    const result = await full(...at(number, rows(6)), [STRANGE, portalRow(6)]);
    expect(result.counts).toMatchObject({ unchanged: 6, rejected: 1, deactivated: 1 });
    expect(result.issues).toMatchObject([{ row: 8, code: 'mandate.missing' }]);
    expect(await record(number, 6)).toMatchObject({ status: 'active' });
    expect(await record(number, 7)).toMatchObject({ status: 'inactive', status_reason: 'absent' });
  });

  it('protects nobody when its person cannot be read, as that takes two slips in one row', async () => {
    const number = await employer();
    await people(number, rows(8));
    const unreadable = portalRow(7, { nationalRegisterNumber: '85073003329' });
    const result = await full(...at(number, rows(7)), [STRANGE, unreadable]);
    expect(result.issues).toMatchObject([{ row: 9, code: 'mandate.missing' }]);
    expect(result.counts).toMatchObject({ unchanged: 7, rejected: 1, deactivated: 1 });
    expect(await record(number, 7)).toMatchObject({ status: 'inactive', status_reason: 'absent' });
  });

  it('protects them under a number that was replaced, and when it is refused for something else', async () => {
    const [number, other] = [await employer(), await employer()];
    const old = inventNationalRegisterNumber(inventPerson(27).birthDate, 527, 40);
    await people(number, [...rows(7, 20), portalRow(27, { nationalRegisterNumber: old, gender: 'X' })]);
    await people(other, rows(1, 40));
    await mergePerson(work.on(DAY), old, inventPerson(27).nationalRegisterNumber, { by: 'Ops', why: 'one person' });
    const mistyped = portalRow(27, { nationalRegisterNumber: old, gender: 'X' });
    const result = await full(
      ...at(number, rows(6, 20)),
      ...at(other, [...rows(1, 40), portalRow(26, { email: '?' })]),
      [STRANGE, mistyped],
    );
    expect(result.counts).toMatchObject({ unchanged: 7, rejected: 2, deactivated: 0 });
    expect(await active(number)).toBe(8);
  });

  it('a good row about another employer protects nobody: that is a move', async () => {
    const [number, other] = [await employer(), await employer()];
    await people(number, rows(8));
    const result = await full(...at(number, rows(7)), ...at(other, rows(1, 7)));
    expect(result.counts).toMatchObject({ created: 1, deactivated: 1 });
  });
});

describe('one gate at its edge', () => {
  it('exactly half of an employer may be absent, one more may not', async () => {
    const [even, odd] = [await employer(), await employer()];
    await people(even, rows(6));
    await people(odd, rows(5));
    expect(await full(...at(even, rows(3)))).toMatchObject({ status: 'applied', counts: { deactivated: 3 } });
    expect(await gates((await full(...at(odd, rows(2)))).planHash)).toEqual(['absence.majority of 5']);
  });

  it.each<[string, (index: number) => PortalRow]>([
    ['the PIN’s destination', () => ({ pinDelivery: 'Client', pinDeliveryPoint: '1' })],
    [
      'the PIN’s address',
      (index) => ({
        pinDelivery: 'Bénéficiaire',
        pinStreet: 'Rue Autre',
        pinHouseNumber: `${index}`,
        pinPostalCode: '1000',
        pinCity: 'Bruxelles',
      }),
    ],
    ['the box of the card’s address', (index) => ({ cardBox: `${index}` })],
    ['the card’s country', () => ({ cardCountry: 'FR' })],
    ['the other name', () => ({ otherName: 'Autre' })],
  ])('%s that changes in bulk is sensitive', async (_, change) => {
    const number = await employer();
    await people(number, rows(10));
    const changed = rows(6).map((row, index) => ({ ...row, ...change(index) }));
    expect(await gates((await people(number, changed, {}, { day: DAY })).planHash)).toEqual([
      'sensitive.changes of 10',
    ]);
    expect(await people(number, changed.slice(1), {}, { day: DAY })).toMatchObject({ counts: { updated: 5 } });
  });

  it('payroll that adds up one product, or another employer, does not hold totals of this one', async () => {
    const [number, other] = [await employer(), await employer()];
    for (const each of [number, other]) await people(each, rows(1));
    await sql`
      insert into entitlement_change (enterprise_number, beneficiary_id, product_code, period, face_value, before, after, kind)
      select enterprise_number, id, case when enterprise_number = ${number} then 'eco' else 'meal' end, '2026-10', 800, 0, 5, 'signed'
        from beneficiary where enterprise_number in (${number}, ${other})`.execute(db);
    const total = (period: string, quantity: number) =>
      give(`BCE;NISS;période;nombre\n${number};${inventPerson(0).nationalRegisterNumber};${period};${quantity}\n`, {
        layout: 'payroll-generic',
      });
    expect(await total('2026-10', 5)).toMatchObject({ status: 'applied', counts: { created: 1 } });
    expect(await total('2026-10', 6)).toMatchObject({ status: 'applied', counts: { updated: 1 } });
  });
});
