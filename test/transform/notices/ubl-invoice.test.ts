/** E-invoices of random orders, parsed back: they break no rule, and every cent is there. Long because one sample of orders feeds every check. */
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { loadMessages } from '../../../src/messages.ts';
import { LANGUAGES } from '../../../src/model.ts';
import { type EInvoiceFacts, eInvoiceDocuments, type VatStrategy } from '../../../src/transform/notices/e-invoice.ts';
import { ublInvoice } from '../../../src/transform/notices/ubl-invoice.ts';
import { type CostLine, priceOrder } from '../../../src/transform/orders/costs.ts';
import { makeStructuredCommunication } from '../../../src/transform/values/structured-communication.ts';
import { brokenRules, centsOf, EN16931_RULES, PEPPOL_RULES, SCHEMA_RULES } from '../../support/en16931-rules.ts';
import { fuzzRuns } from '../../support/fuzz-runs.ts';
import { inventEnterpriseNumber } from '../../support/people.ts';
import { all, parseXml, textAt, type XmlNode } from '../../support/xml-tree.ts';

const messages = loadMessages(join(import.meta.dirname, '../../../config/messages'));
const textsOf = ({ language }: EInvoiceFacts) => ({
  ...messages[language].eInvoice,
  fees: messages[language].notice.labels,
});
const write = (facts: EInvoiceFacts, strategy: VatStrategy): XmlNode[] =>
  eInvoiceDocuments(facts, strategy, textsOf(facts)).map((document) => parseXml(ublInvoice(document)));
const STRATEGIES = ['exempt-line', 'split-documents'] as const;

const SELLER = {
  name: 'Navette & Cie “Vouchers”',
  enterpriseNumber: '0417497106',
  vatNumber: 'BE 0417.497.106',
  address: 'Rue de la Loi 1, 1000 Bruxelles',
  iban: 'BE68 5390 0754 7034',
  bic: 'GKCCBEBB',
  email: 'orders@navette.example',
};

const vouchers = fc.uniqueArray(
  fc.record({
    period: fc.constantFrom('2026-09', '2026-10', '2026-11'),
    faceValue: fc.integer({ min: 109, max: 1000 }),
    quantity: fc.integer({ min: -40, max: 400 }).filter((quantity) => quantity !== 0),
  }),
  { maxLength: 5, selector: ({ period, faceValue }) => `${period} ${faceValue}` },
);
const fees = fc.record(
  {
    service: fc.oneof(
      fc.constantFrom({ percent: '3' }, { percent: '1.25' }, { fixed: 1999 }),
      fc.record({ perVoucher: fc.integer({ min: 1, max: 99 }) }),
      fc.record({ perBeneficiary: fc.integer({ min: 1, max: 999 }) }),
    ),
    cardProduction: fc.integer({ min: 1, max: 999 }),
    cardDelivery: fc.integer({ min: 1, max: 999 }),
  },
  { requiredKeys: [] },
);
const line = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 40 }).map((text) => `x ${text}`);

interface RandomOrder {
  readonly invoices: readonly EInvoiceFacts[];
  readonly creditNote: EInvoiceFacts;
}

/** The invoices of one cost center of an order, priced by the code that prices orders, and the credit note of all of them. */
const orders: fc.Arbitrary<RandomOrder> = fc
  .record({
    vouchers,
    fees,
    cards: fc.array(fc.constantFrom(null, 1, 2), { maxLength: 5 }),
    people: fc.integer({ min: 1, max: 30 }),
    cardInvoice: fc.constantFrom('together' as const, 'separate' as const),
    language: fc.constantFrom(...LANGUAGES),
    employer: line,
    reference: line,
    costCenterLabel: fc.option(line),
    number: fc.integer({ min: 1, max: 999_999 }),
  })
  .map((random) => {
    const faceValueTotal = random.vouchers.reduce((sum, { quantity, faceValue }) => sum + quantity * faceValue, 0);
    const netVouchers = random.vouchers.reduce((sum, { quantity }) => sum + quantity, 0);
    const priced =
      faceValueTotal < 0
        ? []
        : priceOrder(
            {
              fees: random.fees,
              cardInvoice: random.cardInvoice,
              costCenters: [{ costCenter: 1, faceValueTotal, netVouchers, people: random.people }],
              cards: random.cards.map((deliveryPoint) => ({ costCenter: 1, deliveryPoint })),
            },
            '21',
          );
    const common = {
      language: random.language,
      issuedOn: '2026-12-05',
      dueOn: '2026-12-19',
      reference: random.reference,
      costCenterLabel: random.costCenterLabel,
      seller: SELLER,
      buyer: {
        name: random.employer,
        enterpriseNumber: inventEnterpriseNumber(random.number),
        address:
          random.costCenterLabel === null
            ? null
            : { street: 'Rue Neuve 1', postalCode: '1000', city: 'Bruxelles', country: 'BE' },
      },
      productName: 'Chèque-repas',
      vatPercent: '21',
    };
    const invoices = priced.map(
      (invoice, index): EInvoiceFacts => ({
        ...common,
        ...invoice,
        kind: 'invoice',
        number: `2026-${String(random.number + index).padStart(6, '0')}`,
        vouchers: invoice.kind === 'card' ? [] : random.vouchers,
        fees: invoice.lines,
        structuredCommunication: makeStructuredCommunication(random.number + index),
        credited: [],
      }),
    );
    const minus = (of: (invoice: EInvoiceFacts) => number) => invoices.reduce((sum, invoice) => sum - of(invoice), 0);
    const negated = (cost: CostLine) => ({ ...cost, amount: -cost.amount });
    const creditNote: EInvoiceFacts = {
      ...common,
      kind: 'credit-note',
      number: `CN2026-${String(random.number).padStart(6, '0')}`,
      vouchers: random.vouchers,
      fees: priced.flatMap((invoice) => invoice.lines.map(negated)),
      faceValueTotal: minus((one) => one.faceValueTotal),
      feeTotal: minus((one) => one.feeTotal),
      vatTotal: minus((one) => one.vatTotal),
      total: minus((one) => one.total),
      structuredCommunication: null,
      credited: invoices,
    };
    return { invoices, creditNote };
  })
  .filter(({ invoices }) => invoices.length > 0);

const random = fc.sample(orders, { numRuns: fuzzRuns(500), seed: 16_931 });

describe.each(STRATEGIES)('random orders, %s', (strategy) => {
  const written = random.flatMap(({ invoices, creditNote }) =>
    [...invoices, creditNote].map((facts) => ({ facts, documents: write(facts, strategy) })),
  );

  test('no rule is broken', () => {
    const broken = written.flatMap(({ documents }) => documents.flatMap(brokenRules));
    expect([written.length > 2 * random.length, broken]).toEqual([true, []]);
  });

  test('every document parses back to the same cents', () => {
    for (const { facts, documents } of written) {
      const sum = (path: string) =>
        documents.reduce(
          (cents, document) => all(document, path).reduce((more, node) => more + centsOf(node.text), cents),
          0,
        );
      expect({
        total: sum('cac:LegalMonetaryTotal/cbc:PayableAmount'),
        net: sum('cac:LegalMonetaryTotal/cbc:TaxExclusiveAmount'),
        tax: sum('cac:TaxTotal/cbc:TaxAmount'),
      }).toEqual({
        total: Math.abs(facts.total),
        net: Math.abs(facts.faceValueTotal + facts.feeTotal),
        tax: Math.abs(facts.vatTotal),
      });
    }
  });

  test('buyer, reference, communication and account are those of the invoice', () => {
    for (const { facts, documents } of written) {
      for (const document of documents) {
        const digits = facts.structuredCommunication;
        const told = digits && `+++${digits.slice(0, 3)}/${digits.slice(3, 7)}/${digits.slice(7)}+++`;
        expect(textAt(document, 'cac:PaymentMeans/cbc:PaymentID')).toBe(told);
        expect(textAt(document, 'cac:PaymentMeans/cac:PayeeFinancialAccount/cbc:ID')).toBe(
          digits && 'BE68539007547034',
        );
        expect(textAt(document, 'cac:AccountingCustomerParty/cac:Party/cbc:EndpointID')).toBe(
          facts.buyer.enterpriseNumber,
        );
        expect(textAt(document, 'cbc:BuyerReference')).toMatch(/^x/);
      }
      const numbers = documents.map((document) => textAt(document, 'cbc:ID'));
      expect(numbers).toEqual(numbers.length === 1 ? [facts.number] : [`${facts.number}-V`, `${facts.number}-F`]);
    }
  });

  test('a credit note names every document that it takes back, and no other', () => {
    for (const { invoices, creditNote } of random) {
      const made = invoices.flatMap((facts) => write(facts, strategy).map((document) => textAt(document, 'cbc:ID')));
      const named = write(creditNote, strategy).flatMap((document) =>
        all(document, 'cac:BillingReference/cac:InvoiceDocumentReference/cbc:ID').map((node) => node.text),
      );
      expect(named.toSorted()).toEqual(made.toSorted());
    }
  });
});

describe('each rule sees what it is about', () => {
  const [both] = random.flatMap(({ invoices }) => invoices).filter((one) => one.faceValueTotal > 0 && one.feeTotal > 0);
  const exempt = () => ublInvoice(documentOf('exempt-line'));
  const outside = () => ublInvoice(documentOf('split-documents'));
  function documentOf(strategy: VatStrategy) {
    const [first] = both === undefined ? [] : eInvoiceDocuments(both, strategy, textsOf(both));
    if (first === undefined) throw new Error('There is an order with vouchers and fees.');
    return first;
  }
  const vatNumber = /<cac:PartyTaxScheme>.*?<\/cac:PartyTaxScheme>/s;

  test.each<[string, () => string, RegExp, string]>([
    ['BR-02', exempt, /<cbc:ID>2026[^<]*<\/cbc:ID>/, ''],
    ['BR-11', exempt, /(AccountingCustomerParty>.*?)<cac:Country>.*?<\/cac:Country>/s, '$1'],
    ['BR-27', exempt, /(<cbc:PriceAmount[^>]*>)/, '$1-'],
    ['BR-61', exempt, /<cac:PayeeFinancialAccount>.*<\/cac:PayeeFinancialAccount>/s, ''],
    ['BR-CO-10', exempt, /(<cbc:LineExtensionAmount[^>]*>)/, '$11'],
    ['BR-CO-15', exempt, /(<cbc:TaxInclusiveAmount[^>]*>)/, '$11'],
    ['BR-CO-17', exempt, /(<cbc:Percent>)21/, '$16'],
    ['BR-CO-25', exempt, /<cbc:DueDate>.*<\/cbc:DueDate>/, ''],
    ['BR-S-02', exempt, vatNumber, ''],
    ['BR-E-02', exempt, vatNumber, ''],
    ['BR-E-10', exempt, /<cbc:TaxExemptionReason>.*<\/cbc:TaxExemptionReason>/, ''],
    [
      'BR-O-02',
      outside,
      /(<cac:PartyLegalEntity>)/,
      '<cac:PartyTaxScheme><cbc:CompanyID>BE0417497106</cbc:CompanyID></cac:PartyTaxScheme>$1',
    ],
    ['BR-O-05', outside, /(<cac:ClassifiedTaxCategory>\s*<cbc:ID>O<\/cbc:ID>)/, '$1<cbc:Percent>0</cbc:Percent>'],
    ['BR-O-11', exempt, /<cbc:ID>E<\/cbc:ID>/g, '<cbc:ID>O</cbc:ID>'],
    ['PEPPOL-EN16931-R003', exempt, /<cbc:BuyerReference>.*<\/cbc:BuyerReference>/, ''],
    ['PEPPOL-EN16931-R008', exempt, /<cbc:StreetName>.*<\/cbc:StreetName>/, '<cbc:StreetName></cbc:StreetName>'],
    ['PEPPOL-EN16931-R120', exempt, /(<cbc:InvoicedQuantity[^>]*>)/, '$11'],
    ['PEPPOL-COMMON-R043', exempt, /0417497106</, '0417497107<'],
    [
      'UBL-2.1 order of elements',
      exempt,
      /(<cbc:IssueDate>.*<\/cbc:IssueDate>)\s*(<cbc:DueDate>.*<\/cbc:DueDate>)/,
      '$2$1',
    ],
  ])('%s', (id, xml, from, to) => {
    const whole = xml();
    expect(brokenRules(parseXml(whole))).toEqual([]);
    const broken = whole.replace(from, to);
    expect(broken).not.toBe(whole);
    expect(brokenRules(parseXml(broken))).toContain(id);
  });

  test('the rules are many, and each stands once', () => {
    expect(Object.keys({ ...SCHEMA_RULES, ...EN16931_RULES, ...PEPPOL_RULES }).length).toBeGreaterThan(100);
  });
});

test('lines that do not come to the totals are refused', () => {
  const [facts] = random.flatMap(({ invoices }) => invoices);
  if (facts === undefined) throw new Error('There is an invoice.');
  expect(() => write({ ...facts, total: facts.total + 1 }, 'exempt-line')).toThrow(RangeError);
  expect(() =>
    write({ ...facts, faceValueTotal: facts.faceValueTotal + 1, total: facts.total + 1 }, 'exempt-line'),
  ).toThrow(RangeError);
  const billed = random.flatMap(({ invoices }) => invoices).find(({ feeTotal }) => feeTotal > 0);
  if (billed === undefined) throw new Error('There is an invoice with fees.');
  const untaxed = { ...billed, vatPercent: '0', vatTotal: 0, total: billed.total - billed.vatTotal };
  expect(() => write(untaxed, 'exempt-line')).toThrow(RangeError);
});

test('an address of another form stays whole, and a VAT number without a country is Belgian', () => {
  const [facts] = random.flatMap(({ invoices }) => invoices);
  if (facts === undefined) throw new Error('There is an invoice.');
  const seller = { ...facts.seller, address: 'Boîte postale 7', vatNumber: '0417.497.106' };
  const [document] = write({ ...facts, seller }, 'exempt-line');
  if (document === undefined) throw new Error('There is a document.');
  const place = 'cac:AccountingSupplierParty/cac:Party/cac:PostalAddress';
  expect(textAt(document, `${place}/cbc:StreetName`)).toBe('Boîte postale 7');
  expect(textAt(document, `${place}/cbc:CityName`)).toBeNull();
  expect(textAt(document, `${place}/cac:Country/cbc:IdentificationCode`)).toBe('BE');
});
