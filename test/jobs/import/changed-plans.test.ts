/** A yes to a plan is a yes to what it would write: whatever else it would write meanwhile makes it another plan. */
import { sql } from 'kysely';
import { expect, test } from 'vitest';
import type { JobContext } from '../../../src/jobs/context.ts';
import { approvePlan } from '../../../src/jobs/import/decide-held-plan.ts';
import type { ImportResult } from '../../../src/jobs/import/import-file.ts';
import { listHeldPlans } from '../../../src/load/files/held-plans.ts';
import { ADDRESS, employerLine, employersJsonl } from '../../support/employer-lines.ts';
import { openPeopleDesk } from '../../support/people-desk.ts';
import { withLayout } from '../../support/people-of-many.ts';
import { type PortalRow, portalRow } from '../../support/portal-rows.ts';

const { work, db, give, employer, people, record } = await openPeopleDesk(6_500_000);
const PORTAL = 'beneficiaries-portal';
const word = { by: 'Ops', why: 'checked with the secretariat', upsertsOnly: false };

const rows = (count: number, changes: PortalRow = {}) =>
  Array.from({ length: count }, (_, index) => portalRow(index, changes));
const approve = ({ planHash = '' }: ImportResult, context: JobContext = work.on('2026-12-02')) =>
  approvePlan(context, planHash, word);
const before = { at: '2026-11-01T08:00:00Z' };
const center = (number: number, label: string) => ({ number, label, ...ADDRESS, invoiceEmail: null });

async function employerOfTen(changes: Readonly<Record<string, unknown>> = {}, row: PortalRow = {}): Promise<string> {
  const number = await employer(changes);
  const made = await people(number, rows(10, row), { scope: 'delta' }, before);
  expect(made.counts.created).toBe(10);
  return number;
}

/** The plan is refused and held as another one, nothing has changed, and the new one can be approved. */
async function expectAnother(held: ImportResult, number: string, context?: JobContext): Promise<ImportResult> {
  expect(held.status).toBe('held');
  const people = () =>
    sql`select b.*, array(select to_jsonb(x) from beneficiary_product x where x.beneficiary_id = b.id order by x) as products
          from beneficiary b where b.enterprise_number = ${number} order by id`.execute(db);
  const found = await people();
  const again = await approve(held, context);
  expect(again.status).toBe('held');
  expect(again.planHash).not.toBe(held.planHash);
  expect((await people()).rows).toEqual(found.rows);
  return again;
}

test('a label that stands for another cost center by now', async () => {
  const line = (number: string, gent: number) =>
    employersJsonl([employerLine(number, { costCenters: [center(1, 'Siège'), center(gent, 'Gent')] })]);
  const number = await employerOfTen({ costCenters: [center(1, 'Siège'), center(2, 'Gent')] }, { costCenter: '1' });
  const held = await people(number, rows(6, { costCenter: 'Gent' }));
  await give(line(number, 3), { layout: 'employers' });
  const again = await expectAnother(held, number);
  expect(await approve(again)).toMatchObject({ status: 'applied', counts: { updated: 6 } });
  expect(await record(number, 0)).toMatchObject({ cost_center: 3 });
});

test('a product that would be taken in the place of another', async () => {
  const contract = (product: string) => ({ product, from: '2026-01-01', to: null, fees: {} });
  const contracts = ['meal', 'eco', 'gift'].map(contract);
  const number = await employerOfTen({ contracts }, { secondProduct: 'eco', thirdProduct: 'gift' });
  const gone = portalRow(0, { secondProduct: 'geen', thirdProduct: 'gift' });
  const leaving = rows(10)
    .slice(6)
    .map((row) => ({ ...row, status: 'inactive' }));
  const first = portalRow(0, { secondProduct: 'geen' });
  const held = await people(number, [first, ...leaving]);
  expect(await people(number, [gone])).toMatchObject({ status: 'applied', counts: { updated: 1 } });
  await expectAnother(held, number);
});

test('a layout that was edited: with its columns elsewhere, and also when nothing else comes of it', async () => {
  const number = await employerOfTen();
  const held = await people(number, rows(6, { cardStreet: 'Avenue Autre', cardBox: 'B' }));
  const shifted = withLayout(work.on('2026-12-02'), PORTAL, (portal) => {
    const sources = new Map(portal.columns.map(({ field, source }) => [field, source]));
    const swapped: Readonly<Record<string, string>> = { cardStreet: 'cardBox', cardBox: 'cardStreet' };
    const columns = portal.columns.map((column) => ({
      ...column,
      source: sources.get(swapped[column.field] ?? column.field) ?? column.source,
    }));
    return { ...portal, columns };
  });
  const again = await expectAnother(held, number, shifted);
  await expectAnother(
    again,
    number,
    withLayout(work.on('2026-12-02'), PORTAL, (portal) => portal),
  );
});

test('gates that hold no more', async () => {
  const number = await employerOfTen();
  const held = await people(number, rows(6, { cardStreet: 'Avenue Autre' }));
  const more = Array.from({ length: 30 }, (_, index) => portalRow(20 + index));
  expect(await people(number, more)).toMatchObject({ status: 'applied' });
  const again = await expectAnother(held, number);
  const plan = (await listHeldPlans(db)).find(({ planHash }) => planHash === again.planHash);
  expect(plan).toMatchObject({ reasons: [] });
  expect(await approve(again)).toMatchObject({ status: 'applied', counts: { updated: 6 } });
});

test('what is approved as it stood is applied, also with more people around', async () => {
  const number = await employerOfTen();
  const held = await people(number, rows(6, { cardStreet: 'Avenue Autre', mealFaceValue: '7,00' }));
  expect(await people(number, [portalRow(30)])).toMatchObject({ status: 'applied' });
  expect(await approve(held)).toMatchObject({ status: 'applied', counts: { updated: 6 } });
});

test('a payroll row without a value, whose person has another one by now', async () => {
  const number = await employerOfTen();
  await sql`
    insert into entitlement_change (enterprise_number, beneficiary_id, product_code, period, face_value, before, after, kind)
    select enterprise_number, id, 'meal', '2026-10', 800, 0, 5, 'signed' from beneficiary where enterprise_number = ${number}
  `.execute(db);
  const line = `${number};${portalRow(0).nationalRegisterNumber};2026-12;20`;
  const held = await give(`BCE;NISS;période;nombre\n${line}\n`, { layout: 'payroll-generic' });
  expect(await people(number, [portalRow(0, { mealFaceValue: '7,00' })])).toMatchObject({ status: 'applied' });
  const again = await expectAnother(held, number);
  expect(await approve(again)).toMatchObject({ status: 'applied', counts: { created: 1 } });
  const granted = await sql`select face_value, quantity from entitlement where enterprise_number = ${number}`.execute(
    db,
  );
  expect(granted.rows).toEqual([{ face_value: 700, quantity: 20 }]);
});

test('an end of employment that payroll says, and somebody has said otherwise meanwhile', async () => {
  const number = await employerOfTen();
  const line = (person: number) => `${number};${portalRow(person).nationalRegisterNumber};2026-11;20;8,00;2026-10-31`;
  const lines = [0, 1, 2, 3, 4, 5].map(line);
  const file = ['BCE;NISS;période;nombre;valeur;sortie', ...lines, ''].join('\n');
  const held = await give(file, { layout: 'payroll-generic' }, { at: '2026-11-20T08:00:00Z' });
  expect(await people(number, [portalRow(0, { status: 'Actif', email: 'new@example.be' })])).toMatchObject({
    counts: { updated: 1 },
  });
  const again = await expectAnother(held, number);
  expect(await approve(again)).toMatchObject({ status: 'applied', counts: { created: 6, deactivated: 5 } });
  expect(await record(number, 0)).toMatchObject({ status: 'active', employment_end: null });
});
