/** A plain CODA statement, lines of its text changed, and the refusal that reading ends in. */
import { FileError } from '../../src/errors.ts';
import { readCoda } from '../../src/ingest/statements/read-coda.ts';
import type { BankEntry, BankStatement } from '../../src/model.ts';
import { entry, statementOf } from './statements.ts';

export const COMMUNICATION = '123456789002';

/** A CODA statement with these entries. */
export function statement(entries: readonly BankEntry[], more: Partial<BankStatement> = {}): BankStatement {
  return statementOf('coda', entries, more);
}

export const plain = statement([
  entry(1, 12_345, { structuredCommunication: COMMUNICATION }),
  entry(2, -5_000, { freeText: 'LOYER NOVEMBRE' }),
  entry(3, 700, { freeText: 'merci' }),
]);

/** The code and the line of the FileError that reading ends in. */
export function refusal(text: string): [code: string, line: unknown] {
  try {
    readCoda(text);
  } catch (error) {
    if (error instanceof FileError) return [error.code, error.params.line];
    throw error;
  }
  throw new Error('the file was accepted');
}

export function withLine(text: string, number: number, change: (line: string) => string): string {
  const lines = text.split('\n');
  return lines.map((line, index) => (index === number - 1 ? change(line) : line)).join('\n');
}

export function put(line: string, start: number, text: string): string {
  return line.slice(0, start) + text + line.slice(start + text.length);
}
