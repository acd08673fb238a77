/** Debian's febelfin-coda reads the same statements as we do. Long because the words of the oracle, ours and the generated files are compared field by field. */
import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { readCodaFile } from '../../../src/ingest/statements/read-coda.ts';
import type { BankStatement } from '../../../src/model.ts';
import { makeStructuredCommunication } from '../../../src/transform/values/structured-communication.ts';
import { type CodaOptions, writeCoda } from '../../support/coda.ts';
import { fuzzRuns } from '../../support/fuzz-runs.ts';

const run = promisify(execFile);
const PYTHON = '/usr/bin/python3';

/** Prints one JSON document: the statements of each file (of its own sample without any), each movement with its details. */
const PROGRAM = `
import json, os, sys, coda
paths = sys.argv[1:] or [os.path.join(os.path.dirname(coda.__file__), 'CODA.txt')]
def move(m):
    return {'type': m.transaction_type, 'amount': str(m.amount), 'valueOn': str(m.value_date), 'bookedOn': str(m.entry_date),
            'reference': m.bank_reference.strip(), 'kind': m.communication_type, 'text': m.communication or '',
            'details': [move(d) for d in m.moves]}
print(json.dumps([{'path': path, 'statements': [
    {'account': s.account, 'currency': s.account_currency, 'opening': str(s.old_balance), 'closing': str(s.new_balance),
     'closingDate': str(s.new_balance_date), 'number': s.coda_sequence, 'duplicate': s.duplicate,
     'moves': [move(m) for m in s.moves]} for s in coda.CODA(path).statements]} for path in paths]))
`;

interface OracleMove {
  type: string;
  amount: string;
  valueOn: string;
  bookedOn: string;
  reference: string;
  kind: string | null;
  text: string;
  details: OracleMove[];
}

interface OracleStatement {
  account: string;
  currency: string;
  opening: string;
  closing: string;
  closingDate: string;
  number: string;
  duplicate: boolean;
  moves: OracleMove[];
}

interface OracleAnswer {
  path: string;
  statements: OracleStatement[];
}

async function askOracle(...paths: string[]): Promise<OracleAnswer[] | null> {
  try {
    await run(PYTHON, ['-c', 'import coda']);
  } catch (error) {
    if (process.env.CI !== undefined)
      throw new Error('python3-febelfin-coda must be installed in CI', { cause: error });
    console.log('Not compared with febelfin-coda: apt-get install python3-febelfin-coda');
    return null;
  }
  const { stdout } = await run(PYTHON, ['-c', PROGRAM, ...paths], { maxBuffer: 256 * 1024 * 1024 });
  return JSON.parse(stdout) as OracleAnswer[];
}

function inCents(decimal: string): number {
  return Math.round(Number(decimal) * 100);
}

/** Both readings in the words of the oracle, as far as it goes: it has no reversals and leaves a raw text as it stands. */
function ofOracle(statement: OracleStatement): unknown {
  const totalised = (move: OracleMove) => (move.type === '1' || move.type === '2') && move.details.length > 0;
  return {
    ...statement,
    opening: inCents(statement.opening),
    closing: inCents(statement.closing),
    moves: statement.moves
      .flatMap((move) => (totalised(move) ? move.details : [move]))
      .map(({ amount, valueOn, bookedOn, reference, kind, text }) => ({
        amount: inCents(amount),
        valueOn,
        bookedOn,
        reference,
        number: ['101', '102', '103'].includes(kind ?? '') ? text.trim() : null,
        text: kind === null ? text.replace(/\s+/g, ' ').trim() : null,
      })),
  };
}

function ofOurs(statement: BankStatement, theirs: OracleStatement): unknown {
  const kinds = theirs.moves.flatMap((move) => (move.type === '1' || move.type === '2' ? move.details : [move]));
  return {
    account: statement.account.slice(-theirs.account.length),
    currency: statement.currency,
    opening: statement.openingBalance,
    closing: statement.closingBalance,
    closingDate: statement.closingDate,
    number: statement.statementNumber,
    duplicate: statement.duplicate,
    moves: statement.entries.map((entry, index) => ({
      amount: entry.amount,
      valueOn: entry.valueOn,
      bookedOn: entry.bookedOn,
      reference: entry.bankReference,
      number: entry.structuredCommunication,
      text: kinds[index]?.kind === null ? entry.freeText : null,
    })),
  };
}

/** @returns how many statements both read */
async function compare(answers: OracleAnswer[] | null): Promise<number> {
  let compared = 0;
  for (const { path, statements } of answers ?? []) {
    const ours: unknown[] = [];
    for await (const statement of readCodaFile(path))
      ours.push(ofOurs(statement, statements[ours.length] as OracleStatement));
    expect(ours).toEqual(statements.map(ofOracle));
    compared += ours.length;
  }
  return compared;
}

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'navette-coda-oracle-'));
});
afterAll(() => rm(folder, { recursive: true }));

it('reads the sample that comes with it like febelfin-coda', async () => {
  const answers = await askOracle();
  expect(await compare(answers)).toBe(answers === null ? 0 : answers[0]?.statements.length);
});

it('reads written statements like febelfin-coda', async () => {
  const amounts = [12_345, -5_000, 700, 3_100, 1_000_000_000, -1];
  const path = join(folder, 'statement.cod');
  const text = writeCoda(
    {
      account: 'BE68539007547034',
      format: 'coda',
      year: 2026,
      statementNumber: '214',
      currency: 'EUR',
      openingBalance: 100_000,
      closingBalance: 100_000 + amounts.reduce((sum, amount) => sum + amount, 0),
      closingDate: '2026-11-05',
      duplicate: true,
      entries: amounts.map((amount, index) => ({
        sequence: index + 1,
        bookedOn: '2026-11-05',
        valueOn: '2026-11-04',
        amount,
        currency: 'EUR',
        structuredCommunication: index % 2 === 0 ? '123456789002' : null,
        freeText: index % 2 === 0 ? '' : `réf. ${'texte libre '.repeat(10)}fin`,
        bankReference: `REF${index}`,
        reversal: false,
      })),
    },
    { names: { 1: 'DUBOIS', 4: 'JANSSENS' }, globalised: [{ type: '2', from: 3, to: 5 }] },
  );
  await writeFile(path, text, 'latin1');
  await compare(await askOracle(path));
});

const word = fc.stringMatching(/^[A-Za-z0-9éèàç.+/-]{1,12}$/);
const someEntry = fc.record({
  amount: fc.integer({ min: -9_999_999_999, max: 9_999_999_999 }),
  communication: fc.option(fc.integer({ min: 0, max: 9_999_999_999 })),
  words: fc.array(word, { maxLength: 9 }),
  bankReference: fc.stringMatching(/^[A-Z1-9][A-Z0-9]{0,20}$/),
  day: fc.integer({ min: 1, max: 28 }),
  name: fc.option(word),
});
interface SomeFile {
  rows: {
    amount: number;
    communication: number | null;
    words: string[];
    bankReference: string;
    day: number;
    name: string | null;
  }[];
  opening: number;
  number: number;
  duplicate: boolean;
  type: '1' | '2';
  from: number;
  to: number;
  lineEnd: '\n' | '\r\n';
}
const someFile: fc.Arbitrary<SomeFile> = fc.record({
  rows: fc.array(someEntry, { minLength: 1, maxLength: 12 }),
  // febelfin-coda 0.2.0 does not look at the sign of an opening balance.
  opening: fc.integer({ min: 0, max: 9_999_999_999 }),
  number: fc.integer({ min: 1, max: 999 }),
  duplicate: fc.boolean(),
  type: fc.constantFrom('1' as const, '2' as const),
  from: fc.nat(11),
  to: fc.nat(11),
  lineEnd: fc.constantFrom('\n' as const, '\r\n' as const),
});

function written({ rows, opening, number, duplicate, type, from, to, lineEnd }: SomeFile): string {
  const entries = rows.map((row, index) => ({
    sequence: index + 1,
    bookedOn: `2026-10-${String(row.day).padStart(2, '0')}`,
    valueOn: `2026-11-${String(row.day).padStart(2, '0')}`,
    amount: row.amount,
    currency: 'EUR',
    structuredCommunication: row.communication === null ? null : makeStructuredCommunication(row.communication),
    freeText: row.communication === null ? row.words.join(' ').slice(0, 134).trim() : '',
    bankReference: row.bankReference,
    reversal: false,
  }));
  const first = Math.min(from, to, entries.length - 1) + 1;
  const last = Math.min(Math.max(from, to) + 1, entries.length);
  const options: CodaOptions = {
    names: Object.fromEntries(rows.flatMap(({ name }, index) => (name === null ? [] : [[index + 1, name]]))),
    globalised: (from + to) % 2 === 0 ? [{ type, from: first, to: last }] : [],
    lineEnd,
  };
  const statement: BankStatement = {
    account: 'BE68539007547034',
    format: 'coda',
    year: 2026,
    statementNumber: String(number).padStart(3, '0'),
    currency: 'EUR',
    openingBalance: opening,
    closingBalance: opening + entries.reduce((sum, { amount }) => sum + amount, 0),
    closingDate: '2026-11-05',
    duplicate,
    entries,
  };
  return writeCoda(statement, options);
}

it('reads 200 generated statements like febelfin-coda', async () => {
  const files = fc.sample(someFile, fuzzRuns(200, 0.1));
  const paths = files.map((_, index) => join(folder, `generated-${index}.cod`));
  await Promise.all(files.map((file, index) => writeFile(paths[index] ?? '', written(file), 'latin1')));
  const answers = await askOracle(...paths);
  expect(await compare(answers)).toBe(answers === null ? 0 : files.length);
}, 120_000);
