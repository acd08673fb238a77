/** CODA files: what they say, what is refused, and that nothing is counted twice or lost. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FileError } from '../../../src/errors.ts';
import { readCoda, readCodaFile } from '../../../src/ingest/statements/read-coda.ts';
import type { BankEntry, BankStatement } from '../../../src/model.ts';
import { record, writeCoda } from '../../support/coda.ts';
import { entry, statementOf } from '../../support/statements.ts';

const COMMUNICATION = '123456789002';

function statement(entries: readonly BankEntry[], more: Partial<BankStatement> = {}): BankStatement {
  return statementOf('coda', entries, more);
}

const plain = statement([
  entry(1, 12_345, { structuredCommunication: COMMUNICATION }),
  entry(2, -5_000, { freeText: 'LOYER NOVEMBRE' }),
  entry(3, 700, { freeText: 'merci' }),
]);

/** The code and the line of the FileError that reading ends in. */
function refusal(text: string): [code: string, line: unknown] {
  try {
    readCoda(text);
  } catch (error) {
    if (error instanceof FileError) return [error.code, error.params.line];
    throw error;
  }
  throw new Error('the file was accepted');
}

function withLine(text: string, number: number, change: (line: string) => string): string {
  const lines = text.split('\n');
  return lines.map((line, index) => (index === number - 1 ? change(line) : line)).join('\n');
}

function put(line: string, start: number, text: string): string {
  return line.slice(0, start) + text + line.slice(start + text.length);
}

describe('what a CODA file says', () => {
  it('is the statement that was written', () => {
    expect(readCoda(writeCoda(plain))).toEqual([plain]);
  });

  it('is the same with other line ends, without spaces at line ends, with blank lines and an end mark', () => {
    const text = writeCoda(plain, { lineEnd: '\r\n' });
    expect(readCoda(text)).toEqual([plain]);
    const stripped = withLine(text.replaceAll('\r\n', '\n'), 1, (line) => line.trimEnd());
    expect(readCoda(`${stripped}\n \n\u001a`)).toEqual([plain]);
  });

  it('reads several statements of a file, a copy among them', () => {
    const copy = statement([entry(1, 1)], { statementNumber: '215', duplicate: true });
    expect(readCoda(writeCoda(plain, { moreFollow: true }) + writeCoda(copy))).toEqual([plain, copy]);
  });

  it('reads the debit balances of an overdrawn account and a statement without movements', () => {
    const overdrawn = statement([entry(1, -1)], { openingBalance: -250 });
    const empty = statement([], { openingBalance: 0 });
    expect(readCoda(writeCoda(overdrawn) + writeCoda(empty))).toEqual([overdrawn, empty]);
  });

  it('makes an IBAN of a Belgian account number and keeps a foreign one', () => {
    const foreign = statement([], { account: 'LU280019400644750000', currency: 'USD' });
    expect(readCoda(writeCoda(plain, { accountStructure: '0' }))[0]?.account).toBe('BE68539007547034');
    expect(readCoda(writeCoda(foreign, { accountStructure: '3' }))).toEqual([foreign]);
  });

  it('takes the day for the number of a statement without one', () => {
    const unnumbered = { ...plain, statementNumber: '000' };
    expect(readCoda(writeCoda(unnumbered))[0]?.statementNumber).toBe('2026-11-05');
  });

  it('takes the booking day for an unknown value day and a blank for a reference of zeros', () => {
    const text = withLine(writeCoda(plain), 3, (line) => put(put(line, 47, '000000'), 10, '0'.repeat(21)));
    expect(readCoda(text)[0]?.entries[0]).toMatchObject({ valueOn: '2026-11-05', bankReference: '' });
  });

  it('leaves out records 4, counted or not', () => {
    const text = writeCoda(plain, { freeMessages: ['Fermé le 11 novembre', 'Bonne année'] });
    expect(readCoda(text)).toEqual([plain]);
    const counted = text.replace(
      /^(9 {15})(\d{6})/m,
      (_, start, count) => start + String(Number(count) + 2).padStart(6, '0'),
    );
    expect(readCoda(counted)).toEqual([plain]);
  });
});

describe('communications', () => {
  it('puts a free text together that is cut in the middle of a word, twice', () => {
    const freeText = `${'x'.repeat(50)} +++123/4567/89002+++ ${'y'.repeat(70)}`;
    const [read] = readCoda(writeCoda(statement([entry(1, 100, { freeText })]), { accountStructure: '2' }));
    expect(read?.entries[0]?.freeText).toBe(freeText);
  });

  it.each(['101', '102', '103'])('knows a structured communication of type %s', (type) => {
    const text = withLine(writeCoda(plain), 3, (line) => put(line, 62, type));
    expect(readCoda(text)[0]?.entries[0]?.structuredCommunication).toBe(COMMUNICATION);
  });

  it('keeps wrong check digits and other types as free text', () => {
    const wrong = withLine(writeCoda(plain), 3, (line) => put(line, 62, '101123456789003'));
    expect(readCoda(wrong)[0]?.entries[0]).toMatchObject({ structuredCommunication: null, freeText: '123456789003' });
    const other = withLine(writeCoda(plain), 3, (line) => put(line, 62, '107123456789002'));
    expect(readCoda(other)[0]?.entries[0]).toMatchObject({ structuredCommunication: null, freeText: COMMUNICATION });
  });
});

describe('globalised amounts', () => {
  const group = statement([
    entry(1, 500, { structuredCommunication: COMMUNICATION }),
    entry(2, 700, { freeText: 'deux' }),
    entry(3, 900),
  ]);

  it.each(['1', '2'] as const)('of type %s count by their details', (type) => {
    const text = writeCoda(group, { globalised: [{ type, from: 1, to: 2 }], names: { 1: 'JANSSENS', 2: 'DUBOIS' } });
    expect(readCoda(text)).toEqual([group]);
  });

  it('count as one amount when their details do not add up to it', () => {
    const text = writeCoda(group, { globalised: [{ type: '2', from: 1, to: 2 }] });
    const short = withLine(text, 4, (line) => put(line, 32, '000000000004000'));
    expect(readCoda(short)[0]?.entries.map(({ amount }) => amount)).toEqual([1200, 900]);
  });

  it('give their reference to details without one, and take them back with them', () => {
    const [first, second] = ['', 'OWN'].map((bankReference, index) => entry(index + 1, 500, { bankReference }));
    const text = writeCoda(statement([first!, second!]), { globalised: [{ type: '2', from: 1, to: 2 }] });
    const total = withLine(text, 3, (line) => put(line, 10, 'GROUP'));
    const read = (from: string) =>
      readCoda(from)[0]?.entries.map(({ bankReference, reversal }) => `${bankReference} ${reversal}`);
    expect(read(total)).toEqual(['GROUP false', 'OWN false']);
    expect(read(withLine(total, 3, (line) => put(line, 56, '99')))).toEqual(['GROUP true', 'OWN true']);
  });

  it('are refused when a detail is missing or out of order', () => {
    const text = writeCoda(group, { globalised: [{ type: '2', from: 1, to: 2 }] });
    expect(refusal(withLine(text, 5, (line) => put(line, 6, '0003')))).toEqual(['file.totals', 5]);
    expect(refusal(withLine(text, 4, (line) => put(line, 2, '0002')))).toEqual(['file.totals', 4]);
  });

  it('count net when the details are the gross amount and its charges, with the communication found there', () => {
    const gross = record(
      [0, '2100010001'],
      [31, `0${'2000'.padStart(15, '0')}05112684150100`],
      [61, `1105${'0'.repeat(45)}${COMMUNICATION}`.slice(0, 54)],
      [115, '0511260001 0'],
    );
    const rest = record([0, '2200010001'], [10, `1105${'0'.repeat(45)}${COMMUNICATION}`.slice(54)], [125, '0 0']);
    const charges = record(
      [0, '2100010002'],
      [31, `1${'500'.padStart(15, '0')}051126841500130`],
      [115, '0511260000 0'],
    );
    const one = statement([entry(1, 150, { freeText: 'net' })]);
    const lines = writeCoda(one, { operations: { 1: '4150' } }).split('\n');
    const net = put(lines[2] ?? '', 53, '3');
    const trailer = put(lines[4] ?? '', 16, '000006');
    const text = [lines[0], lines[1], net, gross, rest, charges, lines[3], trailer].join('\n');
    expect(readCoda(text)).toEqual([
      statement([entry(1, 150, { freeText: 'net', structuredCommunication: COMMUNICATION })]),
    ]);
  });
});

describe('money that goes back', () => {
  const debit = statement([entry(1, -500, { structuredCommunication: COMMUNICATION }), entry(2, -500)]);
  const reversals = (text: string) => readCoda(text)[0]?.entries.map(({ reversal }) => reversal);

  it.each(['0149', '0249', '4149', '0503', '0505'])('is known by family and operation %s', (code) => {
    expect(reversals(writeCoda(debit, { operations: { 1: code } }))).toEqual([true, false]);
  });

  it.each(['2AC04', '3MD06', '5    '])('is known by R-transaction %s', (code) => {
    expect(reversals(writeCoda(debit, { returns: { 1: code } }))).toEqual([true, false]);
  });

  it('is not seen in a bank reference that older files have in the columns of the R-transaction', () => {
    const text = writeCoda(debit, { returns: { 1: '2    ' } });
    expect(reversals(withLine(text, 4, (line) => put(line, 109, '00843246306A1648')))).toEqual([false, false]);
  });

  it('is also an own transfer that comes back', () => {
    const back = statement([entry(1, 500), entry(2, 500)]);
    expect(reversals(writeCoda(back, { operations: { 1: '0154' } }))).toEqual([true, false]);
  });
});

describe('a file that cannot be trusted', () => {
  const text = writeCoda(plain, { names: { 3: 'PEETERS' } });
  // 1 header, 2 opening, 3 to 5 movements 2.1, 6 to 9 records 2.2, 2.3, 3.1, 3.2 of the last, 10 closing, 11 trailer

  it.each<[what: string, line: number, change: (line: string) => string, code: string]>([
    ['another amount', 3, (line) => put(line, 45, '9'), 'file.totals 10'],
    ['another opening balance', 2, (line) => put(line, 55, '9'), 'file.totals 10'],
    ['another closing balance', 10, (line) => put(line, 54, '9'), 'file.totals 10'],
    ['another account in record 8', 10, (line) => put(line, 4, 'BE43068999999501'), 'file.totals 10'],
    ['another number of records', 11, (line) => put(line, 21, '0'), 'file.totals 11'],
    ['another debit total', 11, (line) => put(line, 35, '9'), 'file.totals 11'],
    ['another credit total', 11, (line) => put(line, 50, '9'), 'file.totals 11'],
    ['a gap in the sequence numbers', 4, (line) => put(line, 2, '0003'), 'file.totals 4'],
    ['a detail number out of order', 4, (line) => put(line, 6, '0001'), 'file.totals 4'],
    ['a record 2.2 of another movement', 6, (line) => put(line, 2, '0002'), 'file.totals 6'],
    ['a record 3.1 of another movement', 8, (line) => put(line, 2, '0002'), 'file.totals 8'],
    ['neither the last statement nor one before others', 11, (line) => put(line, 127, '0'), 'file.format 11'],
    ['version 1', 1, (line) => put(line, 127, '1'), 'file.format 1'],
    ['a column too many', 4, (line) => `${line}0`, 'file.format 4'],
    ['letters in an amount', 4, (line) => put(line, 40, 'x'), 'file.format 4'],
    ['a tenth of a cent', 4, (line) => put(line, 46, '5'), 'file.format 4'],
    ['a sign that is none', 4, (line) => put(line, 31, '2'), 'file.format 4'],
    ['a day that does not exist', 4, (line) => put(line, 115, '310226'), 'file.format 4'],
    ['an unknown record', 4, (line) => put(line, 0, '7'), 'file.format 4'],
    ['an unknown article', 4, (line) => put(line, 0, '24'), 'file.format 4'],
    ['an unknown movement type', 4, (line) => put(line, 53, '4'), 'file.format 4'],
    ['a NUL character', 4, (line) => put(line, 70, '\0'), 'file.format 4'],
    ['an unknown account structure', 2, (line) => put(line, 1, '9'), 'file.format 2'],
  ])('%s', (_, line, change, expected) => {
    expect(refusal(withLine(text, line, change)).join(' ')).toBe(expected);
  });

  it('ends before its trailer', () => {
    const lines = text.split('\n');
    expect(refusal(lines.slice(0, 10).join('\n'))).toEqual(['file.truncated', 10]);
    expect(refusal(lines.slice(0, 5).join('\n'))).toEqual(['file.truncated', 5]);
    expect(refusal([...lines.slice(0, 10), ...lines].join('\n'))).toEqual(['file.truncated', 11]);
  });

  it('is cut between two statements', () => {
    const first = writeCoda(plain, { moreFollow: true });
    const lines = first.trimEnd().split('\n').length;
    expect(refusal(first)).toEqual(['file.truncated', lines]);
    expect(refusal(`${first}\n \n`)[0]).toBe('file.truncated');
    expect(refusal(first.trimEnd().slice(0, -1))).toEqual(['file.truncated', lines]);
  });

  it('is cut anywhere', () => {
    for (const length of [128, 140, 300, 400, 640, 1300, 1340]) {
      expect(refusal(text.slice(0, length))[0], `after ${length} characters`).toBe('file.truncated');
    }
  });

  it('is empty, or something else', () => {
    expect(refusal('')[0]).toBe('file.empty');
    expect(refusal('\n \n')[0]).toBe('file.empty');
    expect(refusal('name;amount\n')).toEqual(['file.format', 1]);
    expect(refusal('name;amount\na;1\n')).toEqual(['file.format', 1]);
  });

  it('loses any one of its lines', () => {
    const lines = text.split('\n').slice(0, 11);
    for (const missing of lines.keys()) {
      const [code] = refusal(lines.filter((_, index) => index !== missing).join('\n'));
      expect(['file.totals', 'file.format', 'file.truncated'], `without line ${missing + 1}`).toContain(code);
    }
  });
});

describe('any statement', () => {
  const word = fc.stringMatching(/^[A-Za-z0-9éèàç/+.-]{1,12}$/);
  const money = fc.integer({ min: -9_999_999_999, max: 9_999_999_999 });
  const someEntry = fc.record({
    amount: money,
    structuredCommunication: fc.option(fc.integer({ min: 0, max: 9_999_999_999 })),
    words: fc.array(word, { maxLength: 9 }),
    reversal: fc.boolean(),
    bankReference: fc.stringMatching(/^[A-Z1-9][A-Z0-9]{0,20}$/),
    day: fc.integer({ min: 1, max: 28 }),
    name: fc.option(word),
  });
  const some = fc.array(someEntry, { maxLength: 12 }).map((rows) => ({
    rows,
    entries: rows.map((row, index) =>
      entry(index + 1, row.amount, {
        structuredCommunication: row.structuredCommunication === null ? null : checked(row.structuredCommunication),
        freeText: row.words.join(' ').slice(0, 134).trim(),
        reversal: row.reversal,
        bankReference: row.bankReference,
        bookedOn: `2026-10-${String(row.day).padStart(2, '0')}`,
      }),
    ),
  }));

  function checked(counter: number): string {
    return String(counter).padStart(10, '0') + String(counter % 97 || 97).padStart(2, '0');
  }

  it('comes back as it was written', () => {
    fc.assert(
      fc.property(some, money, ({ rows, entries }, openingBalance) => {
        const written = statement(entries, { openingBalance });
        const names = Object.fromEntries(rows.flatMap(({ name }, index) => (name === null ? [] : [[index + 1, name]])));
        expect(readCoda(writeCoda(written, { names }))).toEqual([written]);
      }),
    );
  });

  it('has entries that add up to the change of its balance, however they are globalised', () => {
    fc.assert(
      fc.property(some, fc.nat(11), fc.nat(11), ({ entries }, one, other) => {
        const from = Math.min(one, other, entries.length - 1) + 1;
        const to = Math.min(Math.max(one, other) + 1, entries.length);
        const globalised = entries.length === 0 ? [] : [{ type: '1' as const, from, to }];
        const [read] = readCoda(writeCoda(statement(entries), { globalised }));
        const sum = read?.entries.reduce((total, { amount }) => total + amount, 0);
        expect(sum).toBe((read?.closingBalance ?? 0) - (read?.openingBalance ?? 0));
        expect(read?.entries.length).toBe(entries.length);
      }),
    );
  });

  it('is refused when one digit of an amount changes', () => {
    fc.assert(
      fc.property(
        some,
        fc.nat(),
        fc.integer({ min: 32, max: 45 }),
        fc.integer({ min: 1, max: 9 }),
        ({ entries }, which, column, more) => {
          fc.pre(entries.length > 0);
          const lines = writeCoda(statement(entries)).split('\n');
          const movements = lines.flatMap((line, index) => (line.startsWith('21') ? [index] : []));
          const changed = movements[which % movements.length] ?? 0;
          const line = lines[changed] ?? '';
          lines[changed] = put(line, column, String((Number(line[column]) + more) % 10));
          expect(refusal(lines.join('\n'))[0]).toBe('file.totals');
        },
      ),
    );
  });
});

describe('a file on disk', () => {
  let folder = '';
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'navette-coda-'));
  });
  afterAll(() => rm(folder, { recursive: true }));

  async function readAll(bytes: Buffer): Promise<BankStatement[]> {
    const path = join(folder, 'statement.cod');
    await writeFile(path, bytes);
    return collect(path);
  }

  async function collect(path: string): Promise<BankStatement[]> {
    const statements: BankStatement[] = [];
    for await (const one of readCodaFile(path)) statements.push(one);
    return statements;
  }

  const accents = statement([entry(1, 100, { freeText: 'société Gérard €' })]);

  it('is windows-1252, or has been made UTF-8 by an editor', async () => {
    const text = writeCoda(accents, { names: { 1: 'Zoë' } });
    expect(await readAll(Buffer.from(text.replaceAll('€', '\u0080'), 'latin1'))).toEqual([accents]);
    expect(await readAll(Buffer.from(text, 'utf8'))).toEqual([accents]);
    expect(await readAll(Buffer.from(`\ufeff${text}`, 'utf8'))).toEqual([accents]);
  });

  it('gives its statements one by one and then says that it was cut', async () => {
    const path = join(folder, 'cut.cod');
    await writeFile(path, writeCoda(plain, { moreFollow: true }) + writeCoda(plain).slice(0, 300), 'latin1');
    const statements = readCodaFile(path)[Symbol.asyncIterator]();
    expect((await statements.next()).value).toEqual(plain);
    await expect(statements.next()).rejects.toMatchObject({ code: 'file.truncated' });
  });

  it('may have ten thousand movements: the numbers go on with 0000', async () => {
    const many = statement(Array.from({ length: 10_500 }, (_, index) => entry(index + 1, index + 1)));
    expect(await readAll(Buffer.from(writeCoda(many), 'latin1'))).toEqual([many]);
  });

  it('is refused when it has no lines', async () => {
    await expect(readAll(Buffer.alloc(1_000_000, '0'))).rejects.toMatchObject({
      code: 'file.format',
      params: { line: 1 },
    });
  });

  it('tells that the file is not there', async () => {
    await expect(collect(join(folder, 'none'))).rejects.toMatchObject({ code: 'ENOENT' });
  });
});
