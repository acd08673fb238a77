/** What a messy file meets: one employer with ten people, what each tool should hold afterwards, and the rows to write files of. */
import { PORTAL_FIELDS } from '../../src/config/layout-fields.ts';
import type { PortalCell } from '../../test/support/demo/portal-rows.ts';
import { portalWorkbook } from '../../test/support/demo/portal-workbook.ts';
import { inventEnterpriseNumber, inventPerson } from '../../test/support/people.ts';
import { type PortalRow, portalRow } from '../../test/support/portal-rows.ts';

export const PEOPLE = 10;
/** The day on which everything is imported. */
export const TODAY = '2026-12-10';
const FIRST_DAY = '2026-11-20';

export type MessyLayout = 'beneficiaries-portal' | 'payroll-generic' | 'payroll-fixed-signed';

export interface MessyFile {
  /** ends like `.csv`; the name begins with the employer */
  readonly name: string;
  readonly bytes: string | Buffer;
  readonly layout: MessyLayout;
  /** whether who is absent has left; the opposite is said to each tool by hand */
  readonly full: boolean;
  /** the day it was written, its modification time */
  readonly day: string;
}

export interface PersonHeld {
  readonly status: 'active' | 'inactive';
  readonly lastName: string;
  readonly birthDate: string;
  readonly email: string;
  /** cents */
  readonly faceValue: number;
}

/** What a tool holds, or should hold, of one employer's people. */
export interface Held {
  /** by national register number */
  readonly people: ReadonlyMap<string, PersonHeld>;
  /** vouchers by national register number, period and face value in cents, with a blank between */
  readonly counts: ReadonlyMap<string, number>;
}

export interface MessyCase {
  /** in a few words, as the page names it */
  readonly file: string;
  readonly should: string;
  /** what the script lacks, and our estimate in days of work; null where we expect it to be right */
  readonly mend: { readonly lacks: string; readonly days: number } | null;
  readonly files: (world: MessyWorld) => readonly MessyFile[] | Promise<readonly MessyFile[]>;
  readonly truth: (start: Held, world: MessyWorld) => Held;
  /** first of the ten invented people, where it matters who they are */
  readonly firstPerson?: number;
}

export interface MessyWorld {
  readonly employer: string;
  /** another employer, for which only another secretariat may act; its first person is `strangers` */
  readonly otherEmployer: string;
  /** national register number of the person in this place; the eleventh and later ones are not known yet */
  readonly numberOf: (place: number) => string;
  readonly stranger: PortalRow;
  /** a row of the portal about the person in this place, as it was imported at the start */
  readonly row: (place: number, changes?: PortalRow) => PortalRow;
  /** rows of all ten people, with the changes to some of them */
  readonly rows: (changes?: Readonly<Record<number, PortalRow>>) => PortalRow[];
}

const PLACES_A_CASE = 20;
const strangerOf = (index: number): number => 12_000 + index;

export function openMessyWorld(index: number, { firstPerson }: MessyCase): MessyWorld {
  const first = firstPerson ?? index * PLACES_A_CASE;
  const row = (place: number, changes: PortalRow = {}): PortalRow => portalRow(first + place, changes);
  return {
    employer: inventEnterpriseNumber(6_000_000 + index),
    otherEmployer: inventEnterpriseNumber(7_000_000 + index),
    numberOf: (place) => inventPerson(first + place).nationalRegisterNumber,
    stranger: portalRow(strangerOf(index)),
    row,
    rows: (changes = {}) => Array.from({ length: PEOPLE }, (_, place) => row(place, changes[place])),
  };
}

/** The file with which both begin: ten people, all active. */
export function startFile(world: MessyWorld): MessyFile {
  return peopleFile(world, 'start.csv', csvOf(world.rows()), { full: false, day: FIRST_DAY });
}

/** The same for the other employer, with one person. */
export function otherStartFile({ otherEmployer, stranger }: MessyWorld): MessyFile {
  const name = `${otherEmployer}_start.csv`;
  return { name, bytes: csvOf([stranger]), layout: 'beneficiaries-portal', full: false, day: FIRST_DAY };
}

export function startHeld(world: MessyWorld): Held {
  const all = [...world.rows(), world.stranger];
  return { people: new Map(all.map((row) => [row.nationalRegisterNumber ?? '', heldOf(row)])), counts: new Map() };
}

export function heldOf(row: PortalRow): PersonHeld {
  const { lastName = '', birthDate = '', email = '' } = row;
  return { status: 'active', lastName, birthDate: dayOf(birthDate), email, faceValue: 800 };
}

/** A copy in which some people differ. */
export function withPeople(held: Held, changes: Readonly<Record<string, Partial<PersonHeld>>>): Held {
  const people = new Map(held.people);
  for (const [number, change] of Object.entries(changes)) {
    const before = people.get(number);
    if (before === undefined) throw new Error('only a person who is held can differ');
    people.set(number, { ...before, ...change });
  }
  return { ...held, people };
}

export function peopleFile(
  { employer }: MessyWorld,
  name: string,
  bytes: string | Buffer,
  { full = false, day = '2026-12-01' } = {},
): MessyFile {
  return { name: `${employer}_${name}`, bytes, layout: 'beneficiaries-portal', full, day };
}

/** The portal's columns as CSV with `;` and a final line end. */
export function csvOf(rows: readonly PortalRow[], more: readonly string[] = []): string {
  const cellsOf = (row: PortalRow): string[] => PORTAL_FIELDS.map((field) => row[field] ?? '');
  const lines = [[...PORTAL_FIELDS, ...more], ...rows.map((row) => [...cellsOf(row), ...more.map(() => 'x')])];
  return `${lines.map((cells) => cells.join(';')).join('\r\n')}\r\n`;
}

/** The portal's workbook: a guide sheet, then the data; register numbers as text, or as numbers where somebody typed them anew. */
export function workbookOf(rows: readonly PortalRow[], numbers: 'text' | 'number' = 'text'): Promise<Buffer> {
  const cells = rows.map((row) =>
    PORTAL_FIELDS.map((field): PortalCell => {
      const text = row[field] ?? '';
      if (field === 'birthDate') return { day: dayOf(text) };
      if (field === 'mealFaceValue' && text !== '') return Number(text.replace(',', '.'));
      return field === 'nationalRegisterNumber' && numbers === 'number' ? Number(text) : text;
    }),
  );
  return portalWorkbook(PORTAL_FIELDS, cells);
}

/** From the day as the portal's files write it, DD/MM/YYYY. */
function dayOf(text: string): string {
  return text.split('/').reverse().join('-');
}
