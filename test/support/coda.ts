/** Writes CODA 2.x files that keep the standard: 128 columns, numbered records, right totals. */
import type { BankEntry, BankStatement, Cents, Day } from '../../src/model.ts';

export interface CodaOptions {
  /** in record 0; default the closing day */
  readonly createdOn?: Day;
  /** 0 Belgian account number, 2 Belgian IBAN, 3 foreign IBAN; default 2 */
  readonly accountStructure?: '0' | '2' | '3';
  /** another statement follows in the same file */
  readonly moreFollow?: boolean;
  readonly lineEnd?: '\n' | '\r\n';
  /** other party of an entry, by sequence: adds records 2.3, 3.1 and 3.2 */
  readonly names?: Readonly<Record<number, string>>;
  /** family and operation by sequence, instead of those of a SEPA transfer or its cancellation */
  readonly operations?: Readonly<Record<number, string>>;
  /** kind of R-transaction and ISO reason by sequence, such as `2AC04` */
  readonly returns?: Readonly<Record<number, string>>;
  /** consecutive entries to write as details of one amount totalised by the customer (1) or the bank (2) */
  readonly globalised?: readonly { readonly type: '1' | '2'; readonly from: number; readonly to: number }[];
  /** texts of records 4 */
  readonly freeMessages?: readonly string[];
}

/** One movement: its own entry, or the entries that its amount totalises. */
interface Booking {
  readonly type: '0' | '1' | '2';
  readonly amount: Cents;
  readonly entries: readonly BankEntry[];
}

/** A field: its 0-based place and its text. */
type Field = readonly [start: number, text: string];

/**
 * The statement as the text of a whole file; write it as latin1. Files of several statements are such texts one after
 * another. A free text has room for 149 characters, 134 beside a structured communication.
 */
export function writeCoda(statement: BankStatement, options: CodaOptions = {}): string {
  const bookings = bookingsOf(statement.entries, options);
  const movements = bookings.flatMap((booking, index) => bookingLines(booking, index + 1, options));
  const structure = options.accountStructure ?? '2';
  const account = accountField(statement, structure);
  const number = statement.statementNumber.padStart(3, '0');
  const closingDay = day(statement.closingDate);
  const messages = options.freeMessages ?? [];
  const copy = statement.duplicate ? 'D' : ' ';
  const lines = [
    record(
      [0, '00000'],
      [5, day(options.createdOn ?? statement.closingDate)],
      [11, `53905${copy}`],
      [60, 'TRIOBEBB'],
      [127, '2'],
    ),
    record(
      [0, `1${structure}${number}${account}${signed(statement.openingBalance)}${closingDay}`],
      [64, 'NAVETTE'],
      [125, number],
    ),
    ...movements,
    record(
      [0, `8${number}${account}${signed(statement.closingBalance)}${closingDay}`],
      [127, messages.length > 0 ? '1' : '0'],
    ),
    ...messages.map((text, index) =>
      record([0, `4 ${four(index + 1)}0000`], [32, text], [127, index < messages.length - 1 ? '1' : '0']),
    ),
    record(
      [0, '9'],
      [16, String(movements.length + 2).padStart(6, '0')],
      [22, thousandths(-total(bookings.filter(({ amount }) => amount < 0)))],
      [37, thousandths(total(bookings.filter(({ amount }) => amount > 0)))],
      [127, options.moreFollow === true ? '1' : '2'],
    ),
  ];
  return lines.map((line) => line + (options.lineEnd ?? '\n')).join('');
}

/** A line of 128 columns with the fields in their places. */
export function record(...fields: Field[]): string {
  let line = ' '.repeat(128);
  for (const [start, text] of fields) line = line.slice(0, start) + text + line.slice(start + text.length);
  if (line.length !== 128) throw new RangeError('a CODA record has 128 columns');
  return line;
}

function bookingsOf(entries: readonly BankEntry[], { globalised = [] }: CodaOptions): Booking[] {
  return entries.flatMap((entry): Booking[] => {
    const group = globalised.find(({ from, to }) => entry.sequence >= from && entry.sequence <= to);
    if (group === undefined) return [{ type: '0', amount: entry.amount, entries: [entry] }];
    if (entry.sequence > group.from) return [];
    const members = entries.slice(group.from - 1, group.to);
    return [{ type: group.type, amount: total(members), entries: members }];
  });
}

function bookingLines({ type, amount, entries }: Booking, sequence: number, options: CodaOptions): string[] {
  const [first] = entries;
  if (first === undefined) return [];
  if (type === '0') return entryLines(first, '0', sequence, 0, options);
  const lines = entryLines(
    { ...first, amount, structuredCommunication: null, freeText: '', bankReference: '' },
    type,
    sequence,
    0,
    {},
  );
  const detailType = type === '1' ? '5' : '6';
  let detail = 1;
  for (const entry of entries) {
    lines.push(...entryLines(entry, detailType, sequence, detail, options));
    detail += options.names?.[entry.sequence] === undefined ? 1 : 2;
  }
  return lines;
}

function entryLines(entry: BankEntry, type: string, sequence: number, detail: number, options: CodaOptions): string[] {
  const numbers = four(sequence) + four(detail);
  const name = options.names?.[entry.sequence];
  const communication = communicationOf(entry);
  const second = communication.slice(54, 107).trimEnd();
  const third = communication.slice(107).trimEnd();
  const returned = options.returns?.[entry.sequence] ?? '';
  const has23 = name !== undefined || third !== '';
  const has22 = second !== '' || returned !== '' || has23;
  const code = `${type}${options.operations?.[entry.sequence] ?? operationOf(entry)}000`;
  const lines = [
    record(
      [0, `21${numbers}`],
      [10, entry.bankReference],
      [31, signed(entry.amount) + day(entry.valueOn) + code + communication.slice(0, 54)],
      [115, `${day(entry.bookedOn)}0000`],
      [125, has22 ? '1' : '0'],
      [127, name !== undefined && !has22 ? '1' : '0'],
    ),
  ];
  if (has22)
    lines.push(record([0, `22${numbers}`], [10, second], [112, returned], [125, has23 ? '1' : '0'], [127, '0']));
  if (has23) {
    lines.push(
      record(
        [0, `23${numbers}`],
        [47, (name ?? '').slice(0, 35)],
        [82, third],
        [125, '0'],
        [127, name === undefined ? '0' : '1'],
      ),
    );
  }
  if (name !== undefined) {
    const information = four(sequence) + four(detail + 1);
    lines.push(
      record(
        [0, `31${information}`],
        [10, entry.bankReference],
        [31, `${code}1001${name.slice(0, 70)}`],
        [125, '1'],
        [127, '0'],
      ),
      record([0, `32${information}`], [10, 'RUE NEUVE 1'.padEnd(35)], [45, '1000 BRUXELLES'], [125, '0'], [127, '0']),
    );
  }
  return lines;
}

/** SEPA transfers (family 01): received 50, sent 01; a cancellation or correction is 49 as a debit, 99 as a credit. */
function operationOf({ amount, reversal }: BankEntry): string {
  if (reversal) return amount < 0 ? '0149' : '0199';
  return amount < 0 ? '0101' : '0150';
}

/** With its type flag in front: 54 characters fit in record 2.1, 53 more in 2.2 and 43 in 2.3. */
function communicationOf({ structuredCommunication, freeText }: BankEntry): string {
  const text = structuredCommunication === null ? `0${freeText}` : `1101${structuredCommunication}${freeText}`;
  if (text.length > 150) throw new RangeError('this communication does not fit in a CODA movement');
  return text.padEnd(150);
}

function accountField({ account, currency }: BankStatement, structure: string): string {
  return structure === '0' ? `${account.slice(4)} ${currency} BE`.padEnd(37) : account.padEnd(34) + currency;
}

function total(amounts: readonly { readonly amount: Cents }[]): Cents {
  return amounts.reduce((sum, { amount }) => sum + amount, 0);
}

function signed(amount: Cents): string {
  return (amount < 0 ? '1' : '0') + thousandths(Math.abs(amount));
}

function thousandths(amount: Cents): string {
  return String(amount * 10).padStart(15, '0');
}

function four(number: number): string {
  return String(number % 10_000).padStart(4, '0');
}

function day(iso: Day): string {
  return iso.slice(8, 10) + iso.slice(5, 7) + iso.slice(2, 4);
}
