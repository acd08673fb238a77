/** CODA files that are cut or wrong are refused at their line; any other comes back as it was written, also from disk. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readCoda, readCodaFile } from '../../../src/ingest/statements/read-coda.ts';
import type { BankStatement } from '../../../src/model.ts';
import { writeCoda } from '../../support/coda.ts';
import { plain, put, refusal, statement, withLine } from '../../support/coda-lines.ts';
import { entry } from '../../support/statements.ts';

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
