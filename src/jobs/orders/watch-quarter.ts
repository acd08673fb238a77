/** Tells in time that a quarter is not complete: employers for which ordered and entitled still differ. */
import type { Db } from '../../load/database.ts';
import { type QuarterRow, readQuarter } from '../../load/orders/quarter-report.ts';
import type { Log } from '../../log.ts';
import type { Day } from '../../model.ts';
import { monthsOfQuarter, type Quarter, quarterDueOn, quarterSoonDue } from '../../transform/orders/quarter.ts';

export interface QuarterSoonDue {
  readonly quarter: Quarter;
  readonly dueOn: Day;
  readonly employers: number;
}

export function isIncomplete(row: QuarterRow): boolean {
  return row.productKind === 'count' && (row.missingVouchers > 0 || row.excessVouchers > 0);
}

/** @returns the quarter that must soon be complete and is not; null when there is none */
export async function findQuarterSoonDue(db: Db, today: Day): Promise<QuarterSoonDue | null> {
  const quarter = quarterSoonDue(today);
  if (quarter === null) return null;
  const { first, last } = monthsOfQuarter(quarter);
  const open = (await readQuarter(db, first, last)).filter(isIncomplete);
  const employers = new Set(open.map((row) => row.enterpriseNumber)).size;
  return employers === 0 ? null : { quarter, dueOn: quarterDueOn(quarter), employers };
}

/** One log line, `quarter.due`, when there is such a quarter. */
export async function watchQuarter(db: Db, today: Day, log: Log): Promise<void> {
  const due = await findQuarterSoonDue(db, today);
  if (due !== null) log('quarter.due', { ...due });
}
