/** Full files of an employer, the gates that hold them, and who is active after them. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { sql } from 'kysely';
import { expect } from 'vitest';
import { type HandGiven, importByHand } from '../../src/jobs/import/import-by-hand.ts';
import { listHeldPlans } from '../../src/load/files/held-plans.ts';
import { employerLine, employersJsonl } from './employer-lines.ts';
import { openWorkplace } from './job-context.ts';
import { inventEnterpriseNumber } from './people.ts';
import { type PortalRow, portalCsv, portalRow } from './portal-rows.ts';

/** The portal’s rows of so many invented people. */
export const rows = (count: number, from = 0) => Array.from({ length: count }, (_, index) => portalRow(from + index));

export async function openFullFiles() {
  const work = await openWorkplace();
  const { db } = work.on('2026-12-01').database;

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

  const people = (
    employer: string,
    some: readonly PortalRow[],
    given: Partial<HandGiven> = {},
    day?: string,
    end?: string,
  ) =>
    give(portalCsv(some, end), { layout: 'beneficiaries-portal', set: { enterpriseNumber: employer }, ...given }, day);

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

  return { work, db, give, employerWith, people, full, active, gates };
}
