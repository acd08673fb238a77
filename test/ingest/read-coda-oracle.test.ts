/** Debian's febelfin-coda reads the same statements as we do. */
import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { readCodaFile } from '../../src/ingest/read-coda.ts';
import type { BankStatement } from '../../src/model.ts';
import { writeCoda } from '../support/coda.ts';

const run = promisify(execFile);
const PYTHON = '/usr/bin/python3';

/** Prints one JSON document: the statements of a file, each movement with the details that belong to it. */
const PROGRAM = `
import json, os, sys, coda
path = sys.argv[1] if len(sys.argv) > 1 else os.path.join(os.path.dirname(coda.__file__), 'CODA.txt')
def move(m):
    return {'type': m.transaction_type, 'amount': str(m.amount), 'valueOn': str(m.value_date), 'bookedOn': str(m.entry_date),
            'reference': m.bank_reference.strip(), 'kind': m.communication_type, 'text': m.communication or '',
            'details': [move(d) for d in m.moves]}
print(json.dumps({'path': path, 'statements': [
    {'account': s.account, 'currency': s.account_currency, 'opening': str(s.old_balance), 'closing': str(s.new_balance),
     'closingDate': str(s.new_balance_date), 'number': s.coda_sequence, 'duplicate': s.duplicate,
     'moves': [move(m) for m in s.moves]} for s in coda.CODA(path).statements]}))
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

async function askOracle(...args: string[]): Promise<{ path: string; statements: OracleStatement[] } | null> {
  try {
    return JSON.parse((await run(PYTHON, ['-c', PROGRAM, ...args])).stdout);
  } catch (error) {
    if (process.env.CI !== undefined)
      throw new Error('python3-febelfin-coda must be installed in CI', { cause: error });
    console.log('Not compared with febelfin-coda: apt-get install python3-febelfin-coda');
    return null;
  }
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

async function compare(answer: { path: string; statements: OracleStatement[] } | null): Promise<void> {
  if (answer === null) return;
  const { path, statements } = answer;
  const ours: unknown[] = [];
  for await (const statement of readCodaFile(path))
    ours.push(ofOurs(statement, statements[ours.length] as OracleStatement));
  expect(ours).toEqual(statements.map(ofOracle));
}

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'navette-coda-oracle-'));
});
afterAll(() => rm(folder, { recursive: true }));

it('reads the sample that comes with it like febelfin-coda', async () => {
  await compare(await askOracle());
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
