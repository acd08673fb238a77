/** Files given by hand: their line in the ledger tells from the beginning how they are to be taken, whoever finishes them. */
import { sql } from 'kysely';
import { onlyRow } from '../answers.ts';
import type { Db } from '../database.ts';
import type { SeenFile } from './ledger.ts';

/** What the person said, and where they said nothing, what their drop and the layout say. */
export interface HandSaid {
  readonly layoutId: string;
  readonly scope: string;
  readonly mode: string;
  readonly set: Readonly<Record<string, string>>;
}

/** A file whose bytes are kept already; @returns the id of the new row, status `fetched` */
export async function insertHandGiven(db: Db, seen: SeenFile, sha256: string, said: HandSaid): Promise<number> {
  const made = await sql<{ id: number }>`
    insert into drop_file (drop_id, secretariat_code, path, name, size, listed_size, mtime, sha256, received_at, received_on,
                           status, by_hand, layout_id, scope, mode, set_values)
    values (${seen.dropId}, ${seen.secretariat}, ${seen.path}, ${seen.name}, ${seen.size}, ${seen.size},
            ${seen.mtime}::timestamptz, ${sha256}, ${seen.receivedAt}::timestamptz, ${seen.receivedOn}::date,
            'fetched', true, ${said.layoutId}, ${said.scope}, ${said.mode}, ${JSON.stringify(said.set)}::jsonb)
    returning id`.execute(db);
  return onlyRow(made).id;
}

/** Older files that were given as this one, bytes and words, and whose import broke off. */
export async function listUnfinishedCopies(db: Db, id: number): Promise<number[]> {
  const found = await sql<{ id: number }>`
    select f.id from drop_file n
      join drop_file f on (f.drop_id, f.sha256, f.name) = (n.drop_id, n.sha256, n.name) and f.id < n.id
       and f.layout_id = n.layout_id and (f.scope, f.mode) = (n.scope, n.mode) and f.set_values = n.set_values
     where n.id = ${id} and f.status = 'fetched' and f.by_hand and f.received_at < now() - interval '10 seconds'
     order by f.id`.execute(db);
  return found.rows.map((row) => row.id);
}
