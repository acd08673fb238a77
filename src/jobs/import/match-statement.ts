/** Bank statements of one file: stored and matched with the open invoices in the transaction of the file. */
import { FileError } from '../../errors.ts';
import type { Db } from '../../load/database.ts';
import { readStatementNumbers, storeStatement } from '../../load/payments/bank-statements.ts';
import { lockPayments } from '../../load/payments/open-payments.ts';
import { type EntryMoney, sumEntries } from '../../load/payments/payments.ts';
import type { Log } from '../../log.ts';
import type { BankStatement, Cents, Day, FileCounts } from '../../model.ts';
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
 * FileError: `file.account` for a statement of another account; `file.totals` for one whose number is stored with other
 * balances or other money in between, which cannot both be true.
 */
export async function applyBankStatements(
  db: Db,
  delivery: { readonly fileId: number },
  statements: readonly BankStatement[],
  issuerIban: string,
  today: Day,
): Promise<AppliedStatements | 'duplicate'> {
  if (statements.some(({ account }) => account !== issuerIban)) throw new FileError('file.account');
  if (statements.length > 0 && statements.every(({ duplicate }) => duplicate)) return 'duplicate';
  await lockPayments(db);
  const counts = { ...NO_COUNTS };
  const afterGap: NumberedStatement[] = [];
  const stored: BankStatement[] = [];
  const created = new Set<number>();
  const inFile = new Set<string>();
  for (const statement of statements.map(numberedByCurrency)) {
    const before = await readStatementNumbers(db, statement);
    const { entryIds, same } = await storeStatement(db, delivery.fileId, statement);
    if (!same) throw new FileError('file.totals');
    const key = `${statement.format} ${statement.year} ${statement.statementNumber}`;
    const entries = statement.entries.length;
    counts.read += entries;
    if (entryIds !== null) stored.push(statement);
    if (entryIds !== null) counts.created += entries;
    else if (inFile.has(key)) counts.duplicateInFile += entries;
    else counts.unchanged += entries;
    inFile.add(key);
    for (const id of entryIds ?? []) created.add(id);
    if (entryIds !== null) afterGap.push(...statementsAfterGap(before, [statement]));
  }
  const matched = await matchOpenEntries(db, today);
  const entries = matched.entries.filter(({ id }) => created.has(id));
  const money = await sumEntries(db, [...created]);
  checkMoney(stored, money);
  return { counts, afterGap, matched: { ...matched, entries, money } };
}

/** One IBAN may hold accounts in several currencies, each with statements numbered from 1. */
function numberedByCurrency(statement: BankStatement): BankStatement {
  const { currency, statementNumber } = statement;
  return currency === CURRENCY ? statement : { ...statement, statementNumber: `${statementNumber} ${currency}` };
}

/** Every cent of the stored statements has a status, or nothing of the file is kept. */
function checkMoney(stored: readonly BankStatement[], money: readonly EntryMoney[]): void {
  const sums = new Map<string, Cents>();
  const add = (currency: string, cents: Cents) => sums.set(currency, (sums.get(currency) ?? 0) + cents);
  for (const { entries } of stored) for (const { currency, amount } of entries) add(currency, amount);
  for (const { currency, cents } of money) add(currency, -cents);
  for (const rest of sums.values()) if (rest !== 0) throw new Error('the states of the entries do not add up');
}

/** What operations are to know of the file's payments. */
export function logStatements(log: Log, fileId: number, { afterGap, matched }: AppliedStatements): void {
  for (const { statementNumber } of afterGap) log('statement.gap', { fileId, statementNumber });
  logMatched(log, matched, fileId);
}
