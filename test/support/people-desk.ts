/** A desk for tests of beneficiaries: employers, files with a moment of their own, and what became of the people. */
import { utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { sql } from 'kysely';
import { expect } from 'vitest';
import type { JobContext } from '../../src/jobs/context.ts';
import { type HandGiven, importByHand } from '../../src/jobs/import/import-by-hand.ts';
import type { ImportResult } from '../../src/jobs/import/import-file.ts';
import type { Db } from '../../src/load/database.ts';
import { employerLine, employersJsonl } from './employer-lines.ts';
import { openWorkplace, type Workplace } from './job-context.ts';
import { inventEnterpriseNumber, inventPerson } from './people.ts';
import { type PortalRow, portalCsv } from './portal-rows.ts';

export interface PeopleDesk {
  readonly work: Workplace;
  readonly db: Db;
  /** a file of any layout, written at `at`, given by hand on `day` */
  readonly give: (
    content: string | Buffer,
    given: Partial<HandGiven> & { layout: string },
    when?: { readonly day?: string; readonly at?: string; readonly name?: string },
  ) => Promise<ImportResult>;
  /** a new employer with a mandate for each of the secretariats */
  readonly employer: (changes?: Readonly<Record<string, unknown>>) => Promise<string>;
  readonly people: (
    employer: string,
    rows: readonly PortalRow[],
    given?: Partial<HandGiven> & { readonly end?: string },
    when?: { readonly day?: string; readonly at?: string },
  ) => Promise<ImportResult>;
  /** one beneficiary as stored, by employer and number of the invented person or register number */
  readonly record: (employer: string, person: number | string) => Promise<StoredPerson | undefined>;
  readonly active: (employer: string) => Promise<number>;
}

export interface StoredPerson {
  readonly id: number;
  readonly status: string;
  readonly status_reason: string | null;
  readonly [column: string]: unknown;
}

let employers = 0;

/** Gives imports another configuration than the shipped one. */
export type PeopleChange = (context: JobContext) => JobContext;

export async function openPeopleDesk(
  firstEmployer: number,
  change: PeopleChange = (context) => context,
): Promise<PeopleDesk> {
  const work = await openWorkplace();
  const { db } = work.on('2026-12-01').database;
  let files = 0;
  const give: PeopleDesk['give'] = async (content, given, when = {}) => {
    files += 1;
    const { day = '2026-12-01', name = `file-${files}.txt` } = when;
    const path = join(work.home, name);
    await writeFile(path, content);
    const at = new Date(when.at ?? `${day}T08:00:00Z`);
    await utimes(path, at, at);
    const standard = { set: {}, scope: null, mode: null, dryRun: false };
    const secretariat = given.layout === 'employers' ? 'issuer' : 'alpha';
    const [result] = await importByHand(change(work.on(day)), [path], { ...standard, secretariat, ...given });
    if (result === undefined) throw new Error('no result');
    const { read, created, updated, unchanged, reactivated, rejected, duplicateInFile } = result.counts;
    expect(read).toBe(created + updated + unchanged + reactivated + rejected + duplicateInFile);
    return result;
  };
  return {
    work,
    db,
    give,
    employer: async (changes = {}) => {
      const number = inventEnterpriseNumber(firstEmployer + employers++);
      const result = await give(employersJsonl([employerLine(number, changes)]), { layout: 'employers' });
      expect(result.issues).toEqual([]);
      return number;
    },
    people: (employer, rows, { end, ...given } = {}, when) =>
      give(
        portalCsv(rows, end),
        { layout: 'beneficiaries-portal', set: { enterpriseNumber: employer }, ...given },
        when,
      ),
    record: async (employer, person) => {
      const number = typeof person === 'string' ? person : inventPerson(person).nationalRegisterNumber;
      const found = await sql<StoredPerson>`
        select * from beneficiary where enterprise_number = ${employer} and national_register_number = ${number}`.execute(
        db,
      );
      return found.rows[0];
    },
    active: async (employer) => {
      const found = await sql<{ people: number }>`
        select count(*)::int as people from beneficiary where enterprise_number = ${employer} and status = 'active'`.execute(
        db,
      );
      return found.rows[0]?.people ?? 0;
    },
  };
}

/** `row column code` of every issue, null where there is no such. */
export const codes = ({ issues }: ImportResult): string[] =>
  issues.map(({ row, column, code }) => `${row} ${column} ${code}`);
