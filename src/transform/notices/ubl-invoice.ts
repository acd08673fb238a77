/** An e-invoice as XML: a UBL 2.1 Invoice or CreditNote by Peppol BIS Billing 3.0. */
import type { Cents } from '../../model.ts';
import { formatStructuredCommunication } from '../values/structured-communication.ts';
import type { Buyer, EInvoiceDocument, EInvoiceLine, PostalAddress, Seller, VatCategory } from './e-invoice.ts';

const CUSTOMIZATION = 'urn:cen.eu:en16931:2017#compliant#urn:fdc:peppol.eu:2017:poacc:billing:3.0';
const PROFILE = 'urn:fdc:peppol.eu:2017:poacc:billing:01:1.0';
/** Electronic address scheme of the Belgian enterprise number (ISO 6523 ICD). */
const ENTERPRISE_NUMBER = '0208';
/** UNCL 1001: commercial invoice, credit note. */
const TYPE_CODES = { invoice: '380', 'credit-note': '381' } as const;
/** UNCL 4461: SEPA credit transfer. */
const SEPA_TRANSFER = '58';
/** UN/ECE Recommendation 20: one. */
const UNIT = 'C62';
/** VATEX code list: not subject to VAT. */
const NOT_SUBJECT = 'VATEX-EU-O';

/** An element, or nothing where there is nothing to say: Peppol refuses empty elements (PEPPOL-EN16931-R008). */
type Xml = string;

/** The whole document in UTF-8; the order of the elements is that of the UBL 2.1 schema. The same document gives the same text. */
export function ublInvoice(document: EInvoiceDocument): string {
  const isCredit = document.kind === 'credit-note';
  const root = isCredit ? 'CreditNote' : 'Invoice';
  const body = [
    text('cbc:CustomizationID', CUSTOMIZATION),
    text('cbc:ProfileID', PROFILE),
    text('cbc:ID', document.number),
    text('cbc:IssueDate', document.issuedOn),
    isCredit ? '' : text('cbc:DueDate', document.dueOn),
    text(`cbc:${root}TypeCode`, TYPE_CODES[document.kind]),
    text('cbc:DocumentCurrencyCode', 'EUR'),
    text('cbc:AccountingCost', document.costCenterLabel ?? ''),
    text('cbc:BuyerReference', document.reference),
    ...document.credited.map(({ number, issuedOn }) =>
      element('cac:BillingReference', [
        element('cac:InvoiceDocumentReference', [text('cbc:ID', number), text('cbc:IssueDate', issuedOn)]),
      ]),
    ),
    element('cac:AccountingSupplierParty', [seller(document.seller, document.withVatNumber)]),
    element('cac:AccountingCustomerParty', [buyer(document.buyer)]),
    payment(document),
    isCredit ? element('cac:PaymentTerms', [text('cbc:Note', document.nothingToPay)]) : '',
    taxTotal(document),
    element('cac:LegalMonetaryTotal', [
      money('cbc:LineExtensionAmount', document.net),
      money('cbc:TaxExclusiveAmount', document.net),
      money('cbc:TaxInclusiveAmount', document.total),
      money('cbc:PayableAmount', document.total),
    ]),
    ...document.lines.map((line, index) => documentLine(line, index + 1, document)),
  ];
  const spaces = `xmlns="urn:oasis:names:specification:ubl:schema:xsd:${root}-2" xmlns:cac="urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2" xmlns:cbc="urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2"`;
  return `<?xml version="1.0" encoding="UTF-8"?>\n<${root} ${spaces}>\n${joined(body)}\n</${root}>\n`;
}

function seller({ name, enterpriseNumber, vatNumber, address, email }: Seller, withVatNumber: boolean): Xml {
  const country = vatNumber.slice(0, 2).toUpperCase();
  return element('cac:Party', [
    text('cbc:EndpointID', enterpriseNumber, ` schemeID="${ENTERPRISE_NUMBER}"`),
    postalAddress(takenApart(address, /^[A-Z]{2}$/.test(country) ? country : 'BE')),
    withVatNumber
      ? element('cac:PartyTaxScheme', [
          text('cbc:CompanyID', vatNumber.replace(/[^A-Za-z0-9]/g, '').toUpperCase()),
          vatScheme(),
        ])
      : '',
    legalEntity(name, enterpriseNumber),
    element('cac:Contact', [text('cbc:ElectronicMail', email)]),
  ]);
}

function buyer({ name, enterpriseNumber, address }: Buyer): Xml {
  return element('cac:Party', [
    text('cbc:EndpointID', enterpriseNumber, ` schemeID="${ENTERPRISE_NUMBER}"`),
    // An employer's own address is not known; its enterprise number says that it is Belgian.
    postalAddress(address ?? { street: '', postalCode: '', city: '', country: 'BE' }),
    legalEntity(name, enterpriseNumber),
  ]);
}

function legalEntity(name: string, enterpriseNumber: string): Xml {
  return element('cac:PartyLegalEntity', [
    text('cbc:RegistrationName', name),
    text('cbc:CompanyID', enterpriseNumber, ` schemeID="${ENTERPRISE_NUMBER}"`),
  ]);
}

function postalAddress({ street, postalCode, city, country }: PostalAddress): Xml {
  return element('cac:PostalAddress', [
    text('cbc:StreetName', street),
    text('cbc:CityName', city),
    text('cbc:PostalZone', postalCode),
    element('cac:Country', [text('cbc:IdentificationCode', country)]),
  ]);
}

/** `Rue de la Loi 1, 1000 Bruxelles` in its parts; an address of another form stays whole, as the street. */
function takenApart(address: string, country: string): PostalAddress {
  const parts = /^(.+),\s*(\d{4,5})\s+([^,]+)$/.exec(address);
  const [, street = address, postalCode = '', city = ''] = parts ?? [];
  return { street, postalCode, city, country };
}

function payment({ seller, structuredCommunication }: EInvoiceDocument): Xml {
  if (structuredCommunication === null) return '';
  return element('cac:PaymentMeans', [
    text('cbc:PaymentMeansCode', SEPA_TRANSFER),
    text('cbc:PaymentID', formatStructuredCommunication(structuredCommunication)),
    element('cac:PayeeFinancialAccount', [
      text('cbc:ID', seller.iban.replace(/\s/g, '')),
      text('cbc:Name', seller.name),
      element('cac:FinancialInstitutionBranch', [text('cbc:ID', seller.bic)]),
    ]),
  ]);
}

function taxTotal(document: EInvoiceDocument): Xml {
  const subtotals = document.taxes.map(({ category, taxable, tax }) =>
    element('cac:TaxSubtotal', [
      money('cbc:TaxableAmount', taxable),
      money('cbc:TaxAmount', tax),
      element('cac:TaxCategory', [
        ...rate(category, document.vatPercent),
        category === 'O' ? text('cbc:TaxExemptionReasonCode', NOT_SUBJECT) : '',
        category === 'S' ? '' : text('cbc:TaxExemptionReason', document.outsideVat),
        vatScheme(),
      ]),
    ]),
  );
  return element('cac:TaxTotal', [money('cbc:TaxAmount', document.tax), ...subtotals]);
}

function documentLine(line: EInvoiceLine, id: number, { kind, vatPercent }: EInvoiceDocument): Xml {
  const [name, quantity] =
    kind === 'invoice' ? ['cac:InvoiceLine', 'cbc:InvoicedQuantity'] : ['cac:CreditNoteLine', 'cbc:CreditedQuantity'];
  const period =
    line.period === null
      ? ''
      : element('cac:InvoicePeriod', [text('cbc:StartDate', line.period.from), text('cbc:EndDate', line.period.to)]);
  return element(name, [
    text('cbc:ID', String(id)),
    text(quantity, String(line.quantity), ` unitCode="${UNIT}"`),
    money('cbc:LineExtensionAmount', line.amount),
    period,
    element('cac:Item', [
      text('cbc:Name', line.name),
      element('cac:ClassifiedTaxCategory', [...rate(line.category, vatPercent), vatScheme()]),
    ]),
    element('cac:Price', [money('cbc:PriceAmount', line.price)]),
  ]);
}

/** Category and percentage; outside the scope of VAT there is no percentage, not even 0 (BR-O-05). */
function rate(category: VatCategory, vatPercent: string): Xml[] {
  const percent = { S: vatPercent, E: '0', O: '' }[category];
  return [text('cbc:ID', category), text('cbc:Percent', percent)];
}

function vatScheme(): Xml {
  return element('cac:TaxScheme', [text('cbc:ID', 'VAT')]);
}

function money(name: string, cents: Cents): Xml {
  const digits = String(Math.abs(cents)).padStart(3, '0');
  return text(name, `${cents < 0 ? '-' : ''}${digits.slice(0, -2)}.${digits.slice(-2)}`, ' currencyID="EUR"');
}

function text(name: string, value: string, attributes = ''): Xml {
  const content = escapeXml(value);
  return content === '' ? '' : `<${name}${attributes}>${content}</${name}>`;
}

function element(name: string, children: readonly Xml[]): Xml {
  return `<${name}>\n${joined(children).replace(/^/gm, '  ')}\n</${name}>`;
}

function joined(parts: readonly Xml[]): Xml {
  return parts.filter((part) => part !== '').join('\n');
}

/** Text on one line; what XML 1.0 cannot hold becomes a space. */
function escapeXml(value: string): string {
  return value
    .replace(/[\p{Cc}\p{Zl}\p{Zp}\p{Cs}\ufffe\uffff]+/gu, ' ')
    .trim()
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}
