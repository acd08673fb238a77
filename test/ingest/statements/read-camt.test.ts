/** camt.053 read from disk: what counts as money, and what the payer wrote. */
import { describe, expect, it } from 'vitest';
import { writeCamt } from '../../support/camt.ts';
import { COMMUNICATION, changed, OTHER, openCamtFolder, plain, statement } from '../../support/camt-texts.ts';
import { entry } from '../../support/statements.ts';

const { read, refusal } = await openCamtFolder();

describe('a statement', () => {
  it.each(['02', '08'] as const)('of version %s comes back as it was written', async (version) => {
    expect(await read(writeCamt(plain, { version, summary: true }))).toEqual([plain]);
  });

  it('may have prefixed names, no declaration, a byte order mark, comments, or no line ends', async () => {
    const text = writeCamt(plain);
    const oneLine = text.replace(/>\s+</g, '><').trim();
    for (const form of [
      writeCamt(plain, { prefix: 'ns2' }),
      text.slice(text.indexOf('<Document')),
      `\ufeff${text}`,
      changed(text, '</GrpHdr>', '</GrpHdr><!-- none -->'),
      oneLine,
    ]) {
      expect(await read(form)).toEqual([plain]);
    }
    expect(oneLine).not.toContain('\n');
  });

  it('is decoded as it declares', async () => {
    const accents = statement([entry(1, 100, { freeText: 'société Gérard' })]);
    const latin = writeCamt(accents, { prologue: '<?xml version="1.0" encoding="ISO-8859-1"?>' });
    expect(await read(Buffer.from(latin, 'latin1'))).toEqual([accents]);
    const wide = writeCamt(accents, { prologue: '<?xml version="1.0" encoding="UTF-16"?>' });
    expect(await read(Buffer.from(`\ufeff${wide}`, 'utf16le'))).toEqual([accents]);
    expect(await refusal(Buffer.from(writeCamt(accents), 'latin1'))).toMatch(/^file\.encoding \d+$/);
  });

  it('is one of several in a file, may be a copy, empty, overdrawn or in another currency', async () => {
    const all = [
      plain,
      statement([], { statementNumber: '215', duplicate: true }),
      statement([entry(1, -1, { currency: 'USD' })], { statementNumber: '216', openingBalance: -250, currency: 'USD' }),
    ];
    expect(await read(writeCamt(all))).toEqual(all);
  });

  it('without a number goes by its name, and a page after the first is one of its own', async () => {
    const named = statement([], { statementNumber: 'Id S-1' });
    expect(await read(writeCamt(named))).toEqual([named]);
    const paged = changed(
      writeCamt(plain),
      '</ElctrncSeqNb>',
      '</ElctrncSeqNb><StmtPgntn><PgNb>2</PgNb><LastPgInd>true</LastPgInd></StmtPgntn>',
    );
    expect((await read(paged))[0]?.statementNumber).toBe('214/2');
    const interim = changed(changed(paged, 'OPBD', 'ITBD'), 'CLBD', 'ITBD');
    expect((await read(interim))[0]).toMatchObject({ openingBalance: 100_000, closingBalance: 107_345 });
  });

  it('may carry its opening balance over from the one before, and other balances beside', async () => {
    const text = changed(writeCamt(plain), 'OPBD', 'PRCD');
    const available =
      '<Bal><Tp><CdOrPrtry><Cd>CLAV</Cd></CdOrPrtry></Tp><Amt Ccy="EUR">1.00</Amt><CdtDbtInd>CRDT</CdtDbtInd><Dt><Dt>2026-11-05</Dt></Dt></Bal>';
    expect(await read(changed(text, '<Ntry>', `${available}<Ntry>`))).toEqual([plain]);
  });
});

describe('an entry', () => {
  it('that is pending, to come, or for information is no money', async () => {
    const pending = [entry(9, 999, { structuredCommunication: COMMUNICATION })];
    const text = writeCamt(plain, { pending, summary: true });
    for (const status of ['PDNG', 'FUTR', 'INFO']) expect(await read(text.replace('PDNG', status))).toEqual([plain]);
    expect(await read(writeCamt(plain, { version: '02', pending }))).toEqual([plain]);
    expect(await refusal(text.replace('PDNG', 'OTHR'))).toMatch(/^file\.format \d+$/);
  });

  it('without a booking day has that of the statement, without a value day its own', async () => {
    const text = changed(changed(writeCamt(plain), /<BookgDt>.*?<\/BookgDt>/, ''), /<ValDt>.*?<\/ValDt>/, '');
    expect((await read(text))[0]?.entries[0]).toMatchObject({ bookedOn: '2026-11-05', valueOn: '2026-11-05' });
  });

  it('may give its day with a time', async () => {
    const text = changed(
      writeCamt(plain),
      '<BookgDt><Dt>2026-11-05</Dt>',
      '<BookgDt><DtTm>2026-11-05T23:30:00+01:00</DtTm>',
    );
    expect(await read(text)).toEqual([plain]);
  });

  it.each([
    ['<RvslInd>1</RvslInd>', true],
    ['<RvslInd>false</RvslInd>', false],
  ])('with %s is a reversal: %s', async (indicator, expected) => {
    const text = changed(writeCamt(plain), '<RvslInd>true</RvslInd>', indicator);
    expect((await read(text))[0]?.entries[3]?.reversal).toBe(expected);
  });

  it.each(['RRTN', 'RPCR', 'UPDD'])('of sub-family %s is a reversal', async (code) => {
    expect((await read(changed(writeCamt(plain), 'ESCT', code)))[0]?.entries[0]?.reversal).toBe(true);
  });

  it('with return information is a reversal', async () => {
    const text = changed(writeCamt(plain), '</TxDtls>', '<RtrInf><Rsn><Cd>AC04</Cd></Rsn></RtrInf></TxDtls>');
    expect((await read(text))[0]?.entries[0]?.reversal).toBe(true);
  });

  it.each(['NOTPROVIDED', 'NONREF', '000'])('whose reference is %s has none', async (none) => {
    const text = writeCamt(plain).replaceAll('REF1<', `${none}<`);
    expect((await read(text))[0]?.entries[0]?.bankReference).toBe('');
  });

  it('of another currency than the account is kept, and counts in no balance', async () => {
    const foreign = { ...plain, entries: [...plain.entries, entry(5, 4_000, { currency: 'USD' })] };
    expect(await read(writeCamt(foreign))).toEqual([foreign]);
  });
});

describe('a communication', () => {
  async function first(information: string) {
    const text = writeCamt(statement([entry(1, 100)]));
    const [read1] = await read(changed(text, '</TxDtls>', `<RmtInf>${information}</RmtInf></TxDtls>`));
    const { structuredCommunication, freeText } = read1?.entries[0] ?? {};
    return [structuredCommunication, freeText];
  }
  const reference = (ref: string, type = '<Tp><CdOrPrtry><Cd>SCOR</Cd></CdOrPrtry><Issr>BBA</Issr></Tp>') =>
    `<Strd><CdtrRefInf>${type}<Ref>${ref}</Ref></CdtrRefInf></Strd>`;

  it('is structured when BBA issued it and its check digits are right, leading zeros kept', async () => {
    expect(await first(reference(OTHER))).toEqual([OTHER, '']);
    expect(await first(reference('+++123/4567/89002+++'))).toEqual([COMMUNICATION, '']);
    expect(await first(reference(OTHER, ''))).toEqual([OTHER, '']);
    expect(await first(reference(OTHER, '<Tp><CdOrPrtry><Prtry>OGM</Prtry></CdOrPrtry><Issr>BBA</Issr></Tp>'))).toEqual(
      [OTHER, ''],
    );
  });

  it('of another issuer or with wrong check digits is text', async () => {
    expect(await first(reference('123456789003'))).toEqual([null, '123456789003']);
    expect(
      await first(reference('RF18539007547034', '<Tp><CdOrPrtry><Cd>SCOR</Cd></CdOrPrtry><Issr>ISO</Issr></Tp>')),
    ).toEqual([null, 'RF18539007547034']);
    expect(
      await first(reference(COMMUNICATION, '<Tp><CdOrPrtry><Cd>SCOR</Cd></CdOrPrtry><Issr>CUR</Issr></Tp>')),
    ).toEqual([null, COMMUNICATION]);
  });

  it("is text that may be in several parts, with the bank's own words only when there is no other", async () => {
    expect(await first('<Ustrd>facture\n  de</Ustrd><Ustrd>novembre</Ustrd>')).toEqual([null, 'facture de novembre']);
    expect(await first(`${reference(OTHER)}<Strd><AddtlRmtInf>merci</AddtlRmtInf></Strd>`)).toEqual([OTHER, 'merci']);
    const text = writeCamt(statement([entry(1, 100), entry(2, 100, { freeText: 'own' })]));
    const told = text.replaceAll('</Ntry>', '<AddtlNtryInf>VIREMENT 000/0000/00101</AddtlNtryInf></Ntry>');
    expect((await read(told))[0]?.entries.map(({ freeText }) => freeText)).toEqual(['VIREMENT 000/0000/00101', 'own']);
  });

  it('is left to the text when there are two', async () => {
    expect(await first(reference(OTHER) + reference(COMMUNICATION))).toEqual([null, `${OTHER} ${COMMUNICATION}`]);
    expect(await first(reference(OTHER) + reference(OTHER))).toEqual([OTHER, '']);
  });
});

describe('a batch', () => {
  const batches = [{ from: 1, to: 3 }];
  const three = statement([
    entry(1, 500, { structuredCommunication: COMMUNICATION }),
    entry(2, 700, { freeText: 'deux' }),
    entry(3, -100),
    entry(4, 900),
  ]);

  it.each(['02', '08'] as const)('of version %s counts by its transactions', async (version) => {
    const credits = { ...three, entries: three.entries.map((one) => ({ ...one, amount: Math.abs(one.amount) })) };
    const sums = { ...credits, closingBalance: credits.openingBalance + 2_200 };
    expect(await read(writeCamt(sums, { version, batches, summary: true }))).toEqual([sums]);
  });

  it('may have transactions of the other sign', async () => {
    expect(await read(writeCamt(three, { batches }))).toEqual([three]);
  });

  it('counts as one amount when its transactions have none, or do not add up', async () => {
    const total = (await read(writeCamt(three, { batches: [{ from: 1, to: 3, total: true }] })))[0];
    expect(total?.entries).toMatchObject([
      { sequence: 1, amount: 1_100, structuredCommunication: COMMUNICATION, freeText: 'deux', bankReference: '' },
      { sequence: 2, amount: 900 },
    ]);
    const short = changed(writeCamt(three, { batches }), '<Amt Ccy="EUR">7.00', '<Amt Ccy="EUR">6.99');
    expect((await read(short))[0]?.entries.map(({ amount }) => amount)).toEqual([1_100, 900]);
    const foreign = changed(writeCamt(three, { batches }), '<Amt Ccy="EUR">7.00', '<Amt Ccy="USD">7.00');
    expect((await read(foreign))[0]?.entries.map(({ amount }) => amount)).toEqual([1_100, 900]);
  });

  it('may be counted in the summary by its transactions', async () => {
    const text = writeCamt(three, { batches, summary: true });
    expect(await read(changed(text, '<NbOfNtries>2<', '<NbOfNtries>4<'))).toEqual([three]);
    expect(await refusal(changed(text, '<NbOfNtries>2<', '<NbOfNtries>3<'))).toMatch(/^file\.totals \d+$/);
  });
});
