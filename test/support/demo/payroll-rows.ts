/** Owns the rows of the demo's payroll files: what each secretariat's program exports, and what is wrong in it. */
import { inventNationalRegisterNumber } from '../people.ts';
import { type DemoEmployer, EMPLOYERS, employerAt, FORMER_CLIENT_OF_ALPHA, type Sender } from './employers.ts';
import type { DemoPerson } from './people.ts';
import { rejectedPlaces } from './portal-rows.ts';

export interface PayrollRow {
  readonly enterpriseNumber: string;
  readonly nationalRegisterNumber: string;
  readonly period: string;
  readonly product: string;
  readonly quantity: string;
  readonly faceValue: string;
  readonly employmentEnd: string;
}

export type Population = readonly (readonly DemoPerson[])[];

type PayrollMess =
  | 'half'
  | 'twice'
  | 'two-answers'
  | 'above-limit'
  | 'many'
  | 'negative'
  | 'no-month'
  | 'leaver'
  | 'leaves-later';

/** By employer's place, by person's place. */
const PAYROLL_MESS: Readonly<Record<number, Readonly<Record<number, PayrollMess>>>> = {
  0: { 11: 'half', 25: 'twice', 33: 'two-answers' },
  1: { 20: 'above-limit', 30: 'leaves-later' },
  3: { 22: 'many' },
  5: { 10: 'half', 27: 'two-answers' },
  6: { 20: 'leaver' },
  8: { 12: 'negative' },
  9: { 15: 'no-month' },
  10: { 13: 'half', 19: 'twice' },
};

const REJECTED_MESS: readonly PayrollMess[] = ['half', 'two-answers', 'above-limit', 'negative', 'no-month'];

/** What was restated between the first and the second file: places of people and the days it takes off or adds. */
const RESTATED: Readonly<Record<number, Readonly<Record<number, number>>>> = {
  0: { 1: -1, 2: -2, 40: 1 },
  2: { 8: -3 },
  5: { 3: -1, 4: -4, 50: -2 },
  7: { 6: 1 },
  9: { 2: -5 },
  11: { 9: -1 },
};

const PRODUCT_WORDS: Record<Sender, string> = { alpha: 'Chèque-repas', beta: 'Maaltijdcheque', gamma: 'meal' };

/** The month as each secretariat first sends it. */
export function payrollRows(sender: Sender, population: Population): PayrollRow[] {
  const rows = everybody(sender, population, (employer, person, index, place) =>
    messyRows(rightRow(employer, person), PAYROLL_MESS[index]?.[place]),
  );
  if (sender !== 'alpha') return rows;
  const [first] = rows;
  const kompas = population[FORMER_CLIENT_OF_ALPHA]?.[0];
  if (first === undefined || kompas === undefined) return rows;
  return [
    ...rows,
    // Somebody whom nobody has sent as a beneficiary, a product without contract, and a client that has gone to another.
    { ...first, nationalRegisterNumber: inventNationalRegisterNumber('1979-04-17', 333) },
    { ...first, product: 'Écochèque', quantity: '1', faceValue: '100,00' },
    { ...rightRow(employerAt(FORMER_CLIENT_OF_ALPHA), kompas), product: PRODUCT_WORDS.alpha },
  ];
}

/** What comes two days later: the people whose row was refused, and months that were counted anew. */
export function correctedPayrollRows(sender: Sender, population: Population): PayrollRow[] {
  return everybody(sender, population, (employer, person, index, place) => {
    const mess = PAYROLL_MESS[index]?.[place];
    const change = RESTATED[index]?.[place];
    const refused = rejectedPlaces(index).includes(place) || (mess !== undefined && REJECTED_MESS.includes(mess));
    if (!refused && change === undefined) return [];
    const row = rightRow(employer, person);
    return [{ ...row, quantity: String(person.quantity + (change ?? 0)) }];
  });
}

function everybody(
  sender: Sender,
  population: Population,
  rowsOf: (employer: DemoEmployer, person: DemoPerson, index: number, place: number) => PayrollRow[],
): PayrollRow[] {
  return EMPLOYERS.flatMap((employer, index) =>
    employer.sender === sender
      ? (population[index] ?? []).flatMap((person, place) => rowsOf(employer, person, index, place))
      : [],
  );
}

function rightRow(employer: DemoEmployer, person: DemoPerson): PayrollRow {
  return {
    enterpriseNumber: employer.enterpriseNumber,
    nationalRegisterNumber: person.nationalRegisterNumber,
    period: '2026-11',
    product: PRODUCT_WORDS[employer.sender],
    quantity: String(person.quantity),
    faceValue: (person.faceValue / 100).toFixed(2),
    employmentEnd: '',
  };
}

function messyRows(row: PayrollRow, mess: PayrollMess | undefined): PayrollRow[] {
  switch (mess) {
    case undefined:
      return [row];
    case 'half':
      return [{ ...row, quantity: '19,5' }];
    case 'twice':
      return [row, row];
    case 'two-answers':
      return [row, { ...row, quantity: String(Number(row.quantity) - 4) }];
    case 'above-limit':
      return [{ ...row, faceValue: '12.00' }];
    case 'many':
      return [{ ...row, quantity: '34' }];
    case 'negative':
      return [{ ...row, quantity: '-2' }];
    case 'no-month':
      return [{ ...row, period: '2026-13' }];
    case 'leaver':
      return [{ ...row, employmentEnd: '30/11/2026' }];
    case 'leaves-later':
      return [{ ...row, employmentEnd: '31/12/2026' }];
  }
}
