/** The gates of a plan: what would make it wait for a person's yes before anything changes, and the hash that names it. */
import { type RawBuilder, sql } from 'kysely';
import type { FileCounts } from '../../model.ts';
import { onlyRow } from '../answers.ts';
import type { Db } from '../database.ts';
import { outcomesOf } from './found-issues.ts';

export type Gate =
  | 'absence.unproven'
  | 'absence.majority'
  | 'deactivations.ratio'
  | 'deactivations.count'
  | 'rejected.ratio'
  | 'sensitive.changes'
  | 'configuration.changed'
  | 'payroll.two-sources';

/** Why a plan is held: the gate, the employer it is about (null for the whole file), and what was counted. */
export interface HeldReason {
  readonly gate: Gate;
  readonly enterpriseNumber: string | null;
  readonly count: number;
  /** active people, or rows, that the count is measured against */
  readonly of: number;
}

export interface Safety {
  /** a trailer, a zip directory or the sender's word says that the file is whole */
  readonly proven: boolean;
  /** the layout or the drop has changed since its last applied file */
  readonly configurationChanged: boolean;
  readonly limits: {
    readonly maxRejectedRatio: number;
    readonly maxDeactivatedRatio: number;
    readonly maxDeactivatedCount: number;
  };
}

/** A few departures are ordinary in the smallest employer: the ratio counts only above this many. */
const ORDINARY_DEPARTURES = 3;
const ORDINARY_REJECTIONS = 2;
const SENSITIVE_RATIO = 0.2;
const ORDINARY_SENSITIVE = 5;

/** Weighs the departures, rejections and sensitive changes of the plan that stands in the temporary tables. */
export async function weighPlan(db: Db, plan: PlanToWeigh, safety: Safety): Promise<HeldReason[]> {
  const { stage, counts: rows } = plan;
  if (!plan.changesPeople && rows.rejected <= ORDINARY_REJECTIONS) return [];
  const { maxRejectedRatio, maxDeactivatedRatio, maxDeactivatedCount } = safety.limits;
  const found = await sql<HeldReason>`
    with employer_departure as (
      select d.enterprise_number, count(*)::int as leaving, count(*) filter (where d.cause = 'absent')::int as absent,
             (select count(*)::int from beneficiary b
               where b.enterprise_number = d.enterprise_number and b.status = 'active') as active
        from departure d group by 1
    ), in_total as (
      select null::text as enterprise_number, coalesce(sum(leaving), 0)::int as leaving, coalesce(sum(absent), 0)::int as absent,
             (select count(*)::int from beneficiary b
               where b.status = 'active' and b.enterprise_number in (
                 -- Employers of whom the file says nothing that counts would only make the others' share look small.
                 select s.enterprise_number from ${sql.table(stage)} s join ${outcomesOf(stage)} o using (row_number)
                 union select enterprise_number from employer_departure)) as active
        from employer_departure having count(*) > 0
    ), wherever as (select * from employer_departure union all select * from in_total),
    rejected as (
      select ${rows.read}::int as read, ${rows.rejected}::int as count
    ), sensitive as (
      select s.enterprise_number, count(*)::int as count,
             (select count(*)::int from beneficiary b
               where b.enterprise_number = s.enterprise_number and b.status = 'active') as active
        from sensitive_change s group by 1
    )
    select 'absence.unproven' as gate, enterprise_number as "enterpriseNumber", absent as count, active as of
      from employer_departure where absent > 0 and not ${safety.proven}
    union all
    select 'absence.majority', enterprise_number, absent, active from employer_departure
     where active >= 2 and absent * 2 > active
    union all
    select 'deactivations.ratio', enterprise_number, leaving, active from wherever
     where leaving > ${ORDINARY_DEPARTURES} and leaving > active * ${maxDeactivatedRatio}::numeric
    union all
    select 'deactivations.count', enterprise_number, leaving, active from wherever where leaving > ${maxDeactivatedCount}
    union all
    select 'rejected.ratio', null, count, read from rejected
     where count > ${ORDINARY_REJECTIONS} and count > read * ${maxRejectedRatio}::numeric and count < read
    union all
    select 'sensitive.changes', enterprise_number, count, active from sensitive
     where count > ${ORDINARY_SENSITIVE} and count > active * ${SENSITIVE_RATIO}::numeric
    union all
    select 'configuration.changed', null, leaving, active from in_total where leaving > 0 and ${safety.configurationChanged}
    order by 1, 2 nulls first`.execute(db);
  return found.rows;
}

/** What a plan would do, for those who weigh and name it; its departures and rows stand in the temporary tables. */
export interface PlanToWeigh {
  readonly fileId: number;
  readonly stage: string;
  readonly counts: Pick<FileCounts, 'read' | 'rejected'>;
  /** somebody may leave by it, or be told otherwise than before */
  readonly changesPeople: boolean;
  /** a query with `row_number` and `content`: what each row that changes something would write, as text */
  readonly content: RawBuilder<unknown>;
}

/**
 * Names the plan: read with the same layout, held by the same gates, the same rows that write the same, and the same departures have the
 * same hash. What is written goes into it row by row, as a file of a million rows is longer than a text can be.
 */
export async function hashPlan(
  db: Db,
  { fileId, stage, content }: PlanToWeigh,
  layoutHash: string,
  reasons: readonly HeldReason[],
): Promise<string> {
  const gates = JSON.stringify(reasons.map(({ gate, enterpriseNumber }) => [gate, enterpriseNumber]));
  const found = await sql<{ hash: string }>`
    select encode(sha256(convert_to(concat_ws('|', ${String(fileId)}::text, ${layoutHash}::text, ${gates}::text,
      coalesce((select md5(string_agg(concat_ws(',', s.row_number, o.outcome, o.deactivated), ';' order by s.row_number))
         from ${sql.table(stage)} s left join ${outcomesOf(stage)} o using (row_number)), ''),
      coalesce((select md5(string_agg(c.written, '' order by c.row_number, c.written collate "C"))
         from (select row_number, md5(content) as written from (${content}) as planned) c), ''),
      coalesce((select md5(string_agg(concat_ws(',', d.enterprise_number, d.beneficiary_id, d.cause), ';'
                             order by d.enterprise_number, d.beneficiary_id, d.cause)) from departure d), '')), 'UTF8')), 'hex') as hash
  `.execute(db);
  return onlyRow(found).hash;
}

/** Employers that the file speaks of, and its sender may. */
export async function listPlannedEmployers(db: Db, stage: string): Promise<string[]> {
  const found = await sql<{ employer: string }>`
    select distinct s.enterprise_number as employer from ${sql.table(stage)} s
     where s.enterprise_number is not null
       and not exists (select from found_issue f where f.row_number = s.row_number and f.code = 'mandate.missing')
     order by 1`.execute(db);
  return found.rows.map(({ employer }) => employer);
}
