/** Two records of one person, merged by hand: everything moves, and the old number leads to the new one. */
import { sql } from 'kysely';
import { describe, expect, it } from 'vitest';
import { mergePerson } from '../../../src/jobs/people/merge-person.ts';
import { setBeneficiary } from '../../../src/jobs/people/type-beneficiary.ts';
import { lockEmployersOfNumbers, renumberPerson } from '../../../src/load/people/person-numbers.ts';
import { inventNationalRegisterNumber, inventPerson } from '../../support/people.ts';
import { openPeopleDesk } from '../../support/people-desk.ts';
import { portalRow } from '../../support/portal-rows.ts';
import { activateCard } from '../../support/small-world.ts';
import { until } from '../../support/worker-home.ts';

const { work, db, employer, people, record, give } = await openPeopleDesk(6_500_000);
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

describe('merge', () => {
  const bis = (index: number) => inventNationalRegisterNumber(inventPerson(index).birthDate, 500 + index, 40);
  const meal = async (number: string, person: string, quantity: number) =>
    give(`BCE;NISS;période;nombre;valeur;sortie\n${number};${person};2026-11;${quantity};8,00;\n`, {
      layout: 'payroll-generic',
    });

  it('moves the person at every employer, with ids, history, cards; files with the old number go on', async () => {
    const [one, two] = [await employer(), await employer()];
    const [old, given] = [bis(10), nrn(10)];
    const row = portalRow(10, { nationalRegisterNumber: old, gender: 'X' });
    await people(one, [row]);
    await people(two, [row]);
    await activateCard(db, { nrn: old }, '2030-12-31');
    const before = await record(one, old);
    expect(await mergePerson(day(), old, given, word)).toEqual([one, two].sort());
    expect(await record(one, given)).toMatchObject({ id: before?.id, status: 'active' });
    expect(await record(two, old)).toBeUndefined();
    expect((await history(one, given)).at(-1)).toMatchObject({ changed_by: 'Ops', why: word.why });
    const cards =
      await sql`select national_register_number, status from card where national_register_number in (${old}, ${given})`.execute(
        db,
      );
    expect(cards.rows).toEqual([{ national_register_number: given, status: 'active' }]);

    const again = await people(one, [{ ...row, otherName: 'Encore' }], { scope: 'full' }, { day: '2026-12-03' });
    expect(again).toMatchObject({ status: 'applied', counts: { updated: 1, deactivated: 0 } });
    expect(again.issues.filter(({ severity }) => severity === 'error')).toEqual([]);
    expect(await record(one, given)).toMatchObject({ other_name: 'Encore' });
    expect((await meal(one, old, 20)).counts).toMatchObject({ created: 1 });
    expect((await meal(one, given, 19)).counts).toMatchObject({ updated: 1 });
    expect(await setBeneficiary(day(), one, old, { otherName: '' }, word)).toMatchObject({
      outcome: 'updated',
      nationalRegisterNumber: given,
    });
    await expect(mergePerson(day(), old, nrn(11), word)).rejects.toThrow('replaced before');
    await expect(mergePerson(day(), nrn(11), old, word)).rejects.toThrow(/BIS|replaced/);
  });

  it('whoever waits for a merge means the person by their new number: a file and a word that use the old one', async () => {
    for (const [index, speak] of [
      async (number: string, old: string) => {
        await people(number, [portalRow(40, { nationalRegisterNumber: old, gender: 'X', otherName: 'Attendu' })]);
      },
      async (number: string, old: string) => {
        await setBeneficiary(day(), number, old, { otherName: 'Attendu' }, word);
      },
    ].entries()) {
      const number = await employer();
      const [old, given] = [bis(40 + index), nrn(40 + index)];
      await people(number, [{ ...portalRow(40), nationalRegisterNumber: old, gender: 'X' }]);
      const { promise: spoken, resolve } = Promise.withResolvers<void>();
      await db.transaction().execute(async (trx) => {
        await lockEmployersOfNumbers(trx, { old, new: given });
        void speak(number, old).then(resolve);
        await until(
          async () =>
            (
              await sql`
                select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`.execute(
                db,
              )
            ).rows.length,
          (waiting) => waiting === 1,
        );
        await renumberPerson(trx, { old, new: given, ...word });
      });
      await spoken;
      expect(await record(number, old)).toBeUndefined();
      expect(await record(number, given)).toMatchObject({ other_name: 'Attendu' });
    }
  });

  it('refuses two records at one employer, unknown people, and the wrong way round; nothing changes', async () => {
    const number = await employer();
    const [old, given] = [bis(20), nrn(20)];
    await people(number, [portalRow(20), portalRow(20, { nationalRegisterNumber: old, gender: 'X' })]);
    await expect(mergePerson(day(), old, given, word)).rejects.toThrow(`Both numbers are beneficiaries of ${number}`);
    await expect(mergePerson(day(), given, old, word)).rejects.toThrow('other way round');
    await expect(mergePerson(day(), bis(21), nrn(21), word)).rejects.toThrow('no such beneficiary');
    await expect(mergePerson(day(), old, old, word)).rejects.toThrow('the same');
    expect(await record(number, old)).toMatchObject({ status: 'active' });
    expect((await sql`select 1 from person_number where old = ${old}`.execute(db)).rows).toEqual([]);
  });

  it('two cards of one person: the newer stays active, sequences do not clash', async () => {
    const [one, two] = [await employer(), await employer()];
    const [old, given] = [bis(30), nrn(30)];
    await people(one, [portalRow(30, { nationalRegisterNumber: old, gender: 'X' })]);
    await people(two, [portalRow(30)]);
    await activateCard(db, { nrn: old }, '2030-12-31');
    await activateCard(db, { nrn: given }, '2031-12-31');
    await sql`update card set produced_on = '2026-06-01' where national_register_number = ${old}`.execute(db);
    await mergePerson(day(), old, given, word);
    const cards =
      await sql`select sequence, status, expires_on from card where national_register_number = ${given} order by 1`.execute(
        db,
      );
    expect(cards.rows).toEqual([
      { sequence: 1, status: 'replaced', expires_on: '2031-12-31' },
      { sequence: 2, status: 'active', expires_on: '2030-12-31' },
    ]);
  });
});
