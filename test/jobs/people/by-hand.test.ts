/** People whom an operator changes or ends by hand: the checks of a file, and a history with who and why. */
import { sql } from 'kysely';
import { describe, expect, it } from 'vitest';
import { deactivateBeneficiary, setBeneficiary } from '../../../src/jobs/people/type-beneficiary.ts';
import { inventPerson } from '../../support/people.ts';
import { openPeopleDesk } from '../../support/people-desk.ts';
import { portalRow } from '../../support/portal-rows.ts';

const { work, db, employer, people, record } = await openPeopleDesk(6_000_000);
const word = { by: 'Ops', why: 'asked by telephone' };
const nrn = (index: number) => inventPerson(index).nationalRegisterNumber;
const day = (on = '2026-12-02') => work.on(on);

const history = async (number: string, person: number | string) => {
  const { id } = (await record(number, person)) ?? { id: 0 };
  const found = await sql<Record<string, unknown>>`
    select before, after, file_id is null as by_hand, row_number, changed_by, why from beneficiary_change
     where enterprise_number = ${number} and beneficiary_id = ${id} order by id`.execute(db);
  return found.rows;
};

const NEW_PERSON = {
  lastName: 'Navetteau',
  firstName: 'Zélie',
  gender: 'F',
  birthDate: '02/01/1960',
  language: 'fr',
  email: 'zelie@example.be',
  cardStreet: 'Rue Inventée',
  cardHouseNumber: '1',
  cardPostalCode: '1000',
  cardCity: 'Bruxelles',
};

describe('set', () => {
  it('changes what was typed and nothing else, and history says who and why', async () => {
    const number = await employer();
    await people(number, [portalRow(1, { personnelNumber: 'P1' })]);
    const before = await record(number, 1);
    const typed = await setBeneficiary(day(), number, nrn(1), { email: 'autre@example.be', personnelNumber: '' }, word);
    expect(typed).toMatchObject({ outcome: 'updated', issues: [], deactivated: false });
    const after = await record(number, 1);
    expect(after).toMatchObject({
      ...before,
      email: 'autre@example.be',
      personnel_number: null,
      as_of: after?.['as_of'],
    });
    expect((await history(number, 1)).at(-1)).toEqual({
      before: { email: inventPerson(1).email, personnel_number: 'P1' },
      after: { email: 'autre@example.be', personnel_number: null },
      by_hand: true,
      row_number: null,
      changed_by: 'Ops',
      why: 'asked by telephone',
    });
    expect(await setBeneficiary(day(), number, nrn(1), { email: 'autre@example.be' }, word)).toMatchObject({
      outcome: 'unchanged',
    });
  });

  it('asks of somebody new what the portal asks', async () => {
    const number = await employer();
    const missing = await setBeneficiary(day(), number, nrn(1), { lastName: 'Navetteau' }, word);
    expect(missing.outcome).toBe('rejected');
    expect(missing.issues.map(({ column, code }) => `${column} ${code}`)).toEqual([
      'birthDate required.missing',
      'cardDelivery address.incomplete',
      'email required.missing',
      'firstName required.missing',
      'gender required.missing',
      'language required.missing',
    ]);
    expect(await record(number, 1)).toBeUndefined();
    const made = await setBeneficiary(
      day(),
      number,
      nrn(1),
      { ...NEW_PERSON, mealProduct: 'Lunch', mealFaceValue: '8,00' },
      word,
    );
    expect(made).toMatchObject({ outcome: 'created', issues: [] });
    expect(await record(number, 1)).toMatchObject({ status: 'active', cost_center: 1, secretariat_code: null });
    const products =
      await sql`select product_code, face_value from beneficiary_product where enterprise_number = ${number}`.execute(
        db,
      );
    expect(products.rows).toEqual([{ product_code: 'meal', face_value: 800 }]);
    expect((await history(number, 1)).map(({ changed_by }) => changed_by)).toEqual(['Ops', 'Ops']);
  });

  it('makes the checks of a file, and changes nothing when one fails', async () => {
    const number = await employer();
    await people(number, [portalRow(1)]);
    const before = await record(number, 1);
    const typed = await setBeneficiary(
      day(),
      number,
      nrn(1),
      {
        costCenter: 'Inconnu',
        cardDelivery: 'Client',
        cardDeliveryPoint: '7',
        secondProduct: 'Écochèque',
        email: '',
        otherName: 'X',
      },
      word,
    );
    expect(typed.outcome).toBe('rejected');
    expect(typed.issues.map(({ column, code }) => `${column} ${code}`)).toEqual([
      'cardDeliveryPoint delivery-point.unknown',
      'costCenter cost-center.unknown',
      'email required.missing',
      'secondProduct contract.missing',
    ]);
    const again = await setBeneficiary(
      day(),
      number,
      nrn(1),
      { costCenter: 'Inconnu', cardDelivery: 'Client', cardDeliveryPoint: '7', otherName: 'X' },
      word,
    );
    expect(again.issues.map(({ column, code }) => `${column} ${code}`)).toEqual([
      'cardDeliveryPoint delivery-point.unknown',
      'costCenter cost-center.unknown',
    ]);
    expect(await record(number, 1)).toEqual(before);
    await expect(setBeneficiary(day(), number, '85073003329', {}, word)).rejects.toThrow('no national register number');
    await expect(setBeneficiary(day(), '0403019261', nrn(1), NEW_PERSON, word)).rejects.toThrow('no such employer');
  });

  it('leaves the person with the secretariat that confirmed them, and is newer than its older files', async () => {
    const number = await employer();
    await people(number, [portalRow(1), portalRow(2), portalRow(3)]);
    await setBeneficiary(day(), number, nrn(1), { otherName: 'À la main' }, word);
    const late = await people(
      number,
      [portalRow(1, { otherName: 'Vieux' })],
      {},
      { day: '2026-12-03', at: '2026-12-01T12:00:00Z' },
    );
    expect(late.issues).toMatchObject([{ code: 'row.stale' }]);
    expect(await record(number, 1)).toMatchObject({ other_name: 'À la main', secretariat_code: 'alpha' });
    const full = await people(number, [portalRow(2), portalRow(3)], { scope: 'full' }, { day: '2026-12-04' });
    expect(full).toMatchObject({ status: 'applied', counts: { deactivated: 1 } });
    expect(await record(number, 1)).toMatchObject({ status: 'inactive', status_reason: 'absent' });
  });

  it('a word about somebody whom a newer file confirmed still counts', async () => {
    const number = await employer();
    await people(number, [portalRow(1)], {}, { day: '2026-12-05' });
    expect(await setBeneficiary(day('2026-12-02'), number, nrn(1), { otherName: 'X' }, word)).toMatchObject({
      outcome: 'updated',
    });
  });
});

describe('deactivate', () => {
  it('ends a person with the reason by-hand, once; a later file that says active brings the same id back', async () => {
    const number = await employer();
    await people(number, [portalRow(1), portalRow(2)]);
    const before = await record(number, 1);
    expect(await deactivateBeneficiary(day(), number, nrn(1), word)).toMatchObject({
      outcome: 'updated',
      deactivated: true,
    });
    expect(await record(number, 1)).toMatchObject({
      status: 'inactive',
      status_reason: 'by-hand',
      status_since: '2026-12-02',
    });
    await expect(deactivateBeneficiary(day(), number, nrn(1), word)).rejects.toThrow('inactive already');
    await expect(deactivateBeneficiary(day(), number, nrn(9), word)).rejects.toThrow('no such beneficiary');
    await expect(deactivateBeneficiary(day(), '0403019261', nrn(1), word)).rejects.toThrow('no such beneficiary');
    await people(number, [portalRow(1)], {}, { day: '2026-12-03' });
    expect(await record(number, 1)).toMatchObject({ status: 'inactive', status_reason: 'by-hand' });
    await people(number, [portalRow(1, { status: 'Actif' })], {}, { day: '2026-12-04' });
    expect(await record(number, 1)).toMatchObject({ id: before?.id, status: 'active', status_reason: null });
  });
});
