/** Work within a transaction that is kept or taken back by what came of it. */
import { sql } from 'kysely';
import type { Db } from './database.ts';

/**
 * Does some work in the transaction of `db`, and takes back all that it wrote unless its result is worth keeping.
 * @returns null when it was taken back
 */
export async function keepIf<T>(db: Db, isWorth: (result: T) => boolean, work: () => Promise<T>): Promise<T | null> {
  await sql`savepoint tried`.execute(db);
  const result = await work();
  if (isWorth(result)) return result;
  await sql`rollback to savepoint tried`.execute(db);
  return null;
}
