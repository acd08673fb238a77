/** camt.053 that is cut or wrong is refused at its line; any other comes back as it was written. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FileError } from '../../../src/errors.ts';
import { readCamtFile } from '../../../src/ingest/statements/read-camt.ts';
import { writeCamt } from '../../support/camt.ts';
import { COMMUNICATION, changed, lineOf, openCamtFolder, plain, statement } from '../../support/camt-texts.ts';
import { entry } from '../../support/statements.ts';

const { folder, read, refusal } = await openCamtFolder();

describe('a file that cannot be trusted', () => {
  const text = writeCamt(plain, { summary: true });

  it.each<[what: string, from: string | RegExp, to: string, code: string, at: string]>([
    ['another amount', '123.45', '123.46', 'file.totals', '</Stmt>'],
    ['another sign', 'CRDT</CdtDbtInd>\n', 'DBIT</CdtDbtInd>\n', 'file.totals', '</Stmt>'],
    ['another opening balance', '1000.00', '1000.01', 'file.totals', '</Stmt>'],
    ['another number of entries', '<NbOfNtries>4', '<NbOfNtries>5', 'file.totals', '<TxsSummry>'],
    ['another sum', '<Sum>130.45', '<Sum>130.44', 'file.totals', '<TxsSummry>'],
    ['another currency', 'Ccy="EUR">123.45', 'Ccy="USD">123.45', 'file.totals', '</Stmt>'],
    ['no closing balance', 'CLBD', 'CLAV', 'file.format', '</Stmt>'],
    ['no account', /<Acct>.*<\/Acct>/, '', 'file.format', '</Stmt>'],
    ['another account currency', '<Ccy>EUR', '<Ccy>USD', 'file.format', '</Stmt>'],
    ['letters in an amount', '123.45', '12x.45', 'file.format', '12'],
    ['a tenth of a cent', '123.45', '123.451', 'file.format', '123.45'],
    ['a negative amount', '123.45', '-123.45', 'file.format', '123.45'],
    ['an absurd amount', '123.45', '12345678901234.00', 'file.format', '123.45'],
    ['no currency', ' Ccy="EUR">123.45', '>123.45', 'file.format', '123.45'],
    ['an unknown sign', 'CRDT</CdtDbtInd>\n', 'KRDT</CdtDbtInd>\n', 'file.format', '<Ntry>'],
    ['a day that does not exist', '<BookgDt><Dt>2026-11-05', '<BookgDt><Dt>2026-02-30', 'file.format', '<BookgDt>'],
    ['letters in its number', '<ElctrncSeqNb>214', '<ElctrncSeqNb>2l4', 'file.format', '</Stmt>'],
    ['a DOCTYPE', '<Document', '<!DOCTYPE Document [<!ENTITY x "1">]>\n<Document', 'file.format', '<Document'],
    ['an unknown entity', '123.45', '&x;', 'file.format', '123.45'],
    ['a wrong end tag', '</Amt>', '</Amx>', 'file.format', '</Amt>'],
    ['a balance in an entry', '<Ntry>', '<Ntry><Bal><Amt Ccy="EUR">1.00</Amt></Bal>', 'file.format', '<Ntry>'],
    ['an entry in an entry', '<NtryDtls>', '<Ntry></Ntry><NtryDtls>', 'file.format', '<NtryDtls>'],
    ['a statement in a statement', '<Ntry>', '<Stmt></Stmt><Ntry>', 'file.format', '<Ntry>'],
    ['two amounts of one entry', '123.45</Amt>', '123.45</Amt><Amt Ccy="EUR">1.00</Amt>', 'file.format', '123.45'],
    ['two amounts of one balance', '1000.00</Amt>', '1000.00</Amt><Amt Ccy="EUR">1.00</Amt>', 'file.format', '1000.00'],
    ['another version', 'camt.053.001.08', 'camt.053.001.13', 'file.format', '<Document'],
    ['another message', 'camt.053.001.08', 'camt.052.001.08', 'file.format', '<Document'],
    ['another root', /Document/g, 'Envelope', 'file.format', '<Document'],
  ])('%s', async (_, from, to, code, at) => {
    const found = await refusal(changed(text, from, to));
    expect(found.split(' ').slice(0, 2)).toEqual([code, String(lineOf(text, at === '12' ? '123.45' : at))]);
  });

  it('says what it is instead', async () => {
    expect(await refusal(text.replace('camt.053.001.08', 'camt.052.001.08'))).toBe('file.format 2 camt.052.001.08');
    expect(await refusal(text.replace('<Document', '<!DOCTYPE x><Document'))).toBe('file.format 2 doctype');
    expect(await refusal('0000004122653905')).toMatch(/^file\.format 1/);
    expect(await refusal('')).toMatch(/^file\.format/);
  });

  it('is cut anywhere', async () => {
    const start = text.indexOf('<Document') + 70;
    const end = text.lastIndexOf('</Document>') + 10;
    for (let length = start; length <= end; length += 37) {
      const [code, line] = (await refusal(text.slice(0, length))).split(' ');
      expect(['file.truncated', 'file.format'], `after ${length} characters`).toContain(code);
      expect(Number(line)).toBeGreaterThan(0);
    }
    expect(await refusal(text.slice(0, end - 30))).toMatch(/^file\.truncated/);
  });

  it('has no statement', async () => {
    expect(await refusal(text.replace(/<Stmt>[\s\S]*<\/Stmt>/, ''))).toBe('file.empty');
  });

  it('gives what came before the fault, so that nothing may be stored before its end', async () => {
    const path = join(folder, 'two.xml');
    await writeFile(path, writeCamt([plain, plain]).slice(0, -400));
    const statements = readCamtFile(path)[Symbol.asyncIterator]();
    expect((await statements.next()).value).toEqual(plain);
    await expect(statements.next()).rejects.toBeInstanceOf(FileError);
  });
});

describe('any statement', () => {
  const some = fc.array(
    fc.record({
      amount: fc.integer({ min: -9_999_999_999, max: 9_999_999_999 }),
      structured: fc.boolean(),
      freeText: fc.stringMatching(/^[A-Za-z0-9éèàç<&>"'+./-]{0,30}$/),
      reversal: fc.boolean(),
      bankReference: fc.stringMatching(/^(?:[A-Z1-9][A-Z0-9]{0,20})?$/),
    }),
    { maxLength: 12 },
  );

  it('comes back as it was written, in either version', async () => {
    await fc.assert(
      fc.asyncProperty(
        some,
        fc.constantFrom('02' as const, '08' as const),
        fc.boolean(),
        async (rows, version, summary) => {
          const written = statement(
            rows.map(({ structured, ...row }, index) =>
              entry(index + 1, row.amount, { ...row, structuredCommunication: structured ? COMMUNICATION : null }),
            ),
          );
          expect(await read(writeCamt(written, { version, summary }))).toEqual([written]);
        },
      ),
      { numRuns: 60 },
    );
  });
});
