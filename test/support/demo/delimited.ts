/** Owns how the demo's text files are written: delimiter, quotes, line ends, encoding. */
import iconv from 'iconv-lite';
import type { PayrollRow } from './payroll-rows.ts';
import type { PortalCell, PortalRow } from './portal-rows.ts';

interface Dialect {
  readonly delimiter: ';' | ',' | '\t';
  readonly encoding: 'windows-1252' | 'utf-8';
  readonly bom?: boolean;
  readonly lineEnd: '\r\n' | '\n';
  readonly decimals: ',' | '.';
}

export const DIALECTS = {
  alpha: { delimiter: ';', encoding: 'windows-1252', lineEnd: '\r\n', decimals: ',' },
  beta: { delimiter: ';', encoding: 'utf-8', bom: true, lineEnd: '\r\n', decimals: ',' },
  gamma: { delimiter: '\t', encoding: 'utf-8', lineEnd: '\n', decimals: '.' },
} as const satisfies Record<string, Dialect>;

const PAYROLL_TITLES = {
  alpha: ['Employeur', 'NISS', 'Période', 'Produit', 'Nombre', 'Valeur', 'Sortie'],
  beta: ['Werkgever', 'INSZ', 'Periode', 'Product', 'Aantal', 'Waarde', 'Uit dienst'],
  gamma: ['enterpriseNumber', 'nationalRegisterNumber', 'period', 'product', 'quantity', 'faceValue', 'employmentEnd'],
} as const;

export function payrollFile(sender: keyof typeof DIALECTS, rows: readonly PayrollRow[]): Buffer {
  // The third one's payroll program writes commas, its people export with tabs.
  const dialect: Dialect = sender === 'gamma' ? { ...DIALECTS.gamma, delimiter: ',' } : DIALECTS[sender];
  const lines = rows.map((row) => [
    row.enterpriseNumber,
    row.nationalRegisterNumber,
    sender === 'beta' ? row.period.replace('-', '') : row.period,
    row.product,
    row.quantity,
    row.faceValue.replace(/[.,]/, dialect.decimals),
    row.employmentEnd,
  ]);
  return writeLines(dialect, [PAYROLL_TITLES[sender], ...lines]);
}

export function portalCsv(sender: 'beta' | 'gamma', titles: readonly string[], rows: readonly PortalRow[]): Buffer {
  const dialect = DIALECTS[sender];
  return writeLines(dialect, [titles, ...rows.map((row) => row.map((cell) => cellText(cell, dialect)))]);
}

function cellText(cell: PortalCell, { decimals }: Dialect): string {
  if (typeof cell === 'string') return cell;
  if (typeof cell === 'number') return cell.toFixed(2).replace('.', decimals);
  const [year, month, day] = cell.day.split('-');
  return decimals === ',' ? `${day}/${month}/${year}` : cell.day;
}

function writeLines(dialect: Dialect, lines: readonly (readonly string[])[]): Buffer {
  const text = lines
    .map((cells) => cells.map((cell) => quoted(cell, dialect)).join(dialect.delimiter) + dialect.lineEnd)
    .join('');
  return iconv.encode(text, dialect.encoding, { addBOM: dialect.bom === true });
}

function quoted(cell: string, { delimiter }: Dialect): string {
  return cell.includes(delimiter) || cell.includes('"') || cell.includes('\n')
    ? `"${cell.replaceAll('"', '""')}"`
    : cell;
}
