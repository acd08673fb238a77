/** The schema can be split by employer: asked of the catalog of a migrated database, and of what docs/scale-out.md says of it. */
import { readFile } from 'node:fs/promises';
import { sql } from 'kysely';
import { expect, test } from 'vitest';
import { openTestDatabase } from '../support/database.ts';

const { db } = await openTestDatabase();

/** What must be unique across employers: small tables of their own, in which an employer is only named. */
const ACROSS_EMPLOYERS = ['structured_communication', 'invoice_number'];

async function tables(): Promise<{ name: string; ownedByEmployer: boolean }[]> {
  const found = await sql<{ name: string; owned: boolean }>`
    select c.relname as name,
           exists (select from pg_attribute a where a.attrelid = c.oid and a.attname = 'enterprise_number' and not a.attisdropped) as owned
      from pg_class c
     where c.relnamespace = 'public'::regnamespace and c.relkind = 'r' order by 1`.execute(db);
  return found.rows.map(({ name, owned }) => ({ name, ownedByEmployer: owned && !ACROSS_EMPLOYERS.includes(name) }));
}

async function ownedTables(): Promise<string[]> {
  return (await tables()).filter(({ ownedByEmployer }) => ownedByEmployer).map(({ name }) => name);
}

test('every table that belongs to employers has a primary key, and every unique key of it begins with the enterprise number', async () => {
  const found = await sql<{ table: string; primary: boolean; first: string }>`
    select c.relname as table, i.indisprimary as primary, a.attname as first
      from pg_index i
      join pg_class c on c.oid = i.indrelid
      join pg_attribute a on a.attrelid = c.oid and a.attnum = i.indkey[0]
     where c.relname = any(${await ownedTables()}) and i.indisunique and c.relnamespace = 'public'::regnamespace`.execute(
    db,
  );
  expect(found.rows.filter(({ first }) => first !== 'enterprise_number')).toEqual([]);
  const withKey = found.rows.filter(({ primary }) => primary).map(({ table }) => table);
  expect(withKey.sort()).toEqual(await ownedTables());
});

test('PostgreSQL itself splits every one of them by enterprise number, with all its keys and checks', async () => {
  for (const table of await ownedTables()) {
    await sql`create table ${sql.table(`split_${table}`)} (like ${sql.table(table)} including all)
      partition by hash (enterprise_number)`.execute(db);
  }
});

test('a table that belongs to employers refers to others of the same employer, or to reference tables', async () => {
  const found = await sql<{ table: string; refers: string; columns: string[] }>`
    select k.conrelid::regclass::text as table, k.confrelid::regclass::text as refers,
           array(select a.attname from unnest(k.conkey) n join pg_attribute a on a.attrelid = k.conrelid and a.attnum = n)::text[] as columns
      from pg_constraint k where k.contype = 'f' and k.connamespace = 'public'::regnamespace`.execute(db);
  const owned = await ownedTables();
  const reference = Object.entries(await placesInDocs()).flatMap(([name, place]) =>
    place === 'reference' ? [name] : [],
  );
  const wrong = found.rows.filter(({ table, refers, columns }) => {
    if (!owned.includes(table)) return owned.includes(refers);
    return owned.includes(refers) ? !columns.includes('enterprise_number') : !reference.includes(refers);
  });
  expect(wrong).toEqual([]);
});

test('docs/scale-out.md says of every table where it lives: those of employers are distributed, the others are not', async () => {
  const expected = await tables();
  const told = await placesInDocs();
  expect(Object.keys(told).sort()).toEqual(expected.map(({ name }) => name));
  for (const { name, ownedByEmployer } of expected) {
    expect({ name, distributed: told[name] === 'distributed' }).toEqual({ name, distributed: ownedByEmployer });
  }
});

/** Lines of its table: "| `name` | place | why |". */
async function placesInDocs(): Promise<Record<string, string>> {
  const text = await readFile(new URL('../../docs/scale-out.md', import.meta.url), 'utf8');
  const lines = text.matchAll(/^\| `(\w+)` \| (distributed|reference|local) \| .+ \|$/gm);
  const told: Record<string, string> = {};
  for (const [, name = '', place = ''] of lines) {
    if (name in told) throw new Error(`docs/scale-out.md tells twice of ${name}`);
    told[name] = place;
  }
  return told;
}
