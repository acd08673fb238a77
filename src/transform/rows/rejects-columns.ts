/** Owns how a rejects file is known when its sender returns it: by the columns that were added to it, and by its name. */
import type { Cell } from '../../model.ts';
import { foldWord } from '../values/fold-word.ts';

/** The two columns that stand behind the sender's own; the same words in every language, so that they are found again. */
export const CODES_COLUMN = 'navette_codes';
export const REASONS_COLUMN = 'navette_reasons';
/** Above cells that a rejected row has beyond its header: without a name they would look like columns of the file. */
export const EXTRA_COLUMN = 'navette_extra';

const NONE: ReadonlySet<number> = new Set();

/** Positions of the two added columns (zero-based); empty unless the header has both of them. */
export function findRejectsColumns(header: readonly Cell[]): ReadonlySet<number> {
  const found = [CODES_COLUMN, REASONS_COLUMN].map((name) => header.findIndex((cell) => isNamed(cell, name)));
  return found.includes(-1) ? NONE : new Set(found);
}

/** A row or header without the added columns: those that came back are not sent a second time. */
export function withoutRejectsColumns(cells: readonly Cell[], rejectsColumns: ReadonlySet<number>): readonly Cell[] {
  return rejectsColumns.size === 0 ? cells : cells.filter((_, at) => !rejectsColumns.has(at));
}

/** How many columns of the header are the sender's own, counted to the last of them. */
export function ownWidth(header: readonly Cell[], rejectsColumns: ReadonlySet<number>): number {
  if (rejectsColumns.size === 0) return header.length;
  return header.findLastIndex((cell, at) => !rejectsColumns.has(at) && !isNamed(cell, EXTRA_COLUMN)) + 1;
}

/** Whether a header is one that rejects files bring. */
export function isOurColumn(cell: Cell): boolean {
  return [CODES_COLUMN, REASONS_COLUMN, EXTRA_COLUMN].some((name) => isNamed(cell, name));
}

function isNamed(cell: Cell, name: string): boolean {
  return typeof cell === 'string' && foldWord(cell) === name;
}

const ADDED_TO_NAME = /(?:\.[0-9a-f]{8}\.rejects(?:\.\d+)?\.(?:csv|xlsx))+$/i;

/** The name of the file whose rejects came back under the name they were given; any other name as it is. */
export function nameBeforeRejection(name: string): string {
  return name.replace(ADDED_TO_NAME, '');
}
