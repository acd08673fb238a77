/** Owns the demo's bank statement: how each employer answers its invoices. */

import type { BankEntry, BankStatement, Cents } from '../../../src/model.ts';
import { formatStructuredCommunication } from '../../../src/transform/values/structured-communication.ts';
import { writeCoda } from '../coda.ts';
import { EMPLOYERS } from './employers.ts';

export interface InvoiceToPay {
  readonly enterpriseNumber: string;
  readonly structuredCommunication: string;
  readonly total: Cents;
}

type Payer = 'exactly' | 'in-words' | 'too-little' | 'twice' | 'typo' | 'not-at-all';

/** By the employer's place; all others pay exactly. Of several invoices, only the first is paid too little. */
const PAYERS: Readonly<Record<number, Payer>> = {
  1: 'too-little',
  2: 'in-words',
  6: 'twice',
  8: 'typo',
  10: 'not-at-all',
};

const OPENING_BALANCE: Cents = 2_500_000;
const IBAN = 'BE68539007547034';

/** The statement of 14 December as the bytes of its file. */
export function statementFile(invoices: readonly InvoiceToPay[]): Buffer {
  const payments = [...Map.groupBy(invoices, ({ enterpriseNumber }) => enterpriseNumber)].flatMap(
    ([employer, asked]) => {
      const index = EMPLOYERS.findIndex(({ enterpriseNumber }) => enterpriseNumber === employer);
      return asked.flatMap((invoice, place) => paymentsOf(invoice, PAYERS[index] ?? 'exactly', place));
    },
  );
  const costs = { amount: -1250, structuredCommunication: null, freeText: 'FRAIS DE GESTION' };
  const entries = [...payments, costs].map((payment, index): BankEntry => {
    const day = `2026-12-${String(8 + Math.floor((index * 6) / payments.length)).padStart(2, '0')}`;
    return {
      ...payment,
      sequence: index + 1,
      bookedOn: day,
      valueOn: day,
      currency: 'EUR',
      bankReference: `NAV261214${String(index + 1).padStart(6, '0')}`,
      reversal: false,
    };
  });
  const statement: BankStatement = {
    account: IBAN,
    format: 'coda',
    year: 2026,
    statementNumber: '241',
    currency: 'EUR',
    openingBalance: OPENING_BALANCE,
    closingBalance: entries.reduce((sum, { amount }) => sum + amount, OPENING_BALANCE),
    closingDate: '2026-12-14',
    duplicate: false,
    entries,
  };
  return Buffer.from(writeCoda(statement, { lineEnd: '\r\n' }), 'latin1');
}

type Paid = Pick<BankEntry, 'amount' | 'structuredCommunication' | 'freeText'>;

function paymentsOf({ structuredCommunication, total }: InvoiceToPay, payer: Payer, place: number): Paid[] {
  const exactly: Paid = { amount: total, structuredCommunication, freeText: '' };
  switch (payer) {
    case 'exactly':
      return [exactly];
    case 'in-words':
      return [
        {
          ...exactly,
          structuredCommunication: null,
          freeText: `facture ${formatStructuredCommunication(structuredCommunication)}`,
        },
      ];
    case 'too-little':
      return [place === 0 ? { ...exactly, amount: total - 5000 } : exactly];
    case 'twice':
      return [exactly, exactly];
    case 'typo':
      return [{ ...exactly, structuredCommunication: null, freeText: typo(structuredCommunication) }];
    case 'not-at-all':
      return [];
  }
}

/** The last digit is one too high, so that the check digits do not fit. */
function typo(communication: string): string {
  const last = (Number(communication.at(-1)) + 1) % 10;
  return formatStructuredCommunication(communication.slice(0, -1) + last);
}
