/** What an entry (`Ntry`) of a camt.053 statement means: whether it is booked, which amounts count, and whether it takes money back. */
import type { BankEntry } from '../../model.ts';
import { communicationOf } from './camt-communication.ts';
import {
  centsOf,
  checkOnce,
  currencyOf,
  dayAt,
  find,
  findAll,
  malformed,
  required,
  signedAmount,
  signOf,
  textAt,
} from './camt-fields.ts';
import type { CamtElement } from './camt-xml.ts';

/** An entry as the bank's own totals count it, with the money that it stands for. */
export interface CamtEntry {
  readonly status: 'booked' | 'not-booked';
  readonly credit: boolean;
  /** signed cents */
  readonly amount: number;
  readonly currency: string;
  readonly transactions: number;
  /** none when it is not booked; `bookedOn` is null when the bank leaves it to the statement's own day */
  readonly money: readonly CamtMoney[];
}

export type CamtMoney = Omit<BankEntry, 'sequence' | 'bookedOn' | 'valueOn'> & {
  readonly bookedOn: BankEntry['bookedOn'] | null;
  readonly valueOn: BankEntry['valueOn'] | null;
};

/** What decides about the money of an entry or of one of its transactions. */
const SINGLE = ['Amt', 'AmtDtls', 'CdtDbtInd', 'RvslInd', 'Sts', 'BookgDt', 'ValDt'];

/** Every cent once: a batch counts by its transactions when their amounts add up to it exactly, else as one amount. */
export function entryOf(entry: CamtElement): CamtEntry {
  checkOnce(entry, SINGLE);
  const { cents: amount, currency } = signedAmount(entry);
  const transactions = findAll(entry, 'NtryDtls').flatMap((details) => findAll(details, 'TxDtls'));
  const credit = signOf(entry) === 1;
  const common = { credit, amount, currency, transactions: Math.max(1, transactions.length) };
  if (!isBooked(entry)) return { ...common, status: 'not-booked', money: [] };
  const total: CamtMoney = {
    bookedOn: dayAt(entry, 'BookgDt'),
    valueOn: dayAt(entry, 'ValDt'),
    amount,
    currency,
    ...communicationOfAll(entry, transactions),
    bankReference:
      referenceOf(entry) || referenceOf(find(transactions.length === 1 ? transactions[0] : undefined, 'Refs')),
    reversal: isReversal(entry) || (transactions.length > 0 && transactions.every(isReturn)),
  };
  const parts = transactions.length > 1 ? transactions.flatMap((transaction) => partOf(entry, transaction, total)) : [];
  const addsUp = parts.length === transactions.length && parts.reduce((sum, part) => sum + part.amount, 0) === amount;
  return { ...common, status: 'booked', money: parts.length > 0 && addsUp ? parts : [total] };
}

/** Pending, future and informational entries are no money yet. Version 2 has the code as text, version 8 as `Cd`. */
function isBooked(entry: CamtElement): boolean {
  const status = textAt(entry, 'Sts', 'Cd') || required(entry, 'Sts');
  if (status === 'BOOK') return true;
  if (status === 'PDNG' || status === 'FUTR' || status === 'INFO') return false;
  throw malformed(entry.line);
}

/** The bank's own reference; some banks write that there is none. */
function referenceOf(element: CamtElement | undefined): string {
  const reference = textAt(element, 'AcctSvcrRef');
  return /^(?:0*|NOTPROVIDED|NONREF)$/i.test(reference) ? '' : reference;
}

/** One transaction of a batch; none when it does not say its amount in the currency of the batch. */
function partOf(entry: CamtElement, transaction: CamtElement, total: CamtMoney): CamtMoney[] {
  checkOnce(transaction, SINGLE);
  // Version 2 has the amount among the details only.
  const amount = find(transaction, 'Amt') ?? find(transaction, 'AmtDtls', 'TxAmt', 'Amt');
  if (amount === undefined || currencyOf(amount) !== total.currency) return [];
  const sign = find(transaction, 'CdtDbtInd') === undefined ? signOf(entry) : signOf(transaction);
  const { number, text } = communicationOf(transaction);
  return [
    {
      ...total,
      amount: sign * centsOf(amount) || 0,
      structuredCommunication: number,
      freeText: text || textAt(transaction, 'AddtlTxInf'),
      bankReference: referenceOf(find(transaction, 'Refs')) || total.bankReference,
      reversal: isReversal(entry) || isReturn(transaction),
    },
  ];
}

/** The only communication of the transactions; the bank's own words when the payer gave none. */
function communicationOfAll(
  entry: CamtElement,
  transactions: readonly CamtElement[],
): Pick<CamtMoney, 'structuredCommunication' | 'freeText'> {
  const all = transactions.map(communicationOf);
  const numbers = [...new Set(all.flatMap(({ number }) => number ?? []))];
  const text = all
    .map((one) => one.text)
    .filter((one) => one !== '')
    .join(' ');
  const [only = null, ...others] = numbers;
  if (others.length > 0) return { structuredCommunication: null, freeText: `${numbers.join(' ')} ${text}`.trim() };
  const own = text === '' && only === null ? ownWords(entry, transactions) : text;
  return { structuredCommunication: only, freeText: own };
}

function ownWords(entry: CamtElement, [first, ...others]: readonly CamtElement[]): string {
  return (others.length === 0 ? textAt(first, 'AddtlTxInf') : '') || textAt(entry, 'AddtlNtryInf');
}

/** Sub-families of ISO 20022's external bank transaction codes: returns, reversals and cancellations of payments. */
const REVERSALS = ['RRTN', 'RPCR', 'UPDD', 'PRDD', 'RCDD'];

function isReversal(entry: CamtElement): boolean {
  const indicator = textAt(entry, 'RvslInd');
  if (!['', 'true', 'false', '1', '0'].includes(indicator)) throw malformed(entry.line);
  return indicator === 'true' || indicator === '1' || isReturn(entry);
}

/** By its return information or its bank transaction code. */
function isReturn(element: CamtElement): boolean {
  const code = textAt(element, 'BkTxCd', 'Domn', 'Fmly', 'SubFmlyCd');
  return find(element, 'RtrInf') !== undefined || REVERSALS.includes(code);
}
