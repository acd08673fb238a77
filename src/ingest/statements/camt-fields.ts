/** The single fields of a camt.053 statement: where they stand in an element and what they must look like. */
import { FileError } from '../../errors.ts';
import type { Cents, Day } from '../../model.ts';
import type { CamtElement } from './camt-xml.ts';

export function malformed(line: number): FileError {
  return new FileError('file.format', { line });
}

/** The first element at the end of a path, undefined when there is none. */
export function find(element: CamtElement | undefined, ...path: string[]): CamtElement | undefined {
  let found = element;
  for (const name of path) found = found?.children.find((child) => child.name === name);
  return found;
}

export function findAll(element: CamtElement, name: string): CamtElement[] {
  return element.children.filter((child) => child.name === name);
}

/** Two of one field: nobody knows which of them counts. FileError `file.format` at the second. */
export function checkOnce(element: CamtElement, names: readonly string[]): void {
  const seen = new Set<string>();
  for (const { name, line } of element.children) {
    if (!names.includes(name)) continue;
    if (seen.has(name)) throw malformed(line);
    seen.add(name);
  }
}

/** The text at the end of a path, its spaces and line ends made single spaces; blank when there is none. */
export function textAt(element: CamtElement | undefined, ...path: string[]): string {
  return (find(element, ...path)?.text ?? '').replace(/[\s\p{Cc}]+/gu, ' ').trim();
}

/** Text that must be there. */
export function required(element: CamtElement, ...path: string[]): string {
  const text = textAt(element, ...path);
  if (text === '') throw malformed(element.line);
  return text;
}

/** An amount without its sign, in cents of its currency. A fraction of a cent cannot be booked here. */
export function centsOf(element: CamtElement): Cents {
  const [, whole, fraction = ''] = /^(\d{1,13})(?:\.(\d{1,5}))?$/.exec(element.text.trim()) ?? [];
  const cents = fraction.padEnd(5, '0');
  if (whole === undefined || !cents.endsWith('000')) throw malformed(element.line);
  return Number(whole) * 100 + Number(cents.slice(0, 2));
}

/** ISO 4217, three capitals. */
export function currencyOf(element: CamtElement): string {
  if (!/^[A-Z]{3}$/.test(element.currency)) throw malformed(element.line);
  return element.currency;
}

/** The sign of an element's amount: credits are positive. */
export function signOf(element: CamtElement): 1 | -1 {
  const indicator = required(element, 'CdtDbtInd');
  if (indicator === 'CRDT') return 1;
  if (indicator === 'DBIT') return -1;
  throw malformed(element.line);
}

/** `Amt` with its sign, cents. */
export function signedAmount(element: CamtElement): { readonly cents: Cents; readonly currency: string } {
  const amount = find(element, 'Amt');
  if (amount === undefined) throw malformed(element.line);
  // Minus zero is another number to some comparisons.
  return { cents: signOf(element) * centsOf(amount) || 0, currency: currencyOf(amount) };
}

/** A day given as `Dt` or as `DtTm`, whose day is taken as the bank wrote it; null when the element is missing. */
export function dayAt(element: CamtElement, name: string): Day | null {
  const date = find(element, name);
  if (date === undefined) return null;
  const text = textAt(date, 'Dt') || textAt(date, 'DtTm');
  const [, year, month, day] = /^(\d{4})-(\d{2})-(\d{2})(?:$|[TZ+-])/.exec(text) ?? [];
  if (year === undefined || month === undefined || day === undefined) throw malformed(date.line);
  if (Number(year) < 1990 || !existsInCalendar(Number(year), Number(month), Number(day))) throw malformed(date.line);
  return `${year}-${month}-${day}`;
}

function existsInCalendar(year: number, month: number, day: number): boolean {
  const moment = new Date(Date.UTC(year, month - 1, day));
  return moment.getUTCMonth() === month - 1 && moment.getUTCDate() === day;
}
