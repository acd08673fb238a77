/** A plain camt.053 statement, its text changed, and what reading a file of it gives. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect } from 'vitest';
import { FileError } from '../../src/errors.ts';
import { readCamtFile } from '../../src/ingest/statements/read-camt.ts';
import type { BankEntry, BankStatement } from '../../src/model.ts';
import { entry, statementOf } from './statements.ts';

export const COMMUNICATION = '123456789002';
export const OTHER = '000000000101';

/** A camt.053 statement with these entries. */
export function statement(entries: readonly BankEntry[], more: Partial<BankStatement> = {}): BankStatement {
  return statementOf('camt053', entries, more);
}

export const plain = statement([
  entry(1, 12_345, { structuredCommunication: COMMUNICATION }),
  entry(2, -5_000, { freeText: 'FRAIS <A&B>' }),
  entry(3, 700, { structuredCommunication: OTHER, freeText: 'merci' }),
  entry(4, -700, { structuredCommunication: OTHER, reversal: true }),
]);

/** The text with the first `from` on or after a line replaced. */
export function changed(text: string, from: string | RegExp, to: string): string {
  const after = text.replace(from, to);
  expect(after).not.toBe(text);
  return after;
}

export function lineOf(text: string, part: string): number {
  return text.slice(0, text.indexOf(part)).split('\n').length;
}

/** A folder of the test file; reading gives every statement, or the refusal as `code line found`. */
export async function openCamtFolder() {
  const folder = await mkdtemp(join(tmpdir(), 'navette-camt-'));
  afterAll(() => rm(folder, { recursive: true }));

  async function read(content: string | Buffer): Promise<BankStatement[]> {
    const path = join(folder, 'statement.xml');
    await writeFile(path, content);
    const statements: BankStatement[] = [];
    for await (const statement of readCamtFile(path)) statements.push(statement);
    return statements;
  }

  async function refusal(content: string | Buffer): Promise<string> {
    try {
      await read(content);
    } catch (error) {
      if (!(error instanceof FileError)) throw error;
      const { line = '', found = '' } = error.params;
      return `${error.code} ${line} ${found}`.trim();
    }
    return 'read';
  }

  return { folder, read, refusal };
}
