/** Bank statements and their entries, each stored once as the bank sent it. */
import { sql } from 'kysely';
import type { BankEntry, BankStatement, Cents } from '../../model.ts';
import type { Db } from '../database.ts';

export interface StoredStatement {
  /** null when the statement was stored before */
  readonly entryIds: readonly number[] | null;
  /** whether what is stored under this account, format, year and number says the same: balances, and what went in and out */
  readonly same: boolean;
}

/** Entries in one statement of SQL: enough that round trips count little, few enough that its text stays small. */
const ENTRIES_AT_ONCE = 5000;

/** Stores a statement with its entries, which are undecided (`unknown`) at first; a known one is left as it is. */
export async function storeStatement(db: Db, fileId: number, statement: BankStatement): Promise<StoredStatement> {
  const { account, format, year, statementNumber, currency, openingBalance, closingBalance, closingDate } = statement;
  const inserted = await sql<{ id: number }>`
    insert into bank_statement (account, format, year, statement_number, currency, opening_balance, closing_balance,
                                closing_date, file_id)
    values (${account}, ${format}, ${year}, ${statementNumber}, ${currency}, ${openingBalance}, ${closingBalance},
            ${closingDate}::date, ${fileId})
    on conflict (account, format, year, statement_number) do nothing
    returning id`.execute(db);
  const id = inserted.rows[0]?.id;
  if (id === undefined) {
    const found = await sql<{ same: boolean }>`
      select s.opening_balance = ${openingBalance} and s.closing_balance = ${closingBalance}
             and coalesce(sum(e.amount) filter (where e.amount > 0), 0) = ${turnover(statement.entries, 1)}
             and coalesce(sum(e.amount) filter (where e.amount < 0), 0) = ${turnover(statement.entries, -1)} as same
        from bank_statement s left join bank_entry e on e.statement_id = s.id
       where s.account = ${account} and s.format = ${format} and s.year = ${year}
         and s.statement_number = ${statementNumber}
       group by s.id`.execute(db);
    return { entryIds: null, same: found.rows[0]?.same === true };
  }
  const entryIds: number[] = [];
  for (let start = 0; start < statement.entries.length; start += ENTRIES_AT_ONCE) {
    entryIds.push(...(await storeEntries(db, id, statement.entries.slice(start, start + ENTRIES_AT_ONCE))));
  }
  return { entryIds, same: true };
}

/** Cents of the credits (1) or, negative, of the debits (-1). */
function turnover(entries: readonly BankEntry[], sign: 1 | -1): Cents {
  return entries.reduce((sum, { amount }) => (Math.sign(amount) === sign ? sum + amount : sum), 0);
}

async function storeEntries(db: Db, statementId: number, entries: readonly BankEntry[]): Promise<number[]> {
  const inserted = await sql<{ id: number }>`
    insert into bank_entry (statement_id, account, format, year, statement_number, sequence, booked_on, value_on, amount,
                            currency, structured_communication, free_text, bank_reference, reversal, status)
    select s.id, s.account, s.format, s.year, s.statement_number, e.sequence, e."bookedOn", e."valueOn", e.amount,
           e.currency, e."structuredCommunication", e."freeText", e."bankReference", e.reversal, 'unknown'
      from bank_statement s,
           jsonb_to_recordset(${JSON.stringify(entries)}::jsonb)
             as e (sequence integer, "bookedOn" date, "valueOn" date, amount bigint, currency text,
                   "structuredCommunication" text, "freeText" text, "bankReference" text, reversal boolean)
     where s.id = ${statementId}
     order by e.sequence
    returning id`.execute(db);
  return inserted.rows.map(({ id }) => id);
}

/** The numbers of the stored statements of one account and format, from the last year before `year` on. */
export async function readStatementNumbers(
  db: Db,
  { account, format, year }: Pick<BankStatement, 'account' | 'format' | 'year'>,
): Promise<Pick<BankStatement, 'year' | 'statementNumber'>[]> {
  const found = await sql<Pick<BankStatement, 'year' | 'statementNumber'>>`
    select year, statement_number as "statementNumber" from bank_statement
     where account = ${account} and format = ${format} and year >= coalesce(
             (select max(year) from bank_statement where account = ${account} and format = ${format} and year < ${year}), 0)`.execute(
    db,
  );
  return found.rows;
}
