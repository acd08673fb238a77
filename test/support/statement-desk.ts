/** Bank statements given to a real database, and what was said of their entries. */
import { type AppliedStatements, applyBankStatements } from '../../src/jobs/import/match-statement.ts';
import type { Db } from '../../src/load/database.ts';
import { readPayments } from '../../src/load/payments/payments.ts';
import type { BankStatement } from '../../src/model.ts';
import { IBAN } from './invoiced-orders.ts';

/** `apply` takes statements as one file of its own on 8 December 2026; `listed` gives its entries as operations see them. */
export function openStatementDesk(db: Db) {
  let files = 0;
  return {
    async apply(...statements: BankStatement[]): Promise<AppliedStatements> {
      const fileId = ++files;
      const applied = await db
        .transaction()
        .execute((trx) => applyBankStatements(trx, { fileId }, () => statements, IBAN, '2026-12-08'));
      if (applied === 'duplicate') throw new Error('this is no copy');
      return applied;
    },
    async listed(applied: AppliedStatements) {
      const ids = applied.matched.entries.map(({ id }) => id);
      return (await readPayments(db, null)).filter(({ id }) => ids.includes(id));
    },
  };
}

/** Status and reason of each entry. */
export const said = (applied: AppliedStatements): string[] =>
  applied.matched.entries.map(({ status, why }) => `${status} ${why}`);
