/** Owns how the secretariats write people and payroll: workbook, CSV dialects, fixed widths, each with its own titles and words. */
import iconv from 'iconv-lite';
import { PORTAL_FIELDS } from '../../src/config/layout-fields.ts';
import type { Cents, Day, Period } from '../../src/model.ts';
import { portalTitles } from '../support/demo/portal-rows.ts';
import { portalWorkbook } from '../support/demo/portal-workbook.ts';
import type { PortalRow } from '../support/portal-rows.ts';
import type { Secretariat } from './secretariats.ts';

export interface CountRow {
  readonly employer: string;
  readonly person: string;
  readonly period: Period;
  /** as written: a number, or something that is none */
  readonly quantity: string;
  readonly value: Cents;
  /** cents in all where the average is printed, null where the value itself is */
  readonly blendedTotal: Cents | null;
  readonly end: Day | null;
}

export async function peopleFile({ people, language }: Secretariat, rows: readonly PortalRow[]): Promise<Buffer> {
  const titles = portalTitles(language);
  const cells = rows.map((row) => PORTAL_FIELDS.map((field) => row[field] ?? ''));
  if (people.format === 'xlsx') return portalWorkbook(titles, cells);
  return encoded(csv([titles, ...cells], people.delimiter), people.encoding);
}

/** `sequence` counts the files of a sender. */
export function payrollFile(secretariat: Secretariat, rows: readonly CountRow[], sequence: number, day: Day): Buffer {
  const { payroll, delimiter, encoding } = secretariat;
  switch (payroll) {
    case 'generic':
      return encoded(csv(genericLines(secretariat, rows), delimiter), encoding);
    case 'ragged':
      return encoded(raggedText(rows), encoding);
    case 'odd-dates':
      return encoded(rows.map(oddDatesLine).join(''), encoding);
    case 'signed':
      return encoded(signedText(rows, sequence, day), encoding);
    case 'odoo':
      return encoded(csv(odooLines(rows), delimiter), encoding);
  }
}

/** The name of a payroll file; `again` distinguishes the files of one month. */
export function payrollName({ payroll }: Secretariat, period: Period, again: string): string {
  if (payroll === 'odoo') return `${period.replace('-', '_')}_MealVoucher${again}.csv`;
  return `payroll_${period}${again}.${payroll === 'odd-dates' || payroll === 'signed' ? 'txt' : 'csv'}`;
}

function genericLines({ language, delimiter }: Secretariat, rows: readonly CountRow[]): string[][] {
  const titles = {
    fr: ['Employeur', 'NISS', 'Période', 'Produit', 'Nombre', 'Valeur', 'Sortie'],
    nl: ['Werkgever', 'INSZ', 'Periode', 'Product', 'Aantal', 'Waarde', 'Uit dienst'],
    de: ['enterpriseNumber', 'nationalRegisterNumber', 'period', 'product', 'quantity', 'faceValue', 'employmentEnd'],
  }[language];
  const comma = delimiter === ';';
  return [
    titles,
    ...rows.map(({ employer, person, period, quantity, value, end }) => [
      employer,
      person,
      period,
      language === 'fr' ? 'Chèque-repas' : 'meal',
      quantity,
      euros(value, comma ? ',' : '.'),
      end === null ? '' : comma ? slashed(end) : end,
    ]),
  ];
}

const RAGGED_TITLES = [
  'DOSSIER',
  'NRWORKER',
  'BCE',
  'NISS',
  'NOM',
  'PRENOM',
  'PERIODE',
  'PRODUIT',
  'NOMBRE',
  'VALEUR',
  'SORTIE',
];

/** Rows end after SORTIE, or carry all 37 fields, or three more. */
function raggedText(rows: readonly CountRow[]): string {
  const titles = [...RAGGED_TITLES, ...Array.from({ length: 26 }, (_, index) => `R${index + 12}`)];
  const lines = rows.map(({ employer, person, period, quantity, value, end }, index) => [
    `D${employer.slice(2, 6)}`,
    String(index + 1),
    employer,
    person,
    'X',
    'X',
    period.replace('-', ''),
    'Maaltijdcheque',
    quantity,
    euros(value, ','),
    end === null ? '' : slashed(end),
    ...Array.from({ length: [0, 26, 29][index % 3] ?? 0 }, () => ''),
  ]);
  return csv([titles, ...lines], ';');
}

function oddDatesLine({ employer, person, period, quantity, value, end }: CountRow): string {
  const left = end === null ? ' '.repeat(8) : end.slice(5, 7) + end.slice(0, 4) + end.slice(8);
  const hundredths = String(Math.round(Number(quantity.replace(',', '.')) * 100)).padStart(5, '0');
  const month = period.slice(5) + period.slice(0, 4);
  const line = `${employer}${person}${left}${month}${hundredths}${String(value).padStart(5, '0')}`;
  return `${line.padEnd(60)}\r\n`;
}

function signedText(rows: readonly CountRow[], sequence: number, day: Day): string {
  const lines = [`000NAVPTG${String(sequence).padStart(5, '0')}${day.replaceAll('-', '')}`];
  for (const [period, ofPeriod] of Map.groupBy(rows, (row) => row.period)) {
    lines.push(`003${period.replace('-', '')}`);
    for (const { employer, person, quantity, value } of ofPeriod) {
      const [sign, digits] = quantity.startsWith('-') ? ['-', quantity.slice(1)] : ['+', quantity];
      lines.push(`006${employer}${person}`);
      lines.push(`009meal    ${sign}${digits.padStart(5, '0')}${String(value).padStart(5, '0')}`);
    }
  }
  return [...lines, `999${String(lines.length).padStart(7, '0')}`, ''].join('\r\n');
}

function odooLines(rows: readonly CountRow[]): string[][] {
  return [
    ['Name', 'NISS', 'Value', 'Quantity', 'Total'],
    ...rows.map(({ person, quantity, value, blendedTotal }) => {
      const total = blendedTotal ?? value * Number(quantity.replace(',', '.'));
      const average = blendedTotal === null ? value : Math.round(blendedTotal / Number(quantity));
      return ['X', person, euros(average, '.'), quantity, euros(total, '.')];
    }),
  ];
}

function euros(cents: Cents, point: ',' | '.'): string {
  return (cents / 100).toFixed(2).replace('.', point);
}

export function slashed(day: Day): string {
  return `${day.slice(8)}/${day.slice(5, 7)}/${day.slice(0, 4)}`;
}

function csv(lines: readonly (readonly string[])[], delimiter: string): string {
  const quoted = (cell: string) =>
    cell.includes(delimiter) || cell.includes('"') ? `"${cell.replaceAll('"', '""')}"` : cell;
  return lines.map((cells) => `${cells.map(quoted).join(delimiter)}\r\n`).join('');
}

function encoded(text: string, encoding: Secretariat['encoding'] | 'utf-8 with BOM'): Buffer {
  return encoding === 'utf-8 with BOM' ? iconv.encode(text, 'utf-8', { addBOM: true }) : iconv.encode(text, encoding);
}
