/** Full files: who is absent and ends, and the gates that hold a plan. */
import { sql } from 'kysely';
import { describe, expect, it } from 'vitest';
import { openFullFiles, rows } from '../../support/full-files.ts';
import { portalCsv, portalRow } from '../../support/portal-rows.ts';

const { active, db, employerWith, full, gates, give, people } = await openFullFiles();

describe('a full file', () => {
  it('ends who is not in it any more, within the gates', async () => {
    const number = await employerWith(10);
    expect(await full(number, rows(8))).toMatchObject({ status: 'applied', counts: { unchanged: 8, deactivated: 2 } });
    expect(await active(number)).toBe(8);
  });

  it('without a final line end nothing proves it whole: any absence is held', async () => {
    const number = await employerWith(10);
    const result = await full(number, rows(9), undefined, '');
    expect(result).toMatchObject({ status: 'held', counts: { deactivated: 1 } });
    expect(await gates(result.planHash)).toEqual(['absence.unproven']);
    expect(await active(number)).toBe(10);
    expect(await full(number, rows(10), undefined, '')).toMatchObject({ status: 'applied', counts: { unchanged: 10 } });
  });

  it('without a final line end, a last row that is cut rejects the file', async () => {
    const number = await employerWith(4);
    const cut = portalCsv(rows(4)).slice(0, -40);
    const result = await give(cut, {
      layout: 'beneficiaries-portal',
      set: { enterpriseNumber: number },
      scope: 'full',
    });
    expect(result).toMatchObject({ status: 'rejected', issues: [{ code: 'file.truncated' }] });
    expect(await active(number)).toBe(4);
  });

  it('a rejected row is not absent, and one whose person is unreadable protects everybody', async () => {
    const number = await employerWith(10);
    const bad = await full(number, [...rows(9), portalRow(9, { email: 'x' })]);
    expect(bad).toMatchObject({ status: 'applied', counts: { unchanged: 9, rejected: 1, deactivated: 0 } });
    const unreadable = await full(number, [...rows(8), portalRow(8, { nationalRegisterNumber: '85073003329' })]);
    expect(unreadable).toMatchObject({ status: 'applied', counts: { rejected: 1, deactivated: 0 } });
    expect(unreadable.issues.map(({ code }) => code)).toEqual(['file.absence-skipped', 'nrn.invalid']);
    expect(await active(number)).toBe(10);
  });

  it('with no rows is refused, and ends nobody', async () => {
    const number = await employerWith(2);
    expect(await full(number, [])).toMatchObject({ status: 'rejected', issues: [{ code: 'file.empty' }] });
    expect(await people(number, [], { scope: 'delta' })).toMatchObject({ status: 'applied', counts: { read: 0 } });
    expect(await active(number)).toBe(2);
  });

  it('ends nobody whom another secretariat confirmed last, and nobody of another employer', async () => {
    const number = await employerWith(4, ['alpha', 'beta']);
    const other = await employerWith(3);
    await people(number, [portalRow(20)], { secretariat: 'beta', scope: 'delta' });
    expect(await full(number, rows(3))).toMatchObject({ status: 'applied', counts: { deactivated: 1 } });
    expect(await active(number)).toBe(4);
    expect(await active(other)).toBe(3);
  });

  it('older than the last full one is superseded', async () => {
    const number = await employerWith(6);
    await full(number, rows(6));
    // Files given one after the other are as old as each other: this one is made to have come from the future.
    await sql`update full_file set as_of = '2027-01-01' where enterprise_number = ${number}`.execute(db);
    expect(await full(number, rows(5))).toMatchObject({ status: 'superseded', counts: { deactivated: 0 } });
    expect(await active(number)).toBe(6);
  });
});

describe('gates', () => {
  it.each([
    ['more than half absent', 5, 2, ['absence.majority']],
    ['three of three', 3, 0, ['file']],
    ['the ratio, above three', 20, 15, ['deactivations.ratio', 'deactivations.ratio']],
  ])('%s', async (_, before, after, expected) => {
    const number = await employerWith(before);
    const result = await full(number, rows(after));
    if (expected[0] === 'file') expect(result.status).toBe('rejected');
    else expect(await gates(result.planHash)).toEqual(expected);
    expect(await active(number)).toBe(before);
  });

  it('the ratio does not hold three departures, whatever their share is', async () => {
    const number = await employerWith(7);
    expect(await full(number, rows(4))).toMatchObject({ status: 'applied', counts: { deactivated: 3 } });
  });

  it('the count holds where the ratio would not', async () => {
    const number = await employerWith(300);
    const result = await full(number, rows(249));
    expect(await gates(result.planHash)).toEqual(['deactivations.count', 'deactivations.count']);
    expect(await full(number, rows(250))).toMatchObject({ status: 'applied', counts: { deactivated: 50 } });
  });

  it('explicit leavers of a delta file count the same way', async () => {
    const number = await employerWith(10);
    const leaving = rows(4).map((row) => ({ ...row, status: 'Inactif' }));
    const result = await people(number, leaving);
    expect(await gates(result.planHash)).toEqual(['deactivations.ratio', 'deactivations.ratio']);
    expect(await people(number, leaving.slice(0, 3))).toMatchObject({ status: 'applied', counts: { deactivated: 3 } });
  });

  it('too many rejected rows hold, two never do, and all of them reject the file', async () => {
    const number = await employerWith(1);
    const bad = rows(3, 50).map((row) => ({ ...row, email: '?' }));
    expect(await gates((await people(number, [...rows(5), ...bad])).planHash)).toEqual(['rejected.ratio']);
    expect(await people(number, [...rows(5), ...bad.slice(1)])).toMatchObject({
      status: 'applied',
      counts: { rejected: 2 },
    });
    expect(await people(number, bad)).toMatchObject({ status: 'rejected', counts: { rejected: 3 } });
  });

  it('sensitive columns that change in bulk hold', async () => {
    const number = await employerWith(10);
    const moved = rows(6).map((row, index) => ({ ...row, cardStreet: `Avenue Autre ${index}` }));
    expect(await gates((await people(number, moved)).planHash)).toEqual(['sensitive.changes']);
    expect(await people(number, moved.slice(1))).toMatchObject({ status: 'applied', counts: { updated: 5 } });
  });

  it('payroll that totals and payroll that adds up do not mix unseen', async () => {
    const number = await employerWith(1);
    await sql`
      insert into entitlement_change (enterprise_number, beneficiary_id, product_code, period, face_value, before, after, kind)
      select enterprise_number, id, 'meal', '2026-10', 800, 0, 5, 'signed' from beneficiary where enterprise_number = ${number}
    `.execute(db);
    const line = `${number};${portalRow(0).nationalRegisterNumber};2026-11;20`;
    const result = await give(`BCE;NISS;période;nombre\n${line}\n`, { layout: 'payroll-generic' });
    expect(await gates(result.planHash)).toEqual(['payroll.two-sources']);
  });
});
