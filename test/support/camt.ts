/** Writes camt.053 files as Belgian banks do: version 02 or 08, balances, entries, batches, summaries. */
import type { BankEntry, BankStatement, Cents } from '../../src/model.ts';

export interface CamtOptions {
  /** default `08` */
  readonly version?: '02' | '08';
  /** consecutive entries to write as the transactions of one entry; `total`: their amounts are left out */
  readonly batches?: readonly { readonly from: number; readonly to: number; readonly total?: boolean }[];
  /** pending entries, whose amounts are in no balance */
  readonly pending?: readonly BankEntry[];
  readonly summary?: boolean;
  /** XML put in front of the root element */
  readonly prologue?: string;
  /** prefix of all element names */
  readonly prefix?: string;
}

/** The statements as the text of one file. */
export function writeCamt(statement: BankStatement | readonly BankStatement[], options: CamtOptions = {}): string {
  const list = [statement].flat();
  const version = options.version ?? '08';
  const lines = [
    `<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.${version}">`,
    ' <BkToCstmrStmt>',
    '  <GrpHdr><MsgId>NAVETTE-1</MsgId><CreDtTm>2026-12-04T18:00:00+01:00</CreDtTm></GrpHdr>',
    ...list.flatMap((statement) => statementLines(statement, options)),
    ' </BkToCstmrStmt>',
    '</Document>',
  ];
  const head = options.prologue ?? '<?xml version="1.0" encoding="UTF-8"?>';
  const text = `${head}\n${lines.join('\n')}\n`;
  return options.prefix === undefined ? text : prefixed(text, options.prefix);
}

function statementLines(statement: BankStatement, options: CamtOptions): string[] {
  const { account, currency, openingBalance, closingBalance, closingDate, statementNumber, duplicate } = statement;
  const number = /^\d+$/.test(statementNumber) ? `<ElctrncSeqNb>${Number(statementNumber)}</ElctrncSeqNb>` : '';
  const bookings = bookingsOf(statement.entries, options);
  const lines = [
    '<Stmt>',
    ` <Id>${number === '' ? statementNumber.replace(/^Id /, '') : `STMT-${statementNumber}`}</Id>${number}`,
    ` <CreDtTm>${closingDate}T18:00:00+01:00</CreDtTm>`,
    ...(duplicate ? [' <CpyDplctInd>DUPL</CpyDplctInd>'] : []),
    ` <Acct><Id><IBAN>${account}</IBAN></Id><Ccy>${currency}</Ccy></Acct>`,
    balance('OPBD', openingBalance, currency, closingDate),
    balance('CLBD', closingBalance, currency, closingDate),
    ...(options.summary === true ? [summary(bookings)] : []),
    ...bookings.flatMap((booking) => bookingLines(booking, 'BOOK', options)),
    ...(options.pending ?? []).flatMap((entry) => bookingLines({ entries: [entry] }, 'PDNG', options)),
    '</Stmt>',
  ];
  return lines.map((line) => `  ${line}`);
}

interface Booking {
  readonly entries: readonly BankEntry[];
  readonly total?: boolean;
}

function bookingsOf(entries: readonly BankEntry[], { batches = [] }: CamtOptions): Booking[] {
  return entries.flatMap((entry): Booking[] => {
    const batch = batches.find(({ from, to }) => entry.sequence >= from && entry.sequence <= to);
    if (batch === undefined) return [{ entries: [entry] }];
    if (entry.sequence > batch.from) return [];
    return [{ entries: entries.slice(batch.from - 1, batch.to), total: batch.total === true }];
  });
}

function bookingLines({ entries, total = false }: Booking, status: string, options: CamtOptions): string[] {
  const [first] = entries;
  if (first === undefined) return [];
  const version = options.version ?? '08';
  const amount = sum(entries);
  const details =
    entries.length === 1
      ? [transaction(first, { version, amount: false })]
      : entries.map((entry) => transaction(entry, { version, amount: !total }));
  return [
    '<Ntry>',
    ` <Amt Ccy="${first.currency}">${decimal(amount)}</Amt><CdtDbtInd>${amount < 0 ? 'DBIT' : 'CRDT'}</CdtDbtInd>`,
    ...(first.reversal ? [' <RvslInd>true</RvslInd>'] : []),
    ` <Sts>${version === '08' ? `<Cd>${status}</Cd>` : status}</Sts>`,
    ` <BookgDt><Dt>${first.bookedOn}</Dt></BookgDt><ValDt><Dt>${first.valueOn}</Dt></ValDt>`,
    ...(entries.length > 1 || first.bankReference === ''
      ? []
      : [` <AcctSvcrRef>${escaped(first.bankReference)}</AcctSvcrRef>`]),
    ' <BkTxCd><Domn><Cd>PMNT</Cd><Fmly><Cd>RCDT</Cd><SubFmlyCd>ESCT</SubFmlyCd></Fmly></Domn></BkTxCd>',
    ' <NtryDtls>',
    ...(entries.length > 1 ? [`  <Btch><NbOfTxs>${entries.length}</NbOfTxs></Btch>`] : []),
    ...details.map((line) => `  ${line}`),
    ' </NtryDtls>',
    '</Ntry>',
  ].map((line) => ` ${line}`);
}

function transaction(entry: BankEntry, { version, amount }: { version: string; amount: boolean }): string {
  const { structuredCommunication, freeText, bankReference, currency } = entry;
  const money = `<Amt Ccy="${currency}">${decimal(entry.amount)}</Amt>`;
  const inDetails =
    version === '08'
      ? `${money}<CdtDbtInd>${entry.amount < 0 ? 'DBIT' : 'CRDT'}</CdtDbtInd>`
      : `<AmtDtls><TxAmt>${money}</TxAmt></AmtDtls>`;
  const structured =
    structuredCommunication === null
      ? ''
      : `<Strd><CdtrRefInf><Tp><CdOrPrtry><Cd>SCOR</Cd></CdOrPrtry><Issr>BBA</Issr></Tp><Ref>${structuredCommunication}</Ref></CdtrRefInf></Strd>`;
  const typed = freeText === '' ? '' : `<Ustrd>${escaped(freeText)}</Ustrd>`;
  const information = typed + structured;
  return [
    '<TxDtls>',
    `<Refs>${bankReference === '' ? '' : `<AcctSvcrRef>${escaped(bankReference)}</AcctSvcrRef>`}<EndToEndId>NOTPROVIDED</EndToEndId></Refs>`,
    amount ? inDetails : '',
    '<RltdPties><Dbtr><Nm>BRASSERIE DU PARC</Nm></Dbtr></RltdPties>',
    information === '' ? '' : `<RmtInf>${information}</RmtInf>`,
    '</TxDtls>',
  ].join('');
}

function balance(code: string, amount: Cents, currency: string, day: string): string {
  const sign = amount < 0 ? 'DBIT' : 'CRDT';
  return ` <Bal><Tp><CdOrPrtry><Cd>${code}</Cd></CdOrPrtry></Tp><Amt Ccy="${currency}">${decimal(amount)}</Amt><CdtDbtInd>${sign}</CdtDbtInd><Dt><Dt>${day}</Dt></Dt></Bal>`;
}

function summary(bookings: readonly Booking[]): string {
  const amounts = bookings.map(({ entries }) => sum(entries));
  const side = (name: string, some: readonly Cents[]) =>
    `<${name}><NbOfNtries>${some.length}</NbOfNtries><Sum>${decimal(some.reduce((total, amount) => total + Math.abs(amount), 0))}</Sum></${name}>`;
  const credits = amounts.filter((amount) => amount >= 0);
  const debits = amounts.filter((amount) => amount < 0);
  return ` <TxsSummry>${side('TtlNtries', amounts)}${side('TtlCdtNtries', credits)}${side('TtlDbtNtries', debits)}</TxsSummry>`;
}

function sum(entries: readonly BankEntry[]): Cents {
  return entries.reduce((total, { amount }) => total + amount, 0);
}

function decimal(amount: Cents): string {
  const digits = String(Math.abs(amount)).padStart(3, '0');
  return `${digits.slice(0, -2)}.${digits.slice(-2)}`;
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

function prefixed(text: string, prefix: string): string {
  return text.replace(/<(\/?)(?=[A-Z])/g, `<$1${prefix}:`).replace(' xmlns=', ` xmlns:${prefix}=`);
}
