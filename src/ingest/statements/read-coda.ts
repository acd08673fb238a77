/** CODA 2.x files into bank statements: the order of the records, their numbering, their sums. */
import { FileError } from '../../errors.ts';
import type { BankStatement, Cents } from '../../model.ts';
import { splitLines } from '../text/text-lines.ts';
import { type CodaBooking, entriesOf } from './coda-entries.ts';
import { codaLines } from './coda-lines.ts';
import {
  CODA_WIDTH,
  type CodaMovement,
  type CodaOpening,
  extendMovement,
  malformed,
  readClosing,
  readHeader,
  readMovement,
  readNumbers,
  readOpening,
  readTrailer,
} from './coda-record.ts';

interface Reading {
  line: number;
  statements: number;
  /** the last record 9 says that another statement comes; one that comes unannounced is read as well */
  moreFollow: boolean;
  /** the record kinds that may come now */
  expects: string;
  duplicate: boolean;
  opening: CodaOpening | null;
  closing: ReturnType<typeof readClosing> | null;
  bookings: CodaBooking[];
  movement: CodaMovement | null;
  sequence: number;
  detail: number;
  /** records 1, 2.x, 3.x and 8 so far: what record 9 counts */
  records: number;
  freeRecords: number;
  /** what is wrong with a line that is too short: the end of a file that was cut may look like that */
  shortFault: FileError | null;
}

/** The statements of a CODA file given as its lines or as one text. Errors as `readCodaFile`. */
export function readCoda(source: string | Iterable<string>): BankStatement[] {
  const reading = startReading();
  const statements: BankStatement[] = [];
  for (const line of typeof source === 'string' ? splitLines(source) : source) {
    const statement = takeLine(reading, line);
    if (statement !== null) statements.push(statement);
  }
  finish(reading);
  return statements;
}

/**
 * The statements of a CODA file on disk, each as soon as its trailer has been checked; one statement is in memory at a
 * time. Nothing may be stored for good before the iteration has ended: a later statement can still be wrong.
 *
 * FileError, with the line: `file.totals` (numbering, balance, or record 9's count and totals are wrong), `file.format`
 * (not 128 columns, wrong order, not a number or a day, fractions of a cent), `file.truncated` (no record 9,
 * or one that says that another statement follows, and none does),
 * `file.empty`.
 */
export async function* readCodaFile(path: string): AsyncIterable<BankStatement> {
  const reading = startReading();
  for await (const line of codaLines(path)) {
    const statement = takeLine(reading, line);
    if (statement !== null) yield statement;
  }
  finish(reading);
}

function startReading(): Reading {
  return { line: 0, statements: 0, moreFollow: false, ...blankStatement() };
}

function blankStatement(): Omit<Reading, 'line' | 'statements' | 'moreFollow'> {
  return {
    expects: '0',
    duplicate: false,
    opening: null,
    closing: null,
    bookings: [],
    movement: null,
    sequence: 0,
    detail: 0,
    records: 0,
    freeRecords: 0,
    shortFault: null,
  };
}

function finish(reading: Reading): void {
  const neverCoda = reading.expects === '0' && reading.statements === 0;
  if (reading.shortFault !== null && neverCoda) throw reading.shortFault;
  if (reading.shortFault !== null || reading.expects !== '0' || reading.moreFollow)
    throw new FileError('file.truncated', { line: reading.line });
  if (reading.statements === 0) throw new FileError('file.empty');
}

/** A record as it should stand: mailers strip the spaces at the end of a line, editors add some. */
function asRecord(line: string, lineNumber: number): string {
  const text = line.trimEnd();
  // PostgreSQL cannot store NUL.
  if (text.length > CODA_WIDTH || text.includes('\0')) throw malformed(lineNumber);
  return text.padEnd(CODA_WIDTH);
}

function takeLine(reading: Reading, rawLine: string): BankStatement | null {
  reading.line += 1;
  const raw = reading.line === 1 ? rawLine.replace(/^\ufeff/, '') : rawLine;
  // Blank lines and the end mark of old systems (^Z) hold nothing that record 9 would not miss.
  if (raw.replace('\u001a', '').trim() === '') return null;
  if (reading.shortFault !== null) throw reading.shortFault;
  try {
    return takeRecord(reading, asRecord(raw, reading.line));
  } catch (error) {
    if (!(error instanceof FileError) || raw.trimEnd().length >= CODA_WIDTH) throw error;
    // The last line of a file that was cut, unless another one follows.
    reading.shortFault = error;
    return null;
  }
}

function takeRecord(reading: Reading, text: string): BankStatement | null {
  const kind = text.charAt(0);
  if (kind === '0' && reading.expects !== '0') throw new FileError('file.truncated', { line: reading.line });
  if (!reading.expects.includes(kind)) throw malformed(reading.line);
  if (kind === '0') {
    Object.assign(reading, blankStatement(), readHeader(text, reading.line), { expects: '1' });
  } else if (kind === '9') {
    return closeStatement(reading, text);
  } else if (kind === '4') {
    reading.freeRecords += 1;
  } else {
    reading.records += 1;
    takeData(reading, kind, text);
  }
  return null;
}

function takeData(reading: Reading, kind: string, text: string): void {
  if (kind === '1') {
    reading.opening = readOpening(text, reading.line);
    reading.expects = '2348';
  } else if (kind === '2') {
    takeMovement(reading, text);
  } else if (kind === '3') {
    takeInformation(reading, text);
  } else {
    takeClosing(reading, text);
  }
}

function takeClosing(reading: Reading, text: string): void {
  const closing = readClosing(text, reading.line);
  const { credit, debit } = turnover(reading.bookings);
  if ((reading.opening?.balance ?? 0) + credit - debit !== closing.balance) throw wrong(reading);
  if (closing.accountField !== '' && closing.accountField !== reading.opening?.accountField) throw wrong(reading);
  reading.closing = closing;
  reading.expects = '49';
}

/** What went in and out, both positive, every movement once and its details not at all. */
function turnover(bookings: readonly CodaBooking[]): { credit: Cents; debit: Cents } {
  let credit = 0;
  let debit = 0;
  for (const { total } of bookings) {
    if (total.amount > 0) credit += total.amount;
    else debit -= total.amount;
  }
  return { credit, debit };
}

function wrong(reading: Reading): FileError {
  return new FileError('file.totals', { line: reading.line });
}

/** Both numbers run to 9999 and go on with 0000. */
function following(number: number): number {
  return (number + 1) % 10_000;
}

function takeMovement(reading: Reading, text: string): void {
  if (!/^2[123]/.test(text)) throw malformed(reading.line);
  const { sequence, detail } = readNumbers(text, reading.line);
  if (text[1] !== '1') {
    const { movement } = reading;
    if (movement === null || movement.sequence !== sequence || movement.detail !== detail) throw wrong(reading);
    extendMovement(movement, text);
    return;
  }
  const movement = readMovement(text, reading.line);
  const booking = reading.bookings.at(-1);
  if (/[0-3]/.test(movement.type)) {
    if (detail !== 0 || sequence !== following(reading.sequence)) throw wrong(reading);
    reading.bookings.push({ total: movement, details: [] });
  } else {
    if (movement.type === '4') throw malformed(reading.line);
    if (booking === undefined || sequence !== reading.sequence || detail !== following(reading.detail)) {
      throw wrong(reading);
    }
    booking.details.push(movement);
  }
  Object.assign(reading, { movement, sequence, detail });
}

/** Records 3.x explain a movement (names, addresses, the bank's remarks); only their place is checked. */
function takeInformation(reading: Reading, text: string): void {
  if (!/^3[123]/.test(text)) throw malformed(reading.line);
  const { sequence, detail } = readNumbers(text, reading.line);
  const fits = detail === reading.detail || (text[1] === '1' && detail === following(reading.detail));
  if (reading.bookings.length === 0 || sequence !== reading.sequence || !fits) throw wrong(reading);
  reading.detail = detail;
  reading.movement = null;
}

function closeStatement(reading: Reading, text: string): BankStatement {
  const { opening, closing, bookings, records, freeRecords } = reading;
  if (opening === null || closing === null) throw malformed(reading.line);
  const trailer = readTrailer(text, reading.line);
  const { credit, debit } = turnover(bookings);
  // The standard leaves records 4 out of the count; some writers count them, and no money stands in them.
  const countFits = trailer.records === records || trailer.records === records + freeRecords;
  if (!countFits || trailer.debit !== debit || trailer.credit !== credit) throw wrong(reading);
  reading.statements += 1;
  reading.moreFollow = trailer.moreFollow;
  reading.expects = '0';
  return {
    account: opening.account,
    format: 'coda',
    year: Number(closing.day.slice(0, 4)),
    // A bank that does not number its statements: the day keeps those of one year apart.
    statementNumber: opening.statementNumber === '000' ? closing.day : opening.statementNumber,
    currency: opening.currency,
    openingBalance: opening.balance,
    closingBalance: closing.balance,
    closingDate: closing.day,
    duplicate: reading.duplicate,
    entries: entriesOf(bookings, opening.currency),
  };
}
