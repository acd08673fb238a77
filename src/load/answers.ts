/** What a statement answered: the one row that it gives whatever the tables hold, and how many rows it wrote. */
import type { QueryResult } from 'kysely';

/** @throws Error for a statement that does not always give one row, such as a sum over groups: a bug of ours */
export function onlyRow<Row>(found: Pick<QueryResult<Row>, 'rows'>): Row {
  const [row] = found.rows;
  if (row === undefined || found.rows.length > 1) {
    throw new Error(`a statement that gives one row gave ${found.rows.length}`);
  }
  return row;
}

/** Rows that an insert, update or delete touched; the driver tells it as a bigint, and not at all for what only reads. */
export const countWritten = (done: Pick<QueryResult<unknown>, 'numAffectedRows'>): number =>
  Number(done.numAffectedRows ?? 0);
