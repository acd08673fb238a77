/** A plan is decided once: whatever comes of an approval closes it with who and why, and without a word nobody touches its file. */
import { sql } from 'kysely';
import { expect, test } from 'vitest';
import type { JobContext } from '../../../src/jobs/context.ts';
import { approvePlan, expirePlans } from '../../../src/jobs/import/decide-held-plan.ts';
import { importKept } from '../../../src/jobs/import/import-kept.ts';
import { employerLine, employersJsonl } from '../../support/employer-lines.ts';
import { openPeopleDesk } from '../../support/people-desk.ts';
import { withLayout } from '../../support/people-of-many.ts';
import { portalRow } from '../../support/portal-rows.ts';

const { work, db, give, employer, people, active } = await openPeopleDesk(6_600_000);
const word = { by: 'Ops', why: 'checked with the secretariat', upsertsOnly: false };
const LATER = '2026-12-02';
const rows = (count: number, from = 0) => Array.from({ length: count }, (_, index) => portalRow(from + index));

/** An employer with ten people, and a full file with four of them that is held. */
async function hold() {
  const number = await employer();
  await people(number, rows(10), { scope: 'delta' }, { at: '2026-11-01T08:00:00Z' });
  const held = await people(number, rows(4), { scope: 'full' }, { at: '2026-11-02T08:00:00Z' });
  expect(held.status).toBe('held');
  return { number, fileId: held.fileId ?? 0, hash: held.planHash ?? '' };
}

async function stateOf(fileId: number) {
  const found = await sql<Record<string, unknown>>`
    select f.status, p.decision, p.decided_by as by, p.why,
           (select count(*)::int from outgoing_file o where o.file_id = f.id and o.kind = 'receipt') as receipts,
           (select count(*)::int from held_departure d where d.plan_id = p.id) as departures
      from drop_file f join held_plan p on p.file_id = f.id where f.id = ${fileId} order by p.id desc`.execute(db);
  return found.rows[0];
}

const approvals = (fileId: number) =>
  work.logLines().filter((line) => line.includes('"plan.approved"') && JSON.parse(line).fileId === fileId).length;

/** The plan is closed with the word that was given, in the log nobody approved it, and nothing is left to approve or to expire. */
async function expectClosed(fileId: number, hash: string, decision: string, status: string, context?: JobContext) {
  const closed = { status, decision, by: word.by, why: word.why, receipts: 2, departures: 0 };
  expect(await stateOf(fileId)).toEqual(closed);
  expect(approvals(fileId)).toBe(0);
  await expect(approvePlan(context ?? work.on(LATER), hash, word)).rejects.toThrow(`it is ${decision}`);
  await expirePlans(work.on('2026-12-20'));
  expect(await stateOf(fileId)).toEqual(closed);
}

test('approved when a newer full file has said everything anew: superseded', async () => {
  const { number, fileId, hash } = await hold();
  // As if that file had been applied by somebody who did not know of this plan yet.
  await sql`
    insert into full_file (enterprise_number, drop_id, layout_id, as_of, file_id)
    select ${number}, drop_id, layout_id, '2026-11-30', id + 1 from drop_file where id = ${fileId}`.execute(db);
  expect(await approvePlan(work.on(LATER), hash, word)).toMatchObject({ status: 'superseded' });
  expect(await active(number)).toBe(10);
  await expectClosed(fileId, hash, 'superseded', 'superseded');
});

test('approved when every row would be refused: void, and the file is rejected', async () => {
  const { number, fileId, hash } = await hold();
  await give(employersJsonl([employerLine(number, { mandates: [] })]), { layout: 'employers' });
  expect(await approvePlan(work.on(LATER), hash, word)).toMatchObject({ status: 'rejected', counts: { rejected: 4 } });
  expect(await active(number)).toBe(10);
  await expectClosed(fileId, hash, 'void', 'rejected');
});

test('approved when its layout fits the file no more: void, and the file is rejected', async () => {
  const { fileId, hash } = await hold();
  const other = withLayout(work.on(LATER), 'beneficiaries-portal', (portal) => ({
    ...portal,
    file: { ...portal.file, formats: ['xlsx'] },
  }));
  const result = await approvePlan(other, hash, word);
  expect(result).toMatchObject({ status: 'rejected', issues: [{ row: null, code: 'file.format' }] });
  await expectClosed(fileId, hash, 'void', 'rejected', other);
});

test('approved when it is another plan by now: the old one is void by that word, and the new one is open', async () => {
  const { number, fileId, hash } = await hold();
  await people(number, [portalRow(9, { status: 'Inactif' })], { scope: 'delta' });
  expect(await approvePlan(work.on(LATER), hash, word)).toMatchObject({ status: 'held', counts: { deactivated: 5 } });
  const plans = await sql`
    select decision, decided_by, (select count(*)::int from held_departure d where d.plan_id = p.id) as departures
      from held_plan p where file_id = ${fileId} order by id`.execute(db);
  expect(plans.rows).toEqual([
    { decision: 'void', decided_by: 'Ops', departures: 0 },
    { decision: null, decided_by: null, departures: 5 },
  ]);
  expect(approvals(fileId)).toBe(0);
});

test('approved a moment after somebody else has: refused, and told as nobody’s approval', async () => {
  const { number, fileId, hash } = await hold();
  expect(await approvePlan(work.on(LATER), hash, word)).toMatchObject({ status: 'applied' });
  // The second one had found the plan open.
  const second = importKept(work.on(LATER), fileId, { approved: { planHash: hash, ...word, by: 'Another' } });
  await expect(second).rejects.toThrow('This plan is not open any more.');
  expect(await active(number)).toBe(4);
  expect(approvals(fileId)).toBe(1);
  expect(await stateOf(fileId)).toMatchObject({ decision: 'approved', by: 'Ops', departures: 0 });
});

test('a held file whose job is delivered again waits on, also when no gate would hold it any more', async () => {
  const { number, fileId, hash } = await hold();
  const held = await stateOf(fileId);
  // Five leave by themselves: the sixth alone would be held by nothing.
  const leaving = rows(5, 4).map((row) => ({ ...row, status: 'Inactif' }));
  for (const some of [leaving.slice(0, 3), leaving.slice(3)]) {
    expect(await people(number, some, { scope: 'delta' })).toMatchObject({ status: 'applied' });
  }
  expect(await importKept(work.on(LATER), fileId)).toMatchObject({ status: 'held', planHash: hash });
  expect(await active(number)).toBe(5);
  expect(await stateOf(fileId)).toEqual(held);
  expect(held).toMatchObject({ status: 'held', decision: null, receipts: 1, departures: 6 });
});
