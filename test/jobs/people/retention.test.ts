/** What is forgotten, and when: files, grants, history, and people who left long ago. */
import { existsSync } from 'node:fs';
import { readdir, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { sql } from 'kysely';
import { describe, expect, it } from 'vitest';
import { keptPath } from '../../../src/jobs/intake/keep-file.ts';
import { runRetention } from '../../../src/jobs/people/run-retention.ts';
import { setBeneficiary } from '../../../src/jobs/people/type-beneficiary.ts';
import { inventPerson } from '../../support/people.ts';
import { openPeopleDesk } from '../../support/people-desk.ts';
import { portalRow } from '../../support/portal-rows.ts';
import { activateCard } from '../../support/small-world.ts';

const { work, db, employer, people, record } = await openPeopleDesk(6_100_000);
const { config } = work.on('2026-12-01');
const nrn = (index: number) => inventPerson(index).nationalRegisterNumber;

const kept = async (id: number | null) => {
  const found = await sql<{ sha256: string }>`select sha256 from drop_file where id = ${id}`.execute(db);
  return keptPath(config.storage, found.rows[0]?.sha256 ?? '');
};
const PERSONAL = (index: number) => {
  const { lastName, firstName, email, nationalRegisterNumber } = inventPerson(index);
  return [lastName, firstName, email, nationalRegisterNumber, 'Rue Inventée', `PN-${index}`, 'Deuxième'];
};

describe('files', () => {
  it('kept bytes go after thirteen months, those that came again later stay', async () => {
    const number = await employer();
    const old = await people(number, [portalRow(1), portalRow(2, { email: '?' })]);
    const again = await people(number, [portalRow(3)], {}, { day: '2026-12-02' });
    await people(number, [portalRow(4)], {}, { day: '2026-12-03' });
    await people(number, [portalRow(3)], {}, { day: '2027-11-30', at: '2027-11-30T08:00:00Z' });
    const paths = [await kept(old.fileId), await kept(again.fileId)];
    // The store's own clock is the test's: what was written just now must look as old as it is.
    for (const path of paths) await utimes(path, new Date('2026-12-03T10:00:00Z'), new Date('2026-12-03T10:00:00Z'));
    expect(await runRetention(work.on('2027-12-31'))).toMatchObject({ rawFiles: 0 });
    expect((await runRetention(work.on('2028-01-05'))).rawFiles).toBeGreaterThan(0);
    expect(paths.map((path) => existsSync(path))).toEqual([false, true]);
    const issues = await sql`select 1 from row_issue where file_id = ${old.fileId} and row_number is not null`.execute(
      db,
    );
    expect(issues.rows).toEqual([]);
    expect(await runRetention(work.on('2028-01-05'))).toMatchObject({ rawFiles: 0, rejectsFiles: 0, people: 0 });
  });

  it('rejects files go from local folders after ninety days', async () => {
    const number = await employer();
    await people(number, [portalRow(1), portalRow(2, { email: '?' })]);
    await sql`update outgoing_file set sent_at = '2026-12-01' where kind = 'rejects' and removed_on is null`.execute(
      db,
    );
    const out = async () =>
      (await readdir(join(work.home, 'out', 'alpha'))).filter((name) => name.includes('.rejects'));
    expect((await out()).length).toBeGreaterThan(0);
    expect(await runRetention(work.on('2027-03-01'))).toMatchObject({ rejectsFiles: 0 });
    expect((await runRetention(work.on('2027-03-02'))).rejectsFiles).toBeGreaterThan(0);
    expect(await out()).toEqual([]);
    expect(await runRetention(work.on('2027-03-03'))).toMatchObject({ rejectsFiles: 0 });
  });
});

it('after ten years grants and decided plans stay, without the words somebody typed', async () => {
  const number = await employer();
  const { fileId } = await people(number, [portalRow(1)]);
  await sql`insert into entitlement_change (enterprise_number, beneficiary_id, product_code, period, face_value, before, after, kind,
      changed_by, why, at) values (${number}, 1, 'meal', '2026-11', 800, 5, 0, 'written-off', 'Ops', 'Anna moved', '2026-12-01')`.execute(
    db,
  );
  await sql`insert into held_plan (file_id, plan_hash, counts, reasons, employers, expires_at, decision, decided_by, decided_at, why)
      values (${fileId}, 'h', '{}', '[]', '{}', '2026-12-08', 'approved', 'Ops', '2026-12-01', 'Anna said so')`.execute(
    db,
  );
  const words = async () => {
    const found = await sql<{ after: number; words: string | null }>`
      select after, why || changed_by as words from entitlement_change where enterprise_number = ${number}
      union all select 1, why || decided_by from held_plan where file_id = ${fileId} order by 1`.execute(db);
    return found.rows.map((row) => [row.after, row.words]);
  };
  await runRetention(work.on('2036-12-01'));
  expect(await words()).toEqual([
    [0, 'Anna movedOps'],
    [1, 'Anna said soOps'],
  ]);
  await runRetention(work.on('2036-12-02'));
  expect(await words()).toEqual([
    [0, null],
    [1, null],
  ]);
});

it('history goes after ten years', async () => {
  const number = await employer();
  await people(number, [portalRow(1)]);
  await sql`update beneficiary_change set at = '2026-12-01' where enterprise_number = ${number}`.execute(db);
  const rows = async () =>
    (await sql`select 1 from beneficiary_change where enterprise_number = ${number}`.execute(db)).rows.length;
  await runRetention(work.on('2036-12-01'));
  expect(await rows()).toBe(1);
  expect((await runRetention(work.on('2036-12-02'))).historyRows).toBeGreaterThan(0);
  expect(await rows()).toBe(0);
});

describe('people who left long ago', () => {
  const leave = async (number: string, index: number) => {
    await people(number, [portalRow(index, { personnelNumber: `PN-${index}`, otherName: 'Deuxième' })]);
    await setBeneficiary(
      work.on('2026-12-02'),
      number,
      nrn(index),
      { status: 'Inactief', email: 'x@example.be' },
      { by: 'Ops', why: 'left' },
    );
    return (await record(number, index))?.id ?? 0;
  };
  const byId = async (id: number) => {
    const found = await sql<Record<string, unknown>>`select * from beneficiary where id = ${id}`.execute(db);
    return found.rows[0];
  };

  it('lose every personal field after twenty-four months, once; ids, products and grants stay', async () => {
    const number = await employer();
    const id = await leave(number, 50);
    await people(number, [portalRow(51)]);
    await sql`insert into entitlement (enterprise_number, beneficiary_id, product_code, period, face_value, restated_quantity)
      values (${number}, ${id}, 'meal', '2026-11', 800, 0)`.execute(db);
    await sql`insert into entitlement_change (enterprise_number, beneficiary_id, product_code, period, face_value, before, after, kind, why)
      values (${number}, ${id}, 'meal', '2026-11', 800, 1, 0, 'written-off', ${`for ${inventPerson(50).lastName}`})`.execute(
      db,
    );
    expect(await runRetention(work.on('2028-12-02'))).toMatchObject({ people: 0 });
    expect((await runRetention(work.on('2028-12-03'))).people).toBeGreaterThan(0);
    const forgotten = await byId(id);
    expect(forgotten).toMatchObject({
      last_name: '-',
      email: null,
      gender: 'x',
      birth_date: `${inventPerson(50).birthDate.slice(0, 4)}-01-01`,
      status: 'inactive',
    });
    expect(forgotten?.['national_register_number']).toMatch(/^\d\d[6-9]\d{8}$/);
    const everything = await sql<{ text: string }>`
      select string_agg(t::text, ' ') as text from (
        select to_jsonb(b) as t from beneficiary b where id = ${id}
        union all select to_jsonb(c) from beneficiary_change c where beneficiary_id = ${id}
        union all select to_jsonb(e) from entitlement_change e where beneficiary_id = ${id}) all_rows`.execute(db);
    for (const secret of PERSONAL(50)) expect(everything.rows[0]?.text).not.toContain(secret);
    expect((await sql`select 1 from entitlement where beneficiary_id = ${id}`.execute(db)).rows).toHaveLength(1);
    expect(await runRetention(work.on('2028-12-04'))).toMatchObject({ people: 0 });
    expect(await byId(id)).toEqual(forgotten);
    expect(await record(number, 51)).toMatchObject({ last_name: inventPerson(51).lastName });
  });

  it('are kept as long as something is open, and their card as long as it can be used', async () => {
    const number = await employer();
    const id = await leave(number, 60);
    await activateCard(db, { nrn: nrn(60) }, '2029-06-30');
    await sql`insert into carry (enterprise_number, beneficiary_id, product_code, period, face_value, quantity, reason)
      values (${number}, ${id}, 'meal', '2026-11', 800, 3, 'leaver.unordered')`.execute(db);
    await runRetention(work.on('2029-01-02'));
    expect(await record(number, 60)).toMatchObject({ last_name: inventPerson(60).lastName });
    await sql`delete from carry where beneficiary_id = ${id}`.execute(db);
    expect(await runRetention(work.on('2029-01-03'))).toMatchObject({ people: 1 });
    const cards = async () =>
      (await sql`select 1 from card where national_register_number = ${nrn(60)}`.execute(db)).rows.length;
    expect(await cards()).toBe(1);
    await runRetention(work.on('2029-07-01'));
    expect(await cards()).toBe(0);
  });

  it('are forgotten at one employer and known at another', async () => {
    const [one, two] = [await employer(), await employer()];
    await leave(one, 70);
    await people(two, [portalRow(70)]);
    await activateCard(db, { nrn: nrn(70) }, '2028-01-31');
    await runRetention(work.on('2029-02-02'));
    expect(await record(one, 70)).toBeUndefined();
    expect(await record(two, 70)).toMatchObject({ status: 'active', last_name: inventPerson(70).lastName });
    expect((await sql`select 1 from card where national_register_number = ${nrn(70)}`.execute(db)).rows).toHaveLength(
      1,
    );
  });

  it('come back as somebody new', async () => {
    const number = await employer();
    const id = await leave(number, 80);
    await runRetention(work.on('2029-03-02'));
    const back = await people(number, [portalRow(80)], {}, { day: '2029-03-03' });
    expect(back.counts).toMatchObject({ created: 1 });
    expect((await record(number, 80))?.id).not.toBe(id);
  });
});
