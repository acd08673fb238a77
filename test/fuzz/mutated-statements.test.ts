/** Statements with something wrong in them, imported for real: refused with reason and line, or read as they stand; never half stored. */
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { sql } from 'kysely';
import { expect, test } from 'vitest';
import type { BankEntry, BankStatement } from '../../src/model.ts';
import { type BankFormat, writeStatement } from '../support/bank-files.ts';
import { fuzzRuns, fuzzTimeout } from '../support/fuzz-runs.ts';
import { openImportHome } from '../support/import-home.ts';
import { IBAN } from '../support/invoiced-orders.ts';

const { importAs, db } = await openImportHome();

const COMMUNICATIONS = ['123456789002', '000000000101', null, null];

const someStatement = fc.record({
  amounts: fc.array(fc.integer({ min: -500_000, max: 500_000 }), { minLength: 1, maxLength: 5 }),
  opening: fc.integer({ min: -100_000, max: 1_000_000 }),
  batch: fc.boolean(),
  several: fc.boolean(),
});

/** One thing done to the text; places are parts of its length, so that they can be shrunk. */
const mutation = fc.oneof(
  fc.record({
    does: fc.constant('put' as const),
    at: fc.nat(999_999),
    character: fc.constantFrom(...'0123456789 AZaz<>/&;"\t\n\r\0é€'),
  }),
  fc.record({ does: fc.constant('digit' as const), at: fc.nat(999_999), character: fc.constantFrom(...'0123456789') }),
  fc.record({
    does: fc.constant('insert' as const),
    at: fc.nat(999_999),
    character: fc.constantFrom(...'0123456789 A<>&\n'),
  }),
  fc.record({ does: fc.constant('remove' as const), at: fc.nat(999_999), length: fc.integer({ min: 1, max: 200 }) }),
  fc.record({ does: fc.constant('cut' as const), at: fc.nat(999_999) }),
  fc.record({ does: fc.constant('drop-line' as const), at: fc.nat(999_999) }),
  fc.record({ does: fc.constant('repeat-line' as const), at: fc.nat(999_999) }),
  fc.record({ does: fc.constant('swap-lines' as const), at: fc.nat(999_999), other: fc.nat(999_999) }),
  fc.record({ does: fc.constant('words' as const), at: fc.nat(999_999), other: fc.nat(999_999) }),
);
type Mutation = typeof mutation extends fc.Arbitrary<infer T> ? T : never;

let made = 0;

/** A statement that was never sent before: its number, day and references are new. */
function statement(
  format: BankFormat,
  { amounts, opening }: { amounts: readonly number[]; opening: number },
): BankStatement {
  made += 1;
  const day = `20${String(30 + Math.floor(made / 900)).padStart(2, '0')}-06-15`;
  const entries = amounts.map(
    (amount, index): BankEntry => ({
      sequence: index + 1,
      bookedOn: day,
      valueOn: day,
      amount,
      currency: 'EUR',
      structuredCommunication: COMMUNICATIONS[index % 4] ?? null,
      freeText: index % 4 === 2 ? 'CHEQUES-REPAS NOVEMBRE' : '',
      bankReference: `M${made}E${index}`,
      reversal: false,
    }),
  );
  return {
    account: IBAN,
    format,
    year: Number(day.slice(0, 4)),
    statementNumber: String((made % 900) + 1).padStart(3, '0'),
    currency: 'EUR',
    openingBalance: opening,
    closingBalance: opening + amounts.reduce((sum, amount) => sum + amount, 0),
    closingDate: day,
    duplicate: false,
    entries,
  };
}

function mutate(text: string, one: Mutation): string {
  const at = Math.floor((one.at / 1_000_000) * text.length);
  const lines = text.split('\n');
  const lineAt = (place: number) => Math.floor((place / 1_000_000) * (lines.length - 1));
  switch (one.does) {
    case 'put':
      return text.slice(0, at) + one.character + text.slice(at + 1);
    case 'digit': {
      const found = text.slice(at).search(/\d/);
      return found === -1 ? text : text.slice(0, at + found) + one.character + text.slice(at + found + 1);
    }
    case 'insert':
      return text.slice(0, at) + one.character + text.slice(at);
    case 'remove':
      return text.slice(0, at) + text.slice(at + one.length);
    case 'cut':
      return text.slice(0, at);
    case 'drop-line':
      return lines.toSpliced(lineAt(one.at), 1).join('\n');
    case 'repeat-line':
      return lines.toSpliced(lineAt(one.at), 0, lines[lineAt(one.at)] ?? '').join('\n');
    case 'swap-lines': {
      const [from, to] = [lineAt(one.at), lineAt(one.other)];
      return lines
        .with(from, lines[to] ?? '')
        .with(to, lines[from] ?? '')
        .join('\n');
    }
    case 'words': {
      // A word of the text stands where another one was: amounts, days, signs and codes change places.
      const words = [...text.matchAll(/[\w.]{2,}/g)];
      const [from, to] = [words[one.at % words.length], words[one.other % words.length]];
      return from === undefined || to === undefined
        ? text
        : text.slice(0, to.index) + from[0] + text.slice(to.index + to[0].length);
    }
  }
}

/** What stands in the text, read in the plainest way: booked amounts in cents, and the numbers that look like communications. */
function plainly(format: BankFormat, text: string): { booked: number; numbers: string } {
  if (format === 'coda') {
    const movements = text.split(/\r\n|\r|\n/).filter((line) => /^21/.test(line) && /[0-3]/.test(line.charAt(53)));
    const signed = (line: string) => (line[31] === '1' ? -1 : 1) * Math.round(Number(line.slice(32, 47)) / 10);
    return { booked: movements.reduce((sum, line) => sum + signed(line), 0), numbers: text };
  }
  // Without its transactions, wherever they stand, an entry has one sign and one amount, in whichever order.
  const totals = text.replace(/<TxDtls>[\s\S]*?<\/TxDtls>/g, '');
  const entries = [...totals.matchAll(/<Ntry>[\s\S]*?<\/Ntry>/g)]
    .map(([entry]) => entry)
    .filter((entry) => />\s*BOOK\s*</.test(entry));
  const signed = (entry: string) =>
    (/<CdtDbtInd>\s*DBIT/.test(entry) ? -1 : 1) * Math.round(Number(/<Amt [^>]*>\s*([\d.]+)/.exec(entry)?.[1]) * 100);
  const euros = entries.filter((entry) => /<Amt Ccy="EUR"/.test(entry));
  return { booked: euros.reduce((sum, entry) => sum + signed(entry), 0), numbers: text };
}

/** Reasons that are about the file as a whole. */
const WITHOUT_LINE = ['file.empty', 'file.account'];

async function checkOutcome(format: BankFormat, text: string): Promise<string> {
  const name = `statement-${made}.${format === 'coda' ? 'cod' : 'xml'}`;
  const bytes = Buffer.from(text, format === 'coda' ? 'latin1' : 'utf8');
  const layout = format === 'coda' ? 'bank-coda' : 'bank-camt053';
  const result = await importAs(name, bytes, { layout, secretariat: 'bank' });
  const stored = await sql<{
    format: string;
    moved: number;
    booked: number;
    entries: number;
    numbers: string[];
    undecided: number;
  }>`
    select s.format, s.closing_balance - s.opening_balance as moved,
           coalesce(sum(e.amount) filter (where e.currency = s.currency), 0)::bigint as booked, count(e.id)::int as entries,
           coalesce(array_agg(e.structured_communication) filter (where e.structured_communication is not null), '{}') as numbers,
           (count(e.id) filter (where e.why is null))::int as undecided
      from bank_statement s left join bank_entry e on e.statement_id = s.id
     where s.file_id = ${result.fileId} group by s.id`.execute(db);
  if (result.status !== 'applied') {
    expect(stored.rows).toEqual([]);
    if (result.status === 'duplicate') return 'duplicate';
    expect(result.status).toBe('rejected');
    const issues = await sql<{ code: string; line: number | null }>`
      select code, (params ->> 'line')::int as line from row_issue where file_id = ${result.fileId}`.execute(db);
    const [issue] = issues.rows;
    expect(issues.rows).toHaveLength(1);
    expect(issue?.code).toMatch(/^file\./);
    // A number that is known with other balances contradicts the books, not a line of the file.
    const known = issue?.code === 'file.totals' && issue.line === null;
    if (!known && !WITHOUT_LINE.includes(issue?.code ?? '')) expect(issue?.line).toBeGreaterThan(0);
    return `refused ${issue?.code}`;
  }
  const { booked, numbers } = plainly(format, text);
  const all = stored.rows.reduce((sum, row) => sum + row.booked, 0);
  expect(result.counts.created).toBe(stored.rows.reduce((sum, row) => sum + row.entries, 0));
  if (result.counts.unchanged + result.counts.duplicateInFile === 0) expect(all).toBe(booked);
  for (const row of stored.rows) {
    expect([row.format, row.booked, row.undecided]).toEqual([format, row.moved, 0]);
    for (const number of row.numbers) expect(numbers).toContain(number);
  }
  return 'read';
}

const RUNS = fuzzRuns(300, 1);

test(
  'a statement with something wrong in it is refused with a reason, or read right',
  async () => {
    const outcomes = new Map<string, number>();
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom<BankFormat>('coda', 'camt053'),
        someStatement,
        fc.array(mutation, { minLength: 1, maxLength: 3 }),
        async (format, some, mutations) => {
          const one = statement(format, some);
          const range = { from: 1, to: some.amounts.length };
          const options = some.batch
            ? { globalised: [{ ...range, type: '1' as const }], batches: [range] }
            : { summary: some.several };
          const more = some.several && format === 'coda' ? writeStatement(format, statement(format, some)) : '';
          const text = mutations.reduce(mutate, writeStatement(format, one, options) + more);
          const outcome = await checkOutcome(format, text);
          outcomes.set(`${format} ${outcome}`, (outcomes.get(`${format} ${outcome}`) ?? 0) + 1);
          // Open entries of thousands of statements would all be looked at again each time.
          await sql`update bank_entry set status = 'ignored' where status <> 'ignored'`.execute(db);
        },
      ),
      { numRuns: RUNS, endOnFailure: true },
    );
    console.log(
      `${RUNS} mutated statements: ${[...outcomes]
        .sort()
        .map(([what, count]) => `${count} ${what}`)
        .join(', ')}`,
    );
    expect([...outcomes.keys()].filter((what) => what.endsWith(' read'))).toHaveLength(2);
  },
  fuzzTimeout(200, RUNS),
);

test('a statement that nothing was done to is read', async () => {
  for (const format of ['coda', 'camt053'] as const) {
    const text = writeStatement(format, statement(format, { amounts: [1, -2, 3], opening: 0 }));
    expect(await checkOutcome(format, text)).toBe('read');
  }
  expect(await checkOutcome('coda', readFileSync('fixtures/bank-coda/input.cod', 'latin1'))).toBe('read');
  expect(await checkOutcome('camt053', readFileSync('fixtures/bank-camt053/input.xml', 'utf8'))).toBe('read');
});
