/** People who come, move, work in two places, and come back. */
import { sql } from 'kysely';
import { describe, expect, it } from 'vitest';
import { inventPerson } from '../../support/people.ts';
import { openPeopleDesk } from '../../support/people-desk.ts';
import { portalRow } from '../../support/portal-rows.ts';
import { activateCard } from '../../support/small-world.ts';

const { db, employer, people, record, active } = await openPeopleDesk(6_300_000);
const nrn = (index: number) => inventPerson(index).nationalRegisterNumber;
const BOTH = { mandates: ['alpha', 'beta'].map((secretariat) => ({ secretariat, from: '2026-01-01', to: null })) };

const rows = (count: number, from = 0) => Array.from({ length: count }, (_, index) => portalRow(from + index));

describe('between employers', () => {
  it('a move is an end here and a start there; the card goes along, the ids differ', async () => {
    const [one, two] = [await employer(), await employer()];
    await people(one, rows(4));
    await activateCard(db, { nrn: nrn(0) }, '2030-12-31');
    expect((await people(one, rows(3, 1), { scope: 'full' }, { day: '2026-12-02' })).counts).toMatchObject({
      unchanged: 3,
      deactivated: 1,
    });
    expect((await people(two, rows(1), {}, { day: '2026-12-02' })).counts).toMatchObject({ created: 1 });
    const [before, after] = [await record(one, 0), await record(two, 0)];
    expect(before).toMatchObject({ status: 'inactive', status_reason: 'absent' });
    expect(after).toMatchObject({ status: 'active' });
    expect(after?.id).not.toBe(before?.id);
    const cards = await sql`select sequence, status from card where national_register_number = ${nrn(0)}`.execute(db);
    expect(cards.rows).toEqual([{ sequence: 1, status: 'active' }]);
  });

  it('one person at two employers: what one file says does not reach the other record', async () => {
    const [one, two] = [await employer(), await employer()];
    await people(one, rows(2));
    await people(two, [portalRow(0, { email: 'ailleurs@example.be', mealFaceValue: '7,00' })]);
    await people(one, [portalRow(0, { status: 'Inactif' })], {}, { day: '2026-12-02' });
    expect(await record(one, 0)).toMatchObject({ status: 'inactive', email: inventPerson(0).email });
    expect(await record(two, 0)).toMatchObject({ status: 'active', email: 'ailleurs@example.be' });
    const values = await sql<{ face_value: number }>`
      select x.face_value from beneficiary_product x join beneficiary b on b.id = x.beneficiary_id
       where b.national_register_number = ${nrn(0)} and b.enterprise_number in (${one}, ${two})
       order by b.enterprise_number`.execute(db);
    expect(values.rows.map((row) => row.face_value).sort()).toEqual([700, 800]);
  });

  it('two secretariats of one employer each keep their own people; who is sent by the other is theirs from then on', async () => {
    const number = await employer(BOTH);
    await people(number, rows(5), { scope: 'full' });
    await people(number, rows(5, 100), { scope: 'full', secretariat: 'beta' });
    expect(await active(number)).toBe(10);
    await people(number, rows(1), { secretariat: 'beta' }, { day: '2026-12-02' });
    expect((await people(number, rows(3, 1), { scope: 'full' }, { day: '2026-12-03' })).counts).toMatchObject({
      deactivated: 1,
    });
    expect(await record(number, 0)).toMatchObject({ status: 'active', secretariat_code: 'beta' });
    expect(await record(number, 4)).toMatchObject({ status: 'inactive' });
  });
});

describe('people said again as they are', () => {
  it('nothing is written to their records, and an older file that comes later changes nothing', async () => {
    const number = await employer();
    await people(number, rows(4), { scope: 'full' });
    const written = async () =>
      (
        await sql<{ at: string }>`
          select string_agg(xmin::text, ' ' order by id) as at
            from (select xmin, id from beneficiary where enterprise_number = ${number} order by id limit 4) first_four`.execute(
          db,
        )
      ).rows[0]?.at;
    const before = await written();
    const again = await people(number, rows(5), { scope: 'full' }, { day: '2026-12-05' });
    expect(again.counts).toMatchObject({ unchanged: 4, updated: 0, created: 1 });
    expect(await written()).toBe(before);
    const late = await people(number, [portalRow(0, { otherName: 'Late' })], {}, { day: '2026-12-03' });
    expect(late).toMatchObject({ counts: { unchanged: 1 }, issues: [{ code: 'row.stale', row: 2 }] });
    const next = await people(number, [portalRow(0, { otherName: 'Next' })], {}, { day: '2026-12-06' });
    expect(next.counts).toMatchObject({ updated: 1 });
  });

  it('an older full file that comes later ends nobody who was confirmed since', async () => {
    const number = await employer();
    await people(number, rows(4));
    await people(number, [portalRow(3)], {}, { day: '2026-12-05' });
    const late = await people(number, rows(3), { scope: 'full' }, { day: '2026-12-03' });
    expect(late.counts).toMatchObject({ unchanged: 3, deactivated: 0 });
    expect(await active(number)).toBe(4);
  });
});

describe('joiners and re-hires', () => {
  it('joiners of a full file are created beside the others, also when a person’s first file says inactive', async () => {
    const number = await employer();
    await people(number, rows(4), { scope: 'full' });
    const joined = [...rows(5), portalRow(5, { status: 'Inactif' })];
    const result = await people(number, joined, { scope: 'full' }, { day: '2026-12-02' });
    expect(result.counts).toMatchObject({ unchanged: 4, created: 2, deactivated: 0 });
    expect(result.issues).toMatchObject([{ code: 'person.unknown-leaver', row: 7 }]);
    expect(await record(number, 5)).toMatchObject({ status: 'inactive', status_reason: 'status' });
  });

  it('who was only absent is back as soon as a file names them; who was said to have left only when it says so', async () => {
    const number = await employer();
    await people(number, rows(8));
    await people(number, [...rows(6), portalRow(6, { status: 'Inactif' })], { scope: 'full' }, { day: '2026-12-02' });
    const ids = [(await record(number, 7))?.id, (await record(number, 6))?.id];
    const back = await people(number, rows(2, 6), {}, { day: '2026-12-03' });
    expect(back.counts).toMatchObject({ reactivated: 1, unchanged: 1 });
    expect(await record(number, 7)).toMatchObject({ id: ids[0], status: 'active', status_reason: null });
    expect(await record(number, 6)).toMatchObject({ id: ids[1], status: 'inactive', status_reason: 'status' });
    const said = await people(number, [portalRow(6, { status: 'Actif' })], {}, { day: '2026-12-04' });
    expect(said.counts).toMatchObject({ reactivated: 1 });
    const history = await sql<{ status: string }>`
      select after ->> 'status' as status from beneficiary_change
       where enterprise_number = ${number} and beneficiary_id = ${ids[1]} order by id`.execute(db);
    expect(history.rows.map(({ status }) => status)).toEqual(['active', 'inactive', 'active']);
  });

  it('an older full file that comes late does not end who joined since, nor bring back who left since', async () => {
    const number = await employer();
    await people(number, rows(6), { scope: 'full' }, { day: '2026-12-02' });
    await people(number, [...rows(5), portalRow(6)], { scope: 'full' }, { day: '2026-12-05' });
    const late = await people(number, rows(4), { scope: 'full' }, { day: '2026-12-06', at: '2026-12-03T08:00:00Z' });
    expect(late.status).toBe('superseded');
    expect(await record(number, 6)).toMatchObject({ status: 'active' });
    expect(await record(number, 5)).toMatchObject({ status: 'inactive' });
  });
});

describe('a number that is somebody else’s', () => {
  const other = { lastName: 'Autrement', firstName: 'Personne', birthDate: '31/01/1999' };

  it('another name and another birth date are refused, and the person is neither changed nor absent', async () => {
    const number = await employer();
    await people(number, rows(6));
    const before = await record(number, 0);
    const sent = [portalRow(0, other), ...rows(5, 1)];
    const result = await people(number, sent, { scope: 'full' }, { day: '2026-12-02' });
    expect(result.issues.filter(({ severity }) => severity === 'error')).toMatchObject([
      { row: 2, column: 'nationalRegisterNumber', code: 'identity.conflict' },
    ]);
    expect(result.counts).toMatchObject({ rejected: 1, deactivated: 0, unchanged: 5 });
    expect(await record(number, 0)).toEqual(before);
  });

  it('a marriage, and a birth date put right, are life', async () => {
    const number = await employer();
    await people(number, rows(2));
    const changed = [portalRow(0, { lastName: 'Nouveaunom' }), portalRow(1, { birthDate: '31/01/1999' })];
    const result = await people(number, changed, {}, { day: '2026-12-02' });
    expect(result.counts).toMatchObject({ updated: 2, rejected: 0 });
    expect(result.issues).toMatchObject([{ row: 3, code: 'nrn.birth-date', severity: 'warning' }]);
  });
});

describe('what a random run of files found', () => {
  it('a file of which every row is refused ends nobody, though some are not in it', async () => {
    const number = await employer();
    await people(number, rows(6));
    const refused = rows(5).map((row) => ({ ...row, email: '?' }));
    const result = await people(number, refused, { scope: 'full' }, { day: '2026-12-02' });
    expect(result).toMatchObject({ status: 'rejected', counts: { rejected: 5, deactivated: 0 } });
    expect(await active(number)).toBe(6);
  });

  it('a product that comes back without a value has its last one; a value without a product that is held is refused', async () => {
    const number = await employer();
    await people(number, rows(1));
    await people(number, [portalRow(0, { mealProduct: 'geen', mealFaceValue: '' })], {}, { day: '2026-12-02' });
    const valueAlone = [portalRow(0, { mealProduct: '', mealFaceValue: '9,00' }), ...rows(1, 1)];
    expect((await people(number, valueAlone, {}, { day: '2026-12-03' })).issues).toMatchObject([
      { column: 'mealProduct', code: 'required.missing' },
    ]);
    await people(number, [portalRow(0, { mealFaceValue: '' })], {}, { day: '2026-12-04' });
    const held = await sql`
      select x.face_value, x.removed from beneficiary_product x join beneficiary b on b.id = x.beneficiary_id
       where b.enterprise_number = ${number} and b.national_register_number = ${nrn(0)}
       order by x.valid_from desc limit 1`.execute(db);
    expect(held.rows).toEqual([{ face_value: 800, removed: false }]);
  });
});
