/** How commands print for a person: tables in columns, amounts in euros, counts in words. */
import type { ToldIssue } from '../jobs/import/issue-text.ts';
import type { Cents, FileCounts } from '../model.ts';

/** Rows in aligned columns; numbers (right) when every cell of a column below its head looks like one. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const columns = head.map((title, index) => {
    const cells = rows.map((row) => row[index] ?? '');
    const width = Math.max(title.length, ...cells.map((cell) => cell.length));
    const right = cells.length > 0 && cells.every((cell) => /^-?[\d., ]*$/.test(cell));
    return { width, right };
  });
  const line = (cells: readonly string[]) =>
    columns
      .map(({ width, right }, index) =>
        right ? (cells[index] ?? '').padStart(width) : (cells[index] ?? '').padEnd(width),
      )
      .join('  ')
      .trimEnd();
  return [line(head), ...rows.map(line)];
}

/** `1234.50`, for tables and logs; letters to employers use their own language's notation. */
export function euros(cents: Cents): string {
  const digits = String(Math.abs(cents)).padStart(3, '0');
  return `${cents < 0 ? '-' : ''}${digits.slice(0, -2)}.${digits.slice(-2)}`;
}

/** `1 file`, `2 files`, `1 person`, `2 people`. */
export function counted(count: number, one: string, many = `${one}s`): string {
  return `${count} ${count === 1 ? one : many}`;
}

/** What every list says when there is nothing in it; `what` in the plural. */
export function none(what: string): string {
  return `There are no ${what}.`;
}

/** An issue of a file, where it is and what it says. */
export function issueLine({ row, severity, message }: ToldIssue): string {
  return `${row === null ? 'file' : `row ${row}`}: ${severity === 'warning' ? 'warning: ' : ''}${message}`;
}

export function countsLine(counts: FileCounts): string {
  const { read, created, updated, unchanged, reactivated, rejected, duplicateInFile, deactivated } = counts;
  const parts: [number, string][] = [
    [created, 'created'],
    [updated, 'updated'],
    [unchanged, 'unchanged'],
    [reactivated, 'reactivated'],
    [rejected, 'rejected'],
    [duplicateInFile, 'duplicate'],
  ];
  const told = parts.filter(([count]) => count > 0).map(([count, word]) => `${count} ${word}`);
  const left = deactivated > 0 ? `; ${deactivated} deactivated` : '';
  return `${counted(read, 'row')}${told.length === 0 ? '' : `: ${told.join(', ')}`}${left}`;
}
