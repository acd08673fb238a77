/** Owns bank statements as the two formats tell them: written to a file, read back, and the same statement in the other format. */
import { mkdtempSync, rmSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import { readCamtFile } from '../../src/ingest/statements/read-camt.ts';
import { readCodaFile } from '../../src/ingest/statements/read-coda.ts';
import type { BankStatement } from '../../src/model.ts';
import { type CamtOptions, writeCamt } from './camt.ts';
import { type CodaOptions, writeCoda } from './coda.ts';

export type BankFormat = BankStatement['format'];

export interface BankFiles {
  readonly folder: string;
  /** writes the bytes under a name of their own; returns the path */
  write(format: BankFormat, content: string | Buffer): Promise<string>;
  /** writes the statement in a format and reads it back from disk */
  tell(format: BankFormat, statement: BankStatement, options?: CodaOptions & CamtOptions): Promise<BankStatement[]>;
}

/** A folder that is removed after the test file. */
export function openBankFiles(): BankFiles {
  const folder = mkdtempSync(join(tmpdir(), 'navette-bank-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  let count = 0;
  const write: BankFiles['write'] = async (format, content) => {
    const path = join(folder, `statement-${count++}.${format === 'coda' ? 'cod' : 'xml'}`);
    await writeFile(path, content, format === 'coda' ? 'latin1' : 'utf8');
    return path;
  };
  return {
    folder,
    write,
    tell: async (format, statement, options = {}) => {
      const path = await write(format, writeStatement(format, statement, options));
      return readStatements(format, path);
    },
  };
}

/** The text of a file with this one statement. */
export function writeStatement(
  format: BankFormat,
  statement: BankStatement,
  options: CodaOptions & CamtOptions = {},
): string {
  return format === 'coda' ? writeCoda(statement, options) : writeCamt(statement, options);
}

async function readStatements(format: BankFormat, path: string): Promise<BankStatement[]> {
  const statements: BankStatement[] = [];
  for await (const one of format === 'coda' ? readCodaFile(path) : readCamtFile(path)) statements.push(one);
  return statements;
}
