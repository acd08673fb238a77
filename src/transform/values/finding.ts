/** Owns what a parser may say about a cell beside its value, and the findings that every parser shares. */
import type { Cell, IssueCode, Severity } from '../../model.ts';

/** Why a cell has no value (`error`), or what its reader must know about the value it has (`warning`). */
export interface Finding {
  readonly code: IssueCode;
  readonly severity: Severity;
  /** what is accepted or a limit, never what the cell holds */
  readonly params: Readonly<Record<string, string | number>>;
  /** the value all the same, for a warning */
  readonly value: string | number | null;
}

/** What comes of a cell: a value as it is, or a Finding, the only object among them. */
export type Parsed = string | number | Finding;
/** A cell with something in it; its text is trimmed. */
export type FilledCell = Exclude<Cell, null>;
/** Reads one cell; made once per column, so that what it answers in the common case costs no allocation. */
export type CellParser = (cell: FilledCell) => Parsed;

export function fault(code: IssueCode, params: Finding['params'] = {}): Finding {
  return { code, severity: 'error', params, value: null };
}

const CELL_ERROR = fault('cell.error');
const LOST_DIGITS = fault('number.lost-digits');

/** A parser of text that also reads a workbook's other cells, as the plain text they show. */
export function parserOfText(parseText: (text: string) => Parsed): CellParser {
  return (cell) => {
    if (typeof cell === 'string') return parseText(cell);
    if (typeof cell === 'number') return parseText(plainDecimal(cell));
    if (typeof cell === 'boolean') return parseText(cell ? 'TRUE' : 'FALSE');
    return 'date' in cell ? parseText(cell.date) : unreadable(cell);
  };
}

/** A parser of numbers written as text, for which a date or a truth value is a fault. */
export function parserOfDigits(parseText: (text: string) => Parsed, wrong: Finding): CellParser {
  return (cell) => {
    if (typeof cell === 'string') return parseText(cell);
    if (typeof cell === 'number') return Number.isInteger(cell) && cell >= 0 ? parseText(plainDecimal(cell)) : wrong;
    return typeof cell === 'boolean' || 'date' in cell ? wrong : unreadable(cell);
  };
}

/** The finding about a cell that its workbook itself could not keep. */
export function unreadable(cell: { readonly error: string } | { readonly lostDigits: true }): Finding {
  return 'error' in cell ? CELL_ERROR : LOST_DIGITS;
}

/** A number without exponent, to the 15 significant digits that a workbook keeps. */
export function plainDecimal(number: number): string {
  const kept = Number(number.toPrecision(15));
  const text = String(kept);
  if (!text.includes('e')) return text;
  return Math.abs(kept) >= 1 ? BigInt(kept).toString() : kept.toFixed(20).replace(/\.?0+$/, '');
}
