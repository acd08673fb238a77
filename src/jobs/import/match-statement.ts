/** Bank statements of one file: stored and matched with the open invoices in the transaction of the file. */
import { FileError } from '../../errors.ts';
import type { Db } from '../../load/database.ts';
import { readStatementNumbers, storeStatement } from '../../load/payments/bank-statements.ts';
import { lockPayments } from '../../load/payments/open-payments.ts';
import { type EntryMoney, sumEntries } from '../../load/payments/payments.ts';
import type { Log } from '../../log.ts';
import type { BankEntry, BankStatement, Cents, Day, FileCounts } from '../../model.ts';
import { type NumberedStatement, statementsAfterGap } from '../../transform/payments/statement-gaps.ts';
import { NO_COUNTS } from '../intake/receipt.ts';
import { CURRENCY, logMatched, type Matched, matchOpenEntries } from '../payments/match-open-payments.ts';

export interface AppliedStatements {
  readonly counts: FileCounts;
  /** statements that arrived although the one before them did not */
  readonly afterGap: readonly NumberedStatement[];
  /** about the entries of this file, and all that their matching changed */
  readonly matched: Matched;
}

/**
 * A new entry counts as created, one of a statement that is stored already as unchanged. `duplicate` when the bank says of
 * all statements that they are copies; a copy among others is stored unless it is known, so that no money is lost.
 *
 * @param read the statements of the file from its first, as often as it is called: they are gone through once to see whether
 * the file can be trusted to its last line, and once to store them, so that one statement is in memory at a time.
 *
 * FileError: what reading says; `file.account` for a statement of another account; `file.totals` for one whose number is stored with other
 * balances or other money in between, which cannot both be true.
 */
export async function applyBankStatements(
  db: Db,
  delivery: { readonly fileId: number },
  read: () => Iterable<BankStatement> | AsyncIterable<BankStatement>,
  issuerIban: string,
  today: Day,
): Promise<AppliedStatements | 'duplicate'> {
  if ((await checkStatements(read(), issuerIban)) === 'copies') return 'duplicate';
  await lockPayments(db);
  const counts = { ...NO_COUNTS };
  const stored: Pick<BankStatement, 'account' | 'format' | 'year' | 'statementNumber'>[] = [];
  const sums = new Map<string, Cents>();
  const created = new Set<number>();
  const inFile = new Set<string>();
  for await (const each of read()) {
    const statement = numberedByCurrency(each);
    const { entryIds, same } = await storeStatement(db, delivery.fileId, statement);
    if (!same) throw new FileError('file.totals');
    const key = `${statement.format} ${statement.year} ${statement.statementNumber}`;
    const entries = statement.entries.length;
    counts.read += entries;
    if (entryIds !== null) {
      const { account, format, year, statementNumber } = statement;
      stored.push({ account, format, year, statementNumber });
      addMoney(sums, statement.entries);
      counts.created += entries;
    } else if (inFile.has(key)) counts.duplicateInFile += entries;
    else counts.unchanged += entries;
    inFile.add(key);
    for (const id of entryIds ?? []) created.add(id);
  }
  const matched = await matchOpenEntries(db, today);
  const entries = matched.entries.filter(({ id }) => created.has(id));
  const money = await sumEntries(db, [...created]);
  checkMoney(sums, money);
  return { counts, afterGap: await findGaps(db, stored), matched: { ...matched, entries, money } };
}

/** One IBAN may hold accounts in several currencies, each with statements numbered from 1. */
function numberedByCurrency(statement: BankStatement): BankStatement {
  const { currency, statementNumber } = statement;
  return currency === CURRENCY ? statement : { ...statement, statementNumber: `${statementNumber} ${currency}` };
}

/** FileError as `applyBankStatements`. `copies` when there are statements and the bank says of each that it is a copy. */
async function checkStatements(
  statements: Iterable<BankStatement> | AsyncIterable<BankStatement>,
  issuerIban: string,
): Promise<'copies' | 'to-store'> {
  let copies = 0;
  let others = 0;
  for await (const { account, duplicate } of statements) {
    if (account !== issuerIban) throw new FileError('file.account');
    if (duplicate) copies += 1;
    else others += 1;
  }
  return copies > 0 && others === 0 ? 'copies' : 'to-store';
}

/** Looked for when all of the file is stored: banks may put its statements in any order. All are of one account and format. */
async function findGaps(
  db: Db,
  stored: readonly Pick<BankStatement, 'account' | 'format' | 'year' | 'statementNumber'>[],
): Promise<NumberedStatement[]> {
  const [first] = stored;
  if (first === undefined) return [];
  const year = Math.min(...stored.map((statement) => statement.year));
  return statementsAfterGap(await readStatementNumbers(db, { ...first, year }), stored);
}

function addMoney(sums: Map<string, Cents>, entries: readonly Pick<BankEntry, 'currency' | 'amount'>[]): void {
  for (const { currency, amount } of entries) sums.set(currency, (sums.get(currency) ?? 0) + amount);
}

/** Every cent of the stored statements has a status, or nothing of the file is kept. */
function checkMoney(stored: ReadonlyMap<string, Cents>, money: readonly EntryMoney[]): void {
  const sums = new Map(stored);
  addMoney(
    sums,
    money.map(({ currency, cents }) => ({ currency, amount: -cents })),
  );
  for (const rest of sums.values()) if (rest !== 0) throw new Error('the states of the entries do not add up');
}

/** What operations are to know of the file's payments. */
export function logStatements(log: Log, fileId: number, { afterGap, matched }: AppliedStatements): void {
  for (const { statementNumber } of afterGap) log('statement.gap', { fileId, statementNumber });
  logMatched(log, matched, fileId);
}
