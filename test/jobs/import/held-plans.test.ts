/** Full files and the gates: who is absent and ends, what holds a plan, and what a yes to it carries out. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { sql } from 'kysely';
import { describe, expect, it } from 'vitest';
import { approvePlan, discardPlan, expirePlans } from '../../../src/jobs/import/decide-held-plan.ts';
import { type HandGiven, importByHand } from '../../../src/jobs/import/import-by-hand.ts';
import { listHeldPlans } from '../../../src/load/files/held-plans.ts';
import { employerLine, employersJsonl } from '../../support/employer-lines.ts';
import { openWorkplace } from '../../support/job-context.ts';
import { inventEnterpriseNumber } from '../../support/people.ts';
import { type PortalRow, portalCsv, portalRow } from '../../support/portal-rows.ts';

const work = await openWorkplace();
const { db } = work.on('2026-12-01').database;
const word = { by: 'Ops', why: 'checked with the secretariat' };
let files = 0;

async function give(text: string, given: Partial<HandGiven> & { layout: string }, day = '2026-12-01') {
  files += 1;
  const path = join(work.home, `file-${files}.txt`);
  await writeFile(path, text);
  const standard = { set: {}, scope: null, mode: null, dryRun: false };
  const secretariat = given.layout === 'employers' ? 'issuer' : 'alpha';
  const [result] = await importByHand(work.on(day), [path], { ...standard, secretariat, ...given });
  if (result === undefined) throw new Error('no result');
  return result;
}

/** An employer with the invented people 0 to count - 1, all active. */
async function employerWith(count: number, mandates: readonly string[] = ['alpha']): Promise<string> {
  files += 1;
  const number = inventEnterpriseNumber(5_000_000 + files);
  const line = employerLine(number, {
    mandates: mandates.map((secretariat) => ({ secretariat, from: '2026-01-01', to: null })),
  });
  await give(employersJsonl([line]), { layout: 'employers' });
  const result = await people(number, rows(count), { scope: 'delta' });
  expect(result).toMatchObject({ status: 'applied', counts: { created: count } });
  return number;
}

const rows = (count: number, from = 0) => Array.from({ length: count }, (_, index) => portalRow(from + index));

const people = (
  employer: string,
  some: readonly PortalRow[],
  given: Partial<HandGiven> = {},
  day?: string,
  end?: string,
) => give(portalCsv(some, end), { layout: 'beneficiaries-portal', set: { enterpriseNumber: employer }, ...given }, day);

const full = (employer: string, some: readonly PortalRow[], day?: string, end?: string) =>
  people(employer, some, { scope: 'full' }, day, end);

const active = async (employer: string) => {
  const found = await sql<{ people: number }>`
    select count(*)::int as people from beneficiary where enterprise_number = ${employer} and status = 'active'`.execute(
    db,
  );
  return found.rows[0]?.people;
};

const gates = async (planHash: string | undefined) => {
  const plan = (await listHeldPlans(db)).find((one) => one.planHash === planHash);
  return plan?.reasons.map(({ gate }) => gate);
};

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

describe('a person’s word', () => {
  const hold = async () => {
    const number = await employerWith(20);
    const held = await full(number, rows(12));
    expect(held).toMatchObject({ status: 'held', counts: { deactivated: 8 } });
    return { number, hash: held.planHash ?? '' };
  };

  it('approve carries the plan out, once, also by the first twelve characters', async () => {
    const { number, hash } = await hold();
    const approved = await approvePlan(work.on('2026-12-02'), hash.slice(0, 12), { ...word, upsertsOnly: false });
    expect(approved).toMatchObject({ status: 'applied', counts: { deactivated: 8 } });
    expect(await active(number)).toBe(12);
    await expect(approvePlan(work.on('2026-12-02'), hash, { ...word, upsertsOnly: false })).rejects.toThrow(
      'is approved',
    );
  });

  it('--upserts-only applies everything but the deactivations', async () => {
    const number = await employerWith(20);
    const leaving = rows(5).map((row) => ({ ...row, status: 'inactive', otherName: 'Noté' }));
    const held = await full(number, [...leaving, ...rows(3, 5), portalRow(30)]);
    expect(held.status).toBe('held');
    const approved = await approvePlan(work.on('2026-12-02'), held.planHash ?? '', { ...word, upsertsOnly: true });
    expect(approved.counts).toMatchObject({ updated: 5, unchanged: 3, created: 1, deactivated: 0 });
    expect(await active(number)).toBe(21);
  });

  it('fault 59: a plan whose data changed meanwhile is void, and the new one is held', async () => {
    const { number, hash } = await hold();
    await people(number, [portalRow(15, { status: 'Inactif' })], { scope: 'delta' });
    const again = await approvePlan(work.on('2026-12-02'), hash, { ...word, upsertsOnly: false });
    expect(again.status).toBe('held');
    expect(again.planHash).not.toBe(hash);
    expect(await active(number)).toBe(19);
    await expect(approvePlan(work.on('2026-12-02'), hash, { ...word, upsertsOnly: false })).rejects.toThrow('is void');
  });

  it('a dry run says what it would come to, and holds nothing', async () => {
    const number = await employerWith(20);
    const planned = await people(number, rows(12), { scope: 'full', dryRun: true });
    expect(planned).toMatchObject({ fileId: null, status: 'planned', wouldBe: 'held', counts: { deactivated: 8 } });
    expect(planned).not.toHaveProperty('planHash');
  });

  it('wrong, expired and discarded plans change nothing; discarded content may come again', async () => {
    const { number, hash } = await hold();
    const no = { ...word, upsertsOnly: false };
    await expect(approvePlan(work.on('2026-12-02'), 'ffffffffffff', no)).rejects.toThrow('There is no plan');
    await expect(approvePlan(work.on('2026-12-09'), hash, no)).rejects.toThrow('expired');
    expect(await full(number, rows(12))).toMatchObject({ status: 'duplicate' });
    await discardPlan(work.on('2026-12-02'), hash, word);
    expect(await active(number)).toBe(20);
    expect(await full(number, rows(12))).toMatchObject({ status: 'held' });
  });

  it('a plan that nobody decided in time is told once, and its content may come again', async () => {
    const { number, hash } = await hold();
    const told: unknown[] = [];
    const on = (day: string) => ({
      ...work.on(day),
      log: (event: string, facts?: { planHash?: string }) => {
        if (facts?.planHash === hash) told.push(event);
      },
    });
    await expirePlans(on('2026-12-07'));
    expect(told).toEqual([]);
    await expirePlans(on('2026-12-09'));
    await expirePlans(on('2026-12-10'));
    expect(told).toEqual(['plan.expired']);
    const kept = await sql`
      select p.decision, f.status, (select count(*)::int from outgoing_file o where o.file_id = f.id and o.kind = 'receipt') receipts
        from held_plan p join drop_file f on f.id = p.file_id where p.plan_hash = ${hash}`.execute(db);
    expect(kept.rows).toEqual([{ decision: 'expired', status: 'rejected', receipts: 2 }]);
    expect(await active(number)).toBe(20);
    await expect(discardPlan(work.on('2026-12-10'), hash, word)).rejects.toThrow('it is expired');
    expect(await full(number, rows(12), '2026-12-10')).toMatchObject({ status: 'held' });
  });

  it('a newer full file makes a held plan pointless', async () => {
    const { number, hash } = await hold();
    expect(await full(number, rows(19))).toMatchObject({ status: 'applied', counts: { deactivated: 1 } });
    await expect(approvePlan(work.on('2026-12-02'), hash, { ...word, upsertsOnly: false })).rejects.toThrow(
      'superseded',
    );
  });

  it('who decided, and why, is kept', async () => {
    const { hash } = await hold();
    await approvePlan(work.on('2026-12-02'), hash, { ...word, upsertsOnly: false });
    const kept = await sql`select decision, decided_by, why from held_plan where plan_hash = ${hash}`.execute(db);
    expect(kept.rows).toEqual([{ decision: 'approved', decided_by: word.by, why: word.why }]);
  });
});
