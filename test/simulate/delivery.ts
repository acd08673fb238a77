/** Owns what a sender leaves in a drop, what must become of it, and what the senders remember of it. */
import type { Day, Period } from '../../src/model.ts';
import { addMonths } from '../../src/transform/values/calendar.ts';
import type { Employer } from './country.ts';

/** `set aside`: nothing of it is new, or something newer was applied. */
export type Outcome = 'applied' | 'duplicate' | 'rejected' | 'set aside';

export interface Delivery {
  readonly day: Day;
  readonly drop: string;
  readonly name: string;
  readonly content: Buffer;
  /** written at that moment, ISO; the day's morning unless the sender found an old file */
  readonly writtenAt: string;
  readonly expected: Outcome;
  /** rows that must be rejected */
  readonly rejectedRows: number;
  /** whether a person who is asked about it finds it right */
  readonly isRight: boolean;
  /** what the sender did, for the summary */
  readonly habit: Habit;
}

export const HABITS = [
  'on time',
  'late',
  'sent twice',
  'corrected',
  'cut off',
  'wrong month',
  'foreign employer',
  'renamed header',
  'bad rows',
  'old file again',
  'no file at all but a web page',
  'header only',
] as const;
export type Habit = (typeof HABITS)[number];

/** What was applied of a sender, and how many rows of it were refused. */
export interface AppliedFile {
  readonly content: Buffer;
  readonly refused: number;
}

/** What the senders have sent so far, as they remember it. */
export interface Sent {
  /** people files that were applied, by employer */
  readonly people: Map<string, AppliedFile[]>;
  /** payroll files that were applied, by drop */
  readonly payroll: Map<string, AppliedFile[]>;
  /** the day on which a person was first told of, by employer and person */
  readonly knownOn: Map<string, Day>;
  /** employers and people that the last people file told of as working there */
  readonly told: Set<string>;
  /** numbers of the files that count themselves */
  readonly sequence: Map<string, number>;
}

export function nothingSent(): Sent {
  return { people: new Map(), payroll: new Map(), knownOn: new Map(), told: new Set(), sequence: new Map() };
}

/** A day of the month after the one worked. */
export function onDay(period: Period, dayOfMonth: number): Day {
  return `${addMonths(period, 1)}-${String(dayOfMonth).padStart(2, '0')}`;
}

export function dropOf({ secretariat, index }: Employer): string {
  return secretariat.dropPerEmployer ? `${secretariat.code}-${index}` : secretariat.code;
}

export function keyOf(employer: string, nationalRegisterNumber: string): string {
  return `${employer} ${nationalRegisterNumber}`;
}

/** Notes a file as applied, unless it says what the one before it said and no row is accepted that was refused. */
export function noteApplied(applied: Map<string, AppliedFile[]>, key: string, content: Buffer, refused = 0): Outcome {
  const before = applied.get(key) ?? [];
  const last = before.at(-1);
  if (last?.content.equals(content) === true && last.refused <= refused) return 'duplicate';
  applied.set(key, [...before, { content, refused }]);
  return 'applied';
}

/** A text file ends in the register number of a row at two thirds of it, a workbook where its zip is not complete. */
export function cutOff(content: Buffer): Buffer {
  const middle = Math.floor((content.length * 2) / 3);
  if (content.subarray(0, 2).toString('latin1') === 'PK') return content.subarray(0, middle);
  return content.subarray(0, content.lastIndexOf('\n', middle) + 7);
}

export const WEB_PAGE = Buffer.from(
  '<!DOCTYPE html>\n<html><head><title>Session</title></head>\n<body><p>Veuillez vous reconnecter.</p></body></html>\n',
);
