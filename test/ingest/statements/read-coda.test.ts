/** What CODA files say: statements, communications, globalised amounts and money that goes back. */
import { describe, expect, it } from 'vitest';
import { readCoda } from '../../../src/ingest/statements/read-coda.ts';
import { record, writeCoda } from '../../support/coda.ts';
import { COMMUNICATION, plain, put, refusal, statement, withLine } from '../../support/coda-lines.ts';
import { entry } from '../../support/statements.ts';

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
