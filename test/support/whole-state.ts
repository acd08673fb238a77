/** Owns the whole of what Navette leaves behind, as text that two runs share when they did the same: every table, every file. */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join, relative } from 'node:path';
import { sql } from 'kysely';
import type { Db } from '../../src/load/database.ts';

/** Moments of the real clock, and who works in whose name: whether there is one counts, not which. */
const ONLY_WHETHER = new Set([
  'at',
  'queued_at',
  'sent_at',
  'decided_at',
  'done_at',
  'written_at',
  'acknowledged_at',
  'applied_at',
  'claimed_until',
  'down_since',
]);
/** Columns by table that may differ, each with its reason. */
const LEFT_OUT: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  drop_file: {
    id: 'numbered anew after a rollback',
    fence: 'counts who began, not what was done',
    crashes: 'counts the killed',
    retries: 'counts those who were cut off from their database',
    not_before: 'a try after a kill may have been put off',
    claimed_by: 'a file that was decided is claimed by nobody, whatever stands there',
    seen_at: 'the real clock, noted anew by each look',
    second_passed: 'a look more or less',
    received_at: 'the real clock; when a copy was fetched anew, later',
  },
  drop_visit: { seen_at: 'the real clock', not_before: 'a rest after a failed visit' },
  invoice_notice: {
    attempts: 'a kill in the sending is one more try',
    not_before: 'a try after a kill may have been put off',
  },
  outgoing_file: { id: 'numbered anew after a rollback', attempts: 'a kill in the putting is one more try' },
  job_slot: { claimed_by: 'names the process; whether the claim still holds is told by claimed_until' },
  held_plan: {
    id: 'numbered anew after a rollback',
    plan_hash: 'made of the number of the file as well; counts and reasons are compared',
    held_at: 'the real clock',
    expires_at: 'the real clock and a week',
  },
  held_departure: { plan_id: 'numbered anew after a rollback' },
  ...Object.fromEntries(
    [
      ...['bank_entry', 'bank_statement', 'payment', 'row_issue', 'beneficiary_change', 'entitlement_change'],
      ...['beneficiary', 'voucher_order', 'invoice'],
    ].map((table) => [table, { id: 'numbered anew after a rollback' }]),
  ),
};
/** Rows that count: a turn is free again when its time is over, and slots done long ago are forgotten by the next run of their job. */
const ROWS: Readonly<Record<string, string>> = { job_slot: `slot <> 'turn' and slot > '2020'` };
/**
 * Tables that are no work: who lives, and the schema's own. The queue's tables stand in a schema of their own and are left out too:
 * a job carries a file and may be given twice; what became of the file is compared.
 */
const NOT_KEPT = new Set(['worker', 'kysely_migration', 'kysely_migration_lock']);

/** What a key means, whatever number it was given. */
const MEANINGS: Readonly<Record<string, string>> = {
  beneficiary_id: `select id, concat('person ', enterprise_number, ' ', national_register_number) as meaning from beneficiary`,
  order_id: `select id, concat('order ', enterprise_number, ' ', run_period, ' ', kind, ' #',
               row_number() over (partition by enterprise_number, run_period, kind order by id)) as meaning from voucher_order`,
  invoice_id: `select i.id, concat('invoice ', i.enterprise_number, ' ', o.run_period, ' ', o.kind, ' ', i.kind, ' ', i.cost_center, ' #',
                 row_number() over (partition by i.enterprise_number, o.run_period, o.kind, i.kind, i.cost_center order by i.id)) as meaning
                 from invoice i join voucher_order o on o.enterprise_number = i.enterprise_number and o.id = i.order_id`,
  file_id: `select id, concat('file ', drop_id, ' ', name, ' #', row_number() over (partition by drop_id, name order by id)) as meaning from drop_file`,
  bank_entry_id: `select id, concat('entry ', statement_number, ' ', sequence) as meaning from bank_entry`,
  statement_id: `select id, concat('statement ', statement_number) as meaning from bank_statement`,
};
const ALSO: Readonly<Record<string, string>> = { last_file_id: 'file_id', duplicate_of: 'file_id' };

export interface WholeState {
  readonly tables: Readonly<Record<string, readonly string[]>>;
  readonly files: Readonly<Record<string, string>>;
  /** what is wrong with the sets of numbers, empty when they are unique and without gaps */
  readonly numberFaults: readonly string[];
}

export async function readWholeState(db: Db, home: string): Promise<WholeState> {
  const meanings = new Map<string, Map<string, string>>();
  for (const [column, query] of Object.entries(MEANINGS)) {
    const found = await sql.raw<{ id: number; meaning: string }>(query).execute(db);
    meanings.set(column, new Map(found.rows.map(({ id, meaning }) => [String(id), meaning])));
  }
  const words = await readWords(db, meanings);
  const tables: Record<string, string[]> = {};
  for (const table of await listTables(db)) {
    const out = LEFT_OUT[table] ?? {};
    const found = await sql<{ row: Record<string, unknown> }>`
      select to_jsonb(t) as row from ${sql.table(table)} t where ${sql.raw(ROWS[table] ?? 'true')}`.execute(db);
    tables[table] = found.rows
      .map(({ row }) => {
        const kept = Object.entries(row).filter(([column]) => !Object.hasOwn(out, column));
        const named = kept.map(([column, value]) => [column, meaningOf(meanings, column, value)]);
        // The digest of a receipt is that of a moment too; the receipt itself is compared as a file.
        const receipt = table === 'outgoing_file' && row['kind'] === 'receipt';
        if (receipt) return inWords(JSON.stringify({ ...Object.fromEntries(named), sha256: 'of a receipt' }), words);
        return inWords(JSON.stringify(Object.fromEntries(named)), words);
      })
      .sort();
  }
  return { tables, files: readFiles(home, words), numberFaults: await findNumberFaults(db) };
}

function meaningOf(
  meanings: ReadonlyMap<string, ReadonlyMap<string, string>>,
  column: string,
  value: unknown,
): unknown {
  const of = (one: unknown) => meanings.get(ALSO[column] ?? column)?.get(String(one)) ?? one;
  if (column === 'beneficiary_ids' && Array.isArray(value)) {
    return value.map((one) => meanings.get('beneficiary_id')?.get(String(one)) ?? one).sort();
  }
  if (value === null) return null;
  return ONLY_WHETHER.has(column) ? 'set' : of(value);
}

async function listTables(db: Db): Promise<string[]> {
  const found = await sql<{ name: string }>`
    select table_name as name from information_schema.tables
     where table_schema = 'public' and table_type = 'BASE TABLE' order by 1`.execute(db);
  return found.rows.map(({ name }) => name).filter((name) => !NOT_KEPT.has(name));
}

/** Numbers that differ between two runs, and what they stand for: longest first, so that none is replaced inside another. */
async function readWords(db: Db, meanings: ReadonlyMap<string, ReadonlyMap<string, string>>) {
  const found = await sql<{ id: number; number: string; communication: string | null; key: string | null }>`
    select i.id, i.number, i.structured_communication as communication, n.message_key as key
      from invoice i left join invoice_notice n on n.enterprise_number = i.enterprise_number and n.invoice_id = i.id`.execute(
    db,
  );
  const words: [string, string][] = [];
  for (const { id, number, communication, key } of found.rows) {
    const meaning = meanings.get('invoice_id')?.get(String(id)) ?? '';
    words.push([number, `<number of ${meaning}>`]);
    if (key !== null) words.push([key, `<key of ${meaning}>`]);
    if (communication === null) continue;
    words.push([communication, `<communication of ${meaning}>`]);
    const [, a, b, c] = /^(\d{3})(\d{4})(\d{5})$/.exec(communication) ?? [];
    words.push([`${a}/${b}/${c}`, `<communication of ${meaning}>`]);
  }
  for (const [id, meaning] of meanings.get('order_id') ?? []) words.push([`release-${id}.`, `release-<${meaning}>.`]);
  return words.sort(([one], [other]) => other.length - one.length);
}

/** Also the moment in the name of an archived file, which is the real clock's. */
function inWords(text: string, words: readonly (readonly [string, string])[]): string {
  const timeless = text.replace(/\.\d{8}T\d{6}Z\./g, '.<moment>.');
  return words.reduce((changed, [from, to]) => changed.replaceAll(from, to), timeless);
}

/** Every file under a home but the configuration: path and content. Pictures in messages show numbers and are left out. */
function readFiles(home: string, words: readonly (readonly [string, string])[]): Record<string, string> {
  const files: Record<string, string> = {};
  const walk = (folder: string): void => {
    for (const name of readdirSync(folder)) {
      const path = join(folder, name);
      const place = relative(home, path);
      if (place === 'config') continue;
      if (statSync(path).isDirectory()) walk(path);
      else {
        let called = inWords(place, words);
        while (Object.hasOwn(files, called)) called += ' (one more)';
        files[called] = contentOf(path, words);
      }
    }
  };
  walk(home);
  return Object.fromEntries(Object.entries(files).sort(([one], [other]) => (one < other ? -1 : 1)));
}

function contentOf(path: string, words: readonly (readonly [string, string])[]): string {
  const bytes = readFileSync(path);
  if (path.endsWith('.xlsx')) return bytes.toString('base64');
  const text = bytes.toString('utf8');
  if (path.endsWith('.csv') && path.includes('/card-platform/'))
    return inWords(text.replace(/^\d+;/gm, '<order>;'), words);
  // A receipt tells the moment of the real clock at which a worker fetched the file.
  if (path.endsWith('.json')) return inWords(text.replace(/"receivedAt": "[^"]*"/, '"receivedAt": "<moment>"'), words);
  if (!path.endsWith('.eml')) return inWords(text, words);
  const unfolded = text
    .replaceAll('=\r\n', '')
    .replace(/^Date: .*$/m, '')
    // The picture of a transfer shows its number and communication; every other part is compared as it is.
    .replace(/(Content-Type: image\/png;[\s\S]*?\r\n\r\n)(?:[A-Za-z0-9+/=]+\r\n)+/g, '$1<picture>');
  return inWords(unfolded.replace(/-{2,}[-_A-Za-z0-9.]*Part[-_A-Za-z0-9.]*|boundary="[^"]*"/g, '<boundary>'), words);
}

async function findNumberFaults(db: Db): Promise<string[]> {
  const found = await sql<{ fault: string }>`
    select concat('a gap in ', series) as fault from invoice_number group by series having max(number) <> count(*)
    union all
    select concat(s.series, ' stands at ', s.last_number) from invoice_series s
     where s.last_number <> (select count(*) from invoice_number n where n.series = s.series)
    union all
    select concat('no invoice for ', n.series, ' ', n.number) from invoice_number n
     where not exists (select from invoice i where i.enterprise_number = n.enterprise_number and i.id = n.invoice_id)
    union all
    select concat('two invoices of number ', number) from invoice group by number having count(*) > 1
    union all
    select concat('no invoice for communication ', c.number) from structured_communication c
     where not exists (select from invoice i where i.enterprise_number = c.enterprise_number and i.id = c.invoice_id)`.execute(
    db,
  );
  return found.rows.map(({ fault }) => fault);
}

/** What stands in one state and not in the other: `-` is missing, `+` is too much. */
export function compareStates(expected: WholeState, state: WholeState): string[] {
  const lines = ({ tables, files }: WholeState): string[] => [
    ...Object.entries(tables).flatMap(([table, rows]) => rows.map((row) => `${table} ${row}`)),
    ...Object.entries(files).map(([path, content]) => `${path} ${content}`),
  ];
  return [
    ...minus(lines(expected), lines(state)).map((line) => `- ${line}`),
    ...minus(lines(state), lines(expected)).map((line) => `+ ${line}`),
  ];
}

/** Lines of `one` that are not in `other`, as often as they are missing there. */
function minus(one: readonly string[], other: readonly string[]): string[] {
  const left = new Map<string, number>();
  for (const line of other) left.set(line, (left.get(line) ?? 0) + 1);
  return one.filter((line) => {
    const count = left.get(line) ?? 0;
    left.set(line, count - 1);
    return count <= 0;
  });
}
