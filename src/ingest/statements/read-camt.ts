/** camt.053 files (ISO 20022, versions 02 and 08) into bank statements: accounts, balances, numbers, sums. */
import { FileError } from '../../errors.ts';
import type { BankEntry, BankStatement, Cents, Day } from '../../model.ts';
import { type CamtEntry, entryOf } from './camt-entries.ts';
import { centsOf, checkOnce, dayAt, find, findAll, malformed, required, signedAmount, textAt } from './camt-fields.ts';
import { type CamtElement, readCamtParts } from './camt-xml.ts';

interface Reading {
  readonly parts: CamtElement[];
  readonly entries: CamtEntry[];
}

/**
 * The statements of a camt.053 file on disk, each as soon as it ends; one statement is in memory at a time. Nothing may be
 * stored for good before the iteration has ended: a later statement can still be wrong.
 *
 * FileError, with the line: `file.totals` (the booked entries do not add up to the balances, or not to the bank's own
 * summary), `file.format`, `file.truncated`, `file.encoding`, `file.limit`; `file.empty` for a file without a statement.
 */
export async function* readCamtFile(path: string): AsyncIterable<BankStatement> {
  let reading: Reading = { parts: [], entries: [] };
  let statements = 0;
  for await (const { element, line } of readCamtParts(path)) {
    if (element === null) {
      yield statementOf(reading, line);
      statements += 1;
      reading = { parts: [], entries: [] };
    } else if (element.name === 'Ntry') {
      reading.entries.push(entryOf(element));
    } else {
      reading.parts.push(element);
    }
  }
  if (statements === 0) throw new FileError('file.empty');
}

function statementOf({ parts, entries }: Reading, line: number): BankStatement {
  const account = partOf(parts, 'Acct', line);
  const { opening, closing } = balancesOf(parts, line);
  const booked = entries.filter(({ status }) => status === 'booked');
  const currency = opening.currency;
  const moved = booked.filter((entry) => entry.currency === currency).reduce((sum, { amount }) => sum + amount, 0);
  if (closing.currency !== currency || ![currency, ''].includes(textAt(account, 'Ccy'))) throw malformed(line);
  if (opening.cents + moved !== closing.cents) throw new FileError('file.totals', { line });
  for (const summary of parts.filter(({ name }) => name === 'TxsSummry')) checkSummary(summary, entries);
  const day = closing.day;
  const copy = textOf(parts, 'CpyDplctInd');
  return {
    account: (textAt(account, 'Id', 'IBAN') || required(account, 'Id', 'Othr', 'Id')).replaceAll(' ', ''),
    format: 'camt053',
    year: Number(day.slice(0, 4)),
    statementNumber: numberOf(parts, line),
    currency,
    openingBalance: opening.cents,
    closingBalance: closing.cents,
    closingDate: day,
    // A mere COPY may be the only one that ever comes; what is known is known by its number.
    duplicate: copy === 'DUPL' || copy === 'CODU',
    entries: booked.flatMap(({ money }) => money).map((money, index) => entry(money, index + 1, day)),
  };
}

function entry(money: CamtEntry['money'][number], sequence: number, day: Day): BankEntry {
  const bookedOn = money.bookedOn ?? day;
  return { ...money, sequence, bookedOn, valueOn: money.valueOn ?? bookedOn };
}

function textOf(parts: readonly CamtElement[], name: string): string {
  return textAt(parts.find((part) => part.name === name));
}

function partOf(parts: readonly CamtElement[], name: string, line: number): CamtElement {
  const part = parts.find((one) => one.name === name);
  if (part === undefined) throw malformed(line);
  return part;
}

/**
 * The electronic number, else the paper one, at least three digits as in a CODA file of the same account; else the bank's
 * name of the statement. Each page of a statement is one of its own.
 */
function numberOf(parts: readonly CamtElement[], line: number): string {
  const given = textOf(parts, 'ElctrncSeqNb') || textOf(parts, 'LglSeqNb');
  if (!/^\d{0,18}$/.test(given)) throw malformed(line);
  const number = /^0*$/.test(given)
    ? `Id ${required(partOf(parts, 'Id', line))}`
    : given.replace(/^0+/, '').padStart(3, '0');
  const page = textAt(
    parts.find(({ name }) => name === 'StmtPgntn'),
    'PgNb',
  ).replace(/^0+/, '');
  return page === '' || page === '1' ? number : `${number}/${page}`;
}

interface Balance {
  readonly cents: Cents;
  readonly currency: string;
  readonly day: Day;
}

/** Booked balances only; the pages of a statement between the first and the last have interim ones. */
function balancesOf(parts: readonly CamtElement[], line: number): { opening: Balance; closing: Balance } {
  const balances = parts.filter(({ name }) => name === 'Bal');
  const ofType = (code: string) => balances.filter((balance) => textAt(balance, 'Tp', 'CdOrPrtry', 'Cd') === code);
  const interim = parts.some(({ name }) => name === 'StmtPgntn') ? ofType('ITBD') : [];
  const opening = ofType('OPBD')[0] ?? ofType('PRCD')[0] ?? interim[0];
  const closing = ofType('CLBD').at(-1) ?? interim.at(-1);
  if (opening === undefined || closing === undefined || opening === closing) throw malformed(line);
  return { opening: balanceOf(opening), closing: balanceOf(closing) };
}

function balanceOf(balance: CamtElement): Balance {
  checkOnce(balance, ['Amt', 'CdtDbtInd', 'Dt']);
  const day = dayAt(balance, 'Dt');
  if (day === null) throw malformed(balance.line);
  return { ...signedAmount(balance), day };
}

/** What the bank counted: all entries or only the booked ones, some count each transaction of a batch. */
function checkSummary(summary: CamtElement, entries: readonly CamtEntry[]): void {
  const sides: [name: string, fits: (entry: CamtEntry) => boolean][] = [
    ['TtlNtries', () => true],
    ['TtlCdtNtries', ({ credit }) => credit],
    ['TtlDbtNtries', ({ credit }) => !credit],
  ];
  const booked = entries.filter(({ status }) => status === 'booked');
  for (const [name, fits] of sides) {
    for (const total of findAll(summary, name)) {
      const counted = [booked.filter(fits), entries.filter(fits)];
      const counts = counted.flatMap((some) => [
        some.length,
        some.reduce((sum, { transactions }) => sum + transactions, 0),
      ]);
      const sums = counted.map((some) => some.reduce((sum, { amount }) => sum + Math.abs(amount), 0));
      const number = textAt(total, 'NbOfNtries');
      const sum = find(total, 'Sum');
      if (number !== '' && !counts.includes(Number(number))) throw new FileError('file.totals', { line: total.line });
      if (sum !== undefined && !sums.includes(centsOf(sum))) throw new FileError('file.totals', { line: total.line });
    }
  }
}
