/** What an e-invoice says: from one invoice or credit note to its documents, lines and VAT, in the terms of EN 16931. */
import type { Cents, Day, Language, Period } from '../../model.ts';
import { lastDayOfMonth } from '../values/calendar.ts';
import { formatPeriod } from '../values/message-text.ts';

/**
 * How vouchers, on which no VAT is due when they are handed over (Directive 2006/112/EC, Article 30b(2)), stand beside fees with
 * VAT. `exempt-line`: one document, the vouchers in category E, which is as near to "not subject" as a document with fees can
 * come. Its reason is text: VATEX-EU-O may stand with category O alone (PEPPOL-EN16931-P0105), and the codes for E name
 * exemptions (Articles 79(c), 132, 135 and others) that are not this one. `split-documents`: two documents, the vouchers in
 * category O, which may stand neither beside another category (BR-O-11) nor with a VAT number of the seller (BR-O-02); the fees
 * in category S. What the issuer's bookkeeper has to confirm about either stands in `docs/notices.md`.
 */
export type VatStrategy = 'exempt-line' | 'split-documents';

export interface EInvoiceFacts {
  readonly kind: 'invoice' | 'credit-note';
  readonly language: Language;
  readonly number: string;
  readonly issuedOn: Day;
  readonly dueOn: Day;
  /** of the order, for the buyer to recognise it */
  readonly reference: string;
  readonly costCenterLabel: string | null;
  readonly seller: Seller;
  readonly buyer: Buyer;
  readonly productName: string;
  /** what was ordered for the cost center, corrections with a quantity below zero; the same for an invoice and its credit note */
  readonly vouchers: readonly { readonly period: Period; readonly faceValue: Cents; readonly quantity: number }[];
  readonly fees: readonly {
    readonly kind: FeeKind;
    readonly quantity: number;
    readonly unit?: Cents;
    readonly amount: Cents;
  }[];
  /** below zero in a credit note, like every amount of `fees` and of the totals */
  readonly faceValueTotal: Cents;
  readonly feeTotal: Cents;
  readonly vatTotal: Cents;
  readonly total: Cents;
  /** decimal text, such as `21` */
  readonly vatPercent: string;
  /** 12 digits; null for a credit note */
  readonly structuredCommunication: string | null;
  /** of a credit note: the invoices it takes back */
  readonly credited: readonly CreditedInvoice[];
}

export type FeeKind = 'service' | 'cardProduction' | 'cardDelivery';

export interface CreditedInvoice {
  readonly number: string;
  readonly issuedOn: Day;
  readonly faceValueTotal: Cents;
  readonly feeTotal: Cents;
}

export interface Seller {
  readonly name: string;
  readonly enterpriseNumber: string;
  readonly vatNumber: string;
  /** one line, such as `Rue de la Loi 1, 1000 Bruxelles` */
  readonly address: string;
  readonly iban: string;
  readonly bic: string;
  readonly email: string;
}

export interface Buyer {
  readonly name: string;
  readonly enterpriseNumber: string;
  /** of the cost center; null for the employer itself, of which only the country (BT-55, all that BIS Billing 3.0 asks) is known */
  readonly address: PostalAddress | null;
}

export interface PostalAddress {
  readonly street: string;
  readonly postalCode: string;
  readonly city: string;
  /** ISO 3166-1, two letters */
  readonly country: string;
}

export interface EInvoiceTexts {
  /** why no VAT is due on vouchers */
  readonly outsideVat: string;
  readonly nothingToPay: string;
  readonly fees: Readonly<Record<FeeKind, string>>;
}

/** UNCL 5305: S standard rate, E exempt, O outside the scope of VAT. */
export type VatCategory = 'S' | 'E' | 'O';

export interface EInvoiceLine {
  readonly name: string;
  readonly quantity: number;
  readonly price: Cents;
  readonly amount: Cents;
  readonly category: VatCategory;
  readonly period: { readonly from: Day; readonly to: Day } | null;
}

/** One document; every amount is that of its own kind, so those of a credit note are what is given back. */
export interface EInvoiceDocument {
  readonly kind: EInvoiceFacts['kind'];
  readonly number: string;
  readonly issuedOn: Day;
  readonly dueOn: Day;
  readonly reference: string;
  readonly costCenterLabel: string | null;
  readonly seller: Seller;
  /** whether the seller's VAT number may stand in it */
  readonly withVatNumber: boolean;
  readonly buyer: Buyer;
  readonly structuredCommunication: string | null;
  readonly nothingToPay: string;
  readonly credited: readonly { readonly number: string; readonly issuedOn: Day }[];
  readonly vatPercent: string;
  readonly outsideVat: string;
  readonly lines: readonly EInvoiceLine[];
  readonly taxes: readonly { readonly category: VatCategory; readonly taxable: Cents; readonly tax: Cents }[];
  readonly net: Cents;
  readonly tax: Cents;
  readonly total: Cents;
}

/** What is put behind the number of a document that had to be split: vouchers and fees. */
const PARTS = { vouchers: '-V', fees: '-F' } as const;
type Part = keyof typeof PARTS;

/**
 * One document, or two when the strategy splits and there are vouchers and fees; then the number of each ends in its part.
 * Throws a RangeError when the lines do not come to the totals, or when there is a fee and no rate of VAT.
 */
export function eInvoiceDocuments(
  facts: EInvoiceFacts,
  strategy: VatStrategy,
  texts: EInvoiceTexts,
): EInvoiceDocument[] {
  const vouchers = voucherLines(facts, strategy === 'exempt-line' ? 'E' : 'O');
  const fees = feeLines(facts, texts);
  refuseWrongSums(facts, vouchers, fees);
  const isSplit = strategy === 'split-documents' && vouchers.length > 0 && fees.length > 0;
  if (!isSplit) return [document(facts, strategy, texts, [...vouchers, ...fees], null)];
  return [document(facts, strategy, texts, vouchers, 'vouchers'), document(facts, strategy, texts, fees, 'fees')];
}

function document(
  facts: EInvoiceFacts,
  strategy: VatStrategy,
  texts: EInvoiceTexts,
  lines: readonly EInvoiceLine[],
  part: Part | null,
): EInvoiceDocument {
  const { kind, issuedOn, dueOn, reference, costCenterLabel, seller, buyer, structuredCommunication, vatPercent } =
    facts;
  const categories = [...new Set(lines.map((line) => line.category))];
  const taxes = categories.map((category) => ({
    category,
    taxable: sum(lines.filter((line) => line.category === category)),
    tax: category === 'S' ? Math.abs(facts.vatTotal) : 0,
  }));
  const net = sum(lines);
  const tax = taxes.reduce((total, one) => total + one.tax, 0);
  return {
    ...{ kind, issuedOn, dueOn, reference, costCenterLabel, seller, buyer, structuredCommunication, vatPercent },
    number: facts.number + (part === null ? '' : PARTS[part]),
    withVatNumber: !categories.includes('O'),
    nothingToPay: texts.nothingToPay,
    outsideVat: texts.outsideVat,
    credited: facts.credited.flatMap((invoice) => creditedParts(invoice, strategy, categories)),
    lines,
    taxes,
    net,
    tax,
    total: net + tax,
  };
}

/** The documents of an invoice that a credit note of these categories takes back, under the numbers they were given then. */
function creditedParts(invoice: CreditedInvoice, strategy: VatStrategy, categories: readonly VatCategory[]) {
  const { number, issuedOn, faceValueTotal, feeTotal } = invoice;
  if (strategy === 'exempt-line') return [{ number, issuedOn }];
  const wasSplit = faceValueTotal !== 0 && feeTotal !== 0;
  const parts: Part[] = categories.map((category) => (category === 'O' ? 'vouchers' : 'fees'));
  return parts
    .filter((part) => (part === 'vouchers' ? faceValueTotal : feeTotal) !== 0)
    .map((part) => ({ number: number + (wasSplit ? PARTS[part] : ''), issuedOn }));
}

function voucherLines({ vouchers, productName, language }: EInvoiceFacts, category: VatCategory): EInvoiceLine[] {
  return vouchers.map(({ period, faceValue, quantity }) => ({
    name: `${productName}, ${formatPeriod(period, language)}`,
    quantity,
    price: faceValue,
    amount: quantity * faceValue,
    category,
    period: { from: `${period}-01`, to: lastDayOfMonth(period) },
  }));
}

function feeLines({ fees }: EInvoiceFacts, texts: EInvoiceTexts): EInvoiceLine[] {
  return fees.map(({ kind, quantity, unit, amount }) => {
    const positive = Math.abs(amount);
    const isCounted = unit !== undefined && unit * quantity === positive;
    return {
      name: texts.fees[kind],
      quantity: isCounted ? quantity : 1,
      price: isCounted ? unit : positive,
      amount: positive,
      category: 'S',
      period: null,
    };
  });
}

function refuseWrongSums(facts: EInvoiceFacts, vouchers: readonly EInvoiceLine[], fees: readonly EInvoiceLine[]): void {
  const { faceValueTotal, feeTotal, vatTotal, total, vatPercent } = facts;
  const isRight =
    sum(vouchers) === Math.abs(faceValueTotal) &&
    sum(fees) === Math.abs(feeTotal) &&
    faceValueTotal + feeTotal + vatTotal === total;
  if (!isRight) throw new RangeError('The lines of an invoice come to its totals.');
  if (fees.length > 0 && Number(vatPercent) === 0) throw new RangeError('Fees have a rate of VAT.');
}

function sum(lines: readonly EInvoiceLine[]): Cents {
  return lines.reduce((total, line) => total + line.amount, 0);
}
