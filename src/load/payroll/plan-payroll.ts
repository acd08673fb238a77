/** What every row of a staged payroll file is about and would do: person, contract, limit, face value and outcome in one pass. */
import { type RawBuilder, sql } from 'kysely';
import type { FileCounts } from '../../model.ts';
import { onlyRow } from '../answers.ts';
import type { Db } from '../database.ts';
import type { Delivery } from '../files/found-issues.ts';
import { SUSPECT } from './check-payroll.ts';
import type { ScopeFacts } from './scope-payroll.ts';

/** Of fewer rows than this part of a file, each is looked up by itself. */
const FEW_OF_ALL = 0.2;

/**
 * Fills `plan_payroll` with the rows that may be about their employer and do not stand. `outcome` is what a row does as long as no
 * check refuses it; rows that were rejected when they were read have none and are there for their other faults; `leads` tells
 * the one row of a key that is written; `others` counts the other face values that a total replaces.
 * @param standing how many rows stand, null when nobody looked
 */
export async function planPayroll(
  db: Db,
  delivery: Delivery,
  counts: 'restated' | 'signed',
  scope: ScopeFacts,
  standing: number | null,
): Promise<Planned> {
  const rows = scope.rows - (standing ?? 0);
  const rest: Rest = { narrowed: standing !== null, few: standing !== null && rows < scope.rows * FEW_OF_ALL };
  let planned = await planRows(db, delivery, counts, rest, ONE_VALUE);
  if (planned.rows !== rows) {
    await sql`truncate plan_payroll`.execute(db);
    planned = await planRows(db, delivery, counts, rest, SEVERAL_VALUES);
  }
  return { ...planned, facts: factsOf(planned, standing ?? 0) };
}

export interface Planned {
  /** something may be wrong with a row */
  readonly suspect: boolean;
  /** somebody is in several rows */
  readonly repeated: boolean;
  /** of the plan as it stands as long as nothing changes it */
  readonly facts: PlanFacts;
}

/** Which rows are planned: all of them or those in `long_row`, and whether these are few. */
interface Rest {
  readonly narrowed: boolean;
  readonly few: boolean;
}

/** How the entitlements of a row's person, product and month are met: `e` for all of them, `same` for the one of the row's value. */
interface Met {
  readonly all: RawBuilder<unknown>;
  readonly same: RawBuilder<unknown>;
  /** of `same`: the columns `restated_quantity`, `restated_as_of` and `known` */
  readonly columns: RawBuilder<unknown>;
}

/**
 * Nearly always a month has one face value, and one join finds it; a person with several would be planned several times. Joined
 * as whole tables, a country takes a third of the time that a look at the index for every row takes.
 */
const ONE_VALUE: Met = {
  all: sql`
    left join entitlement one on one.enterprise_number = b.enterprise_number and one.beneficiary_id = b.id
     and one.product_code = s.product_code and one.period = s.period
    cross join lateral (
      select coalesce(one.quantity <> 0, false)::int as values, case when one.quantity <> 0 then one.face_value end as value,
             one.restated_as_of as latest,
             case when one.restated_quantity <> 0 then array[one.face_value] end as restated) e`,
  same: sql``,
  columns: sql`
    case when one.face_value = found.face_value then one.restated_quantity end as restated_quantity,
    case when one.face_value = found.face_value then one.restated_as_of end as restated_as_of,
    coalesce(one.face_value = found.face_value, false) as known`,
};

const SEVERAL_VALUES: Met = {
  all: sql`
    left join lateral (
      select count(*) filter (where e.quantity <> 0)::int as values,
             min(e.face_value) filter (where e.quantity <> 0) as value, max(e.restated_as_of) as latest,
             array_agg(e.face_value) filter (where e.restated_quantity <> 0) as restated
        from entitlement e
       where e.enterprise_number = b.enterprise_number and e.beneficiary_id = b.id
         and e.product_code = s.product_code and e.period = s.period) e on true`,
  same: sql`
    left join entitlement same on same.enterprise_number = b.enterprise_number and same.beneficiary_id = b.id
     and same.product_code = s.product_code and same.period = s.period and same.face_value = found.face_value`,
  columns: sql`same.restated_quantity, same.restated_as_of, same.face_value is not null as known`,
};

/** The product of a row's person in the row's month, as `held`: for a whole country in one pass, for a few people each. */
const HELD_BY_ALL = sql`
  left join (
    select x.*, lead(x.valid_from, 1, 'infinity') over (
             partition by x.enterprise_number, x.beneficiary_id, x.product_code order by x.valid_from) as valid_until
      from beneficiary_product x where x.enterprise_number in (select enterprise_number from payroll_scope)
  ) held on held.enterprise_number = b.enterprise_number and held.beneficiary_id = b.id
   and held.product_code = s.product_code and held.valid_from <= g.month and g.month < held.valid_until
   and not held.removed`;

const HELD_BY_FEW = sql`
  left join lateral (
    select x.* from beneficiary_product x
     where x.enterprise_number = b.enterprise_number and x.beneficiary_id = b.id and x.product_code = s.product_code
       and x.valid_from <= g.month
     order by x.valid_from desc limit 1) held on not held.removed`;

async function planRows(
  db: Db,
  delivery: Delivery,
  counts: 'restated' | 'signed',
  { narrowed, few }: Rest,
  met: Met,
): Promise<FoundFacts & Omit<Planned, 'facts'> & { readonly rows: number }> {
  const outcome =
    counts === 'signed'
      ? sql`case when k.known then 'updated' else 'created' end`
      : sql`case when k.stale then 'unchanged' when k.restated_as_of is null then 'created'
                 when k.restated_quantity <> k.quantity then 'updated' else 'unchanged' end`;
  const planned = await sql<FoundFacts & Omit<Planned, 'facts'> & { rows: number }>`
    with planned as (
    insert into plan_payroll as p
    select k.*, case when not k.rejected then ${outcome} end as outcome, false as deactivated, true as leads, 0 as given_back
      from (
        select s.row_number, s.rejected, s.enterprise_number, s.period, s.product_code, s.quantity, s.employment_end,
               s.face_value as said_value, s.value as printed_value, s.total, g.month, g.contracted, g.closed, g.max_face_value,
               b.id as beneficiary_id, b.status as old_status, b.employment_end as old_end,
               held.product_code is not null as assigned, held.face_value as own_value, held.valid_from as own_from,
               found.face_value, case when s.face_value is null then e.values end as entitled_values,
               coalesce(e.latest > ${delivery.asOf}::timestamptz, false) or g.confirmed_later and exists (
                 select from confirmed_entitlement c
                  where c.enterprise_number = s.enterprise_number and c.product_code = s.product_code and c.period = s.period
                    and c.as_of > ${delivery.asOf}::timestamptz and b.id = any (c.beneficiary_ids)) as stale,
               cardinality(array_remove(e.restated, found.face_value)) as others, ${met.columns}
          from stage_payroll s
          join payroll_scope g using (enterprise_number, product_code, period)
          left join beneficiary b on b.enterprise_number = s.enterprise_number
           and b.national_register_number = s.national_register_number
          ${few ? HELD_BY_FEW : HELD_BY_ALL}
          ${met.all}
          cross join lateral (
            select coalesce(s.face_value, case e.values when 1 then e.value when 0 then held.face_value end) as face_value
          ) found
          ${met.same}
         where g.mandated ${narrowed ? sql`and s.row_number in (select row_number from long_row)` : sql``}) k
    returning beneficiary_id, outcome, deactivated, stale, others, ${SUSPECT} as suspect)
    select count(*)::int as rows, count(beneficiary_id) <> count(distinct beneficiary_id) as repeated,
           coalesce(bool_or(suspect), false) as suspect, ${FACTS} from planned`.execute(db);
  return onlyRow(planned);
}

/** What a plan comes to, in one look: its counts, and what there is to write. */
export interface PlanFacts {
  readonly counts: FileCounts;
  /** a row was staged with an issue */
  readonly noted: boolean;
  readonly stale: boolean;
  readonly updated: boolean;
  readonly unchanged: boolean;
  readonly others: boolean;
}

type FoundFacts = Omit<FileCounts, 'rejected'> & Pick<PlanFacts, 'noted' | 'stale' | 'others'> & { decided: number };

const FACTS = sql`
           (select count(*)::int from stage_payroll) as read,
           exists (select from stage_payroll where issues is not null) as noted, count(outcome)::int as decided,
           count(*) filter (where outcome = 'created')::int as created,
           count(*) filter (where outcome = 'updated')::int as updated,
           count(*) filter (where outcome = 'unchanged')::int as unchanged, 0 as reactivated,
           count(*) filter (where outcome = 'duplicate')::int as "duplicateInFile",
           count(*) filter (where deactivated)::int as deactivated,
           coalesce(bool_or(stale and outcome is not null), false) as stale,
           coalesce(bool_or(others > 0 and outcome is not null), false) as others`;

/** @param standing rows that stand: they are unchanged, and not in the plan */
export async function readPlanFacts(db: Db, standing: number): Promise<PlanFacts> {
  const found = await sql<FoundFacts>`select ${FACTS} from plan_payroll`.execute(db);
  return factsOf(onlyRow(found), standing);
}

function factsOf(found: FoundFacts, standing: number): PlanFacts {
  const { read, created, updated, reactivated, duplicateInFile, deactivated, decided, noted, stale, others } = found;
  const unchanged = found.unchanged + standing;
  const rejected = read - decided - standing;
  return {
    counts: { read, created, updated, unchanged, reactivated, rejected, duplicateInFile, deactivated },
    noted,
    stale,
    others,
    updated: updated > 0,
    unchanged: unchanged > 0,
  };
}

/**
 * Rows `row_number, content`: what the rows that change something would write, which is part of what a person approves. With printed
 * values also where they take from, with ends those that are taken over, and with absent people which of their totals would end.
 */
export function plannedPayroll(has: {
  readonly printed: boolean;
  readonly ends: boolean;
  readonly endsAbsent: boolean;
}): RawBuilder<unknown> {
  const parts = [
    sql`
      select row_number, row (enterprise_number, beneficiary_id, product_code, period, face_value, quantity, given_back, leads,
                              others)::text as content
        from plan_payroll where outcome in ('created', 'updated')`,
    ...(has.printed
      ? [sql`select row_number, row (earlier_period, earlier_value)::text from blend where explained`]
      : []),
    ...(has.ends ? [sql`select row_number, row (employment_end, deactivates)::text from ended`] : []),
    ...(has.endsAbsent
      ? [
          sql`select 0, row (enterprise_number, beneficiary_id, product_code, period, face_value)::text from absent_total`,
        ]
      : []),
  ];
  return sql.join(parts, sql` union all `);
}
