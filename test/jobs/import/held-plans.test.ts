/** What a person decides about a held plan: carried out once, in part, not at all, or too late. */
import { sql } from 'kysely';
import { describe, expect, it } from 'vitest';
import { approvePlan, discardPlan, expirePlans } from '../../../src/jobs/import/decide-held-plan.ts';
import { openFullFiles, rows } from '../../support/full-files.ts';
import { portalRow } from '../../support/portal-rows.ts';

const { active, db, employerWith, full, people, work } = await openFullFiles();
const word = { by: 'Ops', why: 'checked with the secretariat' };

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
