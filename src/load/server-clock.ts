/** What time it is for the database, whose clock decides about claims and due times. */
import { sql } from 'kysely';
import { onlyRow } from './answers.ts';
import type { Db } from './database.ts';

/** Milliseconds since 1970 UTC. */
export async function readClock(db: Db): Promise<number> {
  const found = await sql<{ moment: string }>`select clock_timestamp() as moment`.execute(db);
  return Date.parse(onlyRow(found).moment);
}
