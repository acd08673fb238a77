/**
 * The rules of EN 16931 and of Peppol BIS Billing 3.0 that bear on the invoices Navette writes, each by its own id and executed on
 * the parsed XML. Written from the published rules: the official Schematron is in no package that a test could install.
 * Not here: what is about elements that Navette never writes (allowances and charges, prepaid amounts, attachments, delivery,
 * payee, tax representative, direct debit, other VAT categories, other currencies and countries). Long because a list of rules is
 * read best whole.
 * Long because it is a list of rules.
 */
import { all, everyNode, everywhere, textAt, type XmlNode } from './xml-tree.ts';

export type InvoiceRule = (invoice: XmlNode) => boolean;

const SELLER = 'cac:AccountingSupplierParty/cac:Party';
const BUYER = 'cac:AccountingCustomerParty/cac:Party';
const TOTALS = 'cac:LegalMonetaryTotal';
const SUBTOTAL = 'cac:TaxTotal/cac:TaxSubtotal';
const CATEGORY = 'cac:TaxCategory';
const LINE_CATEGORY = 'cac:Item/cac:ClassifiedTaxCategory';
const VAT_NUMBER = 'cac:PartyTaxScheme/cbc:CompanyID';

/** Cents of a decimal amount; NaN for anything else, and NaN equals nothing. */
export function centsOf(text: string | null): number {
  const parts = /^(-?)(\d+)(?:\.(\d{1,2}))?$/.exec(text ?? '');
  if (parts === null) return Number.NaN;
  const [, sign, euros = '', cents = ''] = parts;
  return (sign === '-' ? -1 : 1) * (Number(euros) * 100 + Number(cents.padEnd(2, '0')));
}

const isCredit = (invoice: XmlNode) => invoice.name === 'CreditNote';
const linesOf = (invoice: XmlNode) => all(invoice, isCredit(invoice) ? 'cac:CreditNoteLine' : 'cac:InvoiceLine');
const quantityOf = (line: XmlNode) => all(line, 'cbc:InvoicedQuantity').concat(all(line, 'cbc:CreditedQuantity'))[0];
const sumOf = (nodes: readonly XmlNode[], path: string) =>
  nodes.reduce((sum, node) => sum + centsOf(textAt(node, path)), 0);
const has = (node: XmlNode, path: string) =>
  all(node, path).some((one) => one.text.trim() !== '' || one.children.length > 0);
const each = (nodes: readonly XmlNode[], holds: (node: XmlNode) => boolean) => nodes.every(holds);
const total = (invoice: XmlNode, name: string) => centsOf(textAt(invoice, `${TOTALS}/${name}`));
const subtotals = (invoice: XmlNode, id: string) =>
  all(invoice, SUBTOTAL).filter((one) => textAt(one, `${CATEGORY}/cbc:ID`) === id);
const linesIn = (invoice: XmlNode, id: string) =>
  linesOf(invoice).filter((line) => textAt(line, `${LINE_CATEGORY}/cbc:ID`) === id);
const used = (invoice: XmlNode, id: string) => linesIn(invoice, id).length > 0;
const hasReason = (category: XmlNode) =>
  has(category, 'cbc:TaxExemptionReason') || has(category, 'cbc:TaxExemptionReasonCode');
const decimals = (invoice: XmlNode, ...names: string[]) =>
  names.every((name) => each(everywhere(invoice, name), (one) => /^-?\d+(\.\d{1,2})?$/.test(one.text)));
const isDay = (text: string) => /^\d{4}-\d\d-\d\d$/.test(text) && !Number.isNaN(Date.parse(`${text}T00:00:00Z`));
const money = (invoice: XmlNode) => everyNode(invoice).filter((node) => /Amount$/.test(node.name));
/** Half away from zero, in cents; the percentage has at most four decimals. */
const percentOf = (cents: number, percent: string) =>
  Math.sign(cents) * Math.floor((Math.abs(cents) * Math.round(Number(percent) * 1e4)) / 1e6 + 0.5);
const isBelgianNumber = (text: string) =>
  /^\d{10}$/.test(text) && 97 - (Number(text.slice(0, 8)) % 97) === Number(text.slice(8));
const enterpriseNumbers = (invoice: XmlNode) =>
  everyNode(invoice).filter((node) => node.attributes['schemeID'] === '0208');
const groupMatches = (invoice: XmlNode, id: string) =>
  each(
    subtotals(invoice, id),
    (one) => centsOf(textAt(one, 'cbc:TaxableAmount')) === sumOf(linesIn(invoice, id), 'cbc:LineExtensionAmount'),
  );

export const EN16931_RULES: Readonly<Record<string, InvoiceRule>> = {
  'BR-01': (i) => has(i, 'cbc:CustomizationID'),
  'BR-02': (i) => has(i, 'cbc:ID'),
  'BR-03': (i) => has(i, 'cbc:IssueDate'),
  'BR-04': (i) => has(i, isCredit(i) ? 'cbc:CreditNoteTypeCode' : 'cbc:InvoiceTypeCode'),
  'BR-05': (i) => has(i, 'cbc:DocumentCurrencyCode'),
  'BR-06': (i) => has(i, `${SELLER}/cac:PartyLegalEntity/cbc:RegistrationName`),
  'BR-07': (i) => has(i, `${BUYER}/cac:PartyLegalEntity/cbc:RegistrationName`),
  'BR-08': (i) => has(i, `${SELLER}/cac:PostalAddress`),
  'BR-09': (i) => has(i, `${SELLER}/cac:PostalAddress/cac:Country/cbc:IdentificationCode`),
  'BR-10': (i) => has(i, `${BUYER}/cac:PostalAddress`),
  'BR-11': (i) => has(i, `${BUYER}/cac:PostalAddress/cac:Country/cbc:IdentificationCode`),
  'BR-12': (i) => has(i, `${TOTALS}/cbc:LineExtensionAmount`),
  'BR-13': (i) => has(i, `${TOTALS}/cbc:TaxExclusiveAmount`),
  'BR-14': (i) => has(i, `${TOTALS}/cbc:TaxInclusiveAmount`),
  'BR-15': (i) => has(i, `${TOTALS}/cbc:PayableAmount`),
  'BR-16': (i) => linesOf(i).length > 0,
  'BR-21': (i) => each(linesOf(i), (line) => has(line, 'cbc:ID')),
  'BR-22': (i) => each(linesOf(i), (line) => quantityOf(line) !== undefined),
  'BR-23': (i) => each(linesOf(i), (line) => quantityOf(line)?.attributes['unitCode'] !== undefined),
  'BR-24': (i) => each(linesOf(i), (line) => has(line, 'cbc:LineExtensionAmount')),
  'BR-25': (i) => each(linesOf(i), (line) => has(line, 'cac:Item/cbc:Name')),
  'BR-26': (i) => each(linesOf(i), (line) => has(line, 'cac:Price/cbc:PriceAmount')),
  'BR-27': (i) => each(linesOf(i), (line) => centsOf(textAt(line, 'cac:Price/cbc:PriceAmount')) >= 0),
  'BR-30': (i) =>
    each(everywhere(i, 'cac:InvoicePeriod'), (period) => {
      const [from, to] = [textAt(period, 'cbc:StartDate'), textAt(period, 'cbc:EndDate')];
      return from === null || to === null || to >= from;
    }),
  'BR-45': (i) => each(all(i, SUBTOTAL), (one) => has(one, 'cbc:TaxableAmount')),
  'BR-46': (i) => each(all(i, SUBTOTAL), (one) => has(one, 'cbc:TaxAmount')),
  'BR-47': (i) => each(all(i, SUBTOTAL), (one) => has(one, `${CATEGORY}/cbc:ID`)),
  'BR-48': (i) =>
    each(all(i, SUBTOTAL), (one) => has(one, `${CATEGORY}/cbc:Percent`) || textAt(one, `${CATEGORY}/cbc:ID`) === 'O'),
  'BR-49': (i) => each(all(i, 'cac:PaymentMeans'), (one) => has(one, 'cbc:PaymentMeansCode')),
  'BR-50': (i) => each(all(i, 'cac:PaymentMeans/cac:PayeeFinancialAccount'), (one) => has(one, 'cbc:ID')),
  'BR-55': (i) => each(all(i, 'cac:BillingReference'), (one) => has(one, 'cac:InvoiceDocumentReference/cbc:ID')),
  'BR-61': (i) =>
    each(all(i, 'cac:PaymentMeans'), (one) => {
      const isTransfer = ['30', '58'].includes(textAt(one, 'cbc:PaymentMeansCode') ?? '');
      return !isTransfer || has(one, 'cac:PayeeFinancialAccount/cbc:ID');
    }),
  'BR-62': (i) => each(all(i, `${SELLER}/cbc:EndpointID`), (one) => one.attributes['schemeID'] !== undefined),
  'BR-63': (i) => each(all(i, `${BUYER}/cbc:EndpointID`), (one) => one.attributes['schemeID'] !== undefined),
  'BR-CO-04': (i) => each(linesOf(i), (line) => has(line, `${LINE_CATEGORY}/cbc:ID`)),
  'BR-CO-09': (i) => each(all(i, `${SELLER}/${VAT_NUMBER}`), (one) => /^[A-Z]{2}./.test(one.text)),
  'BR-CO-10': (i) => total(i, 'cbc:LineExtensionAmount') === sumOf(linesOf(i), 'cbc:LineExtensionAmount'),
  'BR-CO-13': (i) => total(i, 'cbc:TaxExclusiveAmount') === total(i, 'cbc:LineExtensionAmount'),
  'BR-CO-14': (i) => centsOf(textAt(i, 'cac:TaxTotal/cbc:TaxAmount')) === sumOf(all(i, SUBTOTAL), 'cbc:TaxAmount'),
  'BR-CO-15': (i) =>
    total(i, 'cbc:TaxInclusiveAmount') ===
    total(i, 'cbc:TaxExclusiveAmount') + centsOf(textAt(i, 'cac:TaxTotal/cbc:TaxAmount')),
  'BR-CO-16': (i) => total(i, 'cbc:PayableAmount') === total(i, 'cbc:TaxInclusiveAmount'),
  // Strict for an invoice. A credit note may take back two invoices that were rounded apart; the official rules leave a euro.
  'BR-CO-17': (i) =>
    each(all(i, SUBTOTAL), (one) => {
      const taxed = percentOf(centsOf(textAt(one, 'cbc:TaxableAmount')), textAt(one, `${CATEGORY}/cbc:Percent`) ?? '0');
      const apart = Math.max(0, all(i, 'cac:BillingReference').length - 1);
      return Math.abs(centsOf(textAt(one, 'cbc:TaxAmount')) - taxed) <= apart;
    }),
  'BR-CO-18': (i) => all(i, SUBTOTAL).length > 0,
  'BR-CO-20': (i) =>
    each(everywhere(i, 'cac:InvoicePeriod'), (one) => has(one, 'cbc:StartDate') || has(one, 'cbc:EndDate')),
  'BR-CO-25': (i) =>
    !(total(i, 'cbc:PayableAmount') > 0) || has(i, 'cbc:DueDate') || has(i, 'cac:PaymentTerms/cbc:Note'),
  'BR-CO-26': (i) => has(i, `${SELLER}/${VAT_NUMBER}`) || has(i, `${SELLER}/cac:PartyLegalEntity/cbc:CompanyID`),
  'BR-S-01': (i) => used(i, 'S') === subtotals(i, 'S').length > 0,
  'BR-S-02': (i) => !used(i, 'S') || has(i, `${SELLER}/${VAT_NUMBER}`),
  'BR-S-05': (i) => each(linesIn(i, 'S'), (line) => Number(textAt(line, `${LINE_CATEGORY}/cbc:Percent`)) > 0),
  'BR-S-08': (i) => groupMatches(i, 'S'),
  'BR-S-09': (i) =>
    each(subtotals(i, 'S'), (one) => {
      const taxed = percentOf(centsOf(textAt(one, 'cbc:TaxableAmount')), textAt(one, `${CATEGORY}/cbc:Percent`) ?? '');
      return Math.abs(centsOf(textAt(one, 'cbc:TaxAmount')) - taxed) < 100;
    }),
  'BR-S-10': (i) =>
    each(
      subtotals(i, 'S').flatMap((one) => all(one, CATEGORY)),
      (one) => !hasReason(one),
    ),
  'BR-E-01': (i) => subtotals(i, 'E').length === (used(i, 'E') ? 1 : 0),
  'BR-E-02': (i) => !used(i, 'E') || has(i, `${SELLER}/${VAT_NUMBER}`),
  'BR-E-05': (i) => each(linesIn(i, 'E'), (line) => Number(textAt(line, `${LINE_CATEGORY}/cbc:Percent`) ?? 'x') === 0),
  'BR-E-08': (i) => groupMatches(i, 'E'),
  'BR-E-09': (i) => each(subtotals(i, 'E'), (one) => centsOf(textAt(one, 'cbc:TaxAmount')) === 0),
  'BR-E-10': (i) =>
    each(
      subtotals(i, 'E').flatMap((one) => all(one, CATEGORY)),
      hasReason,
    ),
  'BR-O-01': (i) => subtotals(i, 'O').length === (used(i, 'O') ? 1 : 0),
  'BR-O-02': (i) => !used(i, 'O') || (!has(i, `${SELLER}/${VAT_NUMBER}`) && !has(i, `${BUYER}/${VAT_NUMBER}`)),
  'BR-O-05': (i) => each(linesIn(i, 'O'), (line) => !has(line, `${LINE_CATEGORY}/cbc:Percent`)),
  'BR-O-08': (i) => groupMatches(i, 'O'),
  'BR-O-09': (i) => each(subtotals(i, 'O'), (one) => centsOf(textAt(one, 'cbc:TaxAmount')) === 0),
  'BR-O-10': (i) =>
    each(
      subtotals(i, 'O').flatMap((one) => all(one, CATEGORY)),
      hasReason,
    ),
  'BR-O-11': (i) => subtotals(i, 'O').length === 0 || all(i, SUBTOTAL).length === 1,
  'BR-O-12': (i) => subtotals(i, 'O').length === 0 || linesIn(i, 'O').length === linesOf(i).length,
  'BR-DEC-09': (i) => each(all(i, TOTALS), (one) => decimals(one, 'cbc:LineExtensionAmount')),
  'BR-DEC-12': (i) => decimals(i, 'cbc:TaxExclusiveAmount'),
  'BR-DEC-13': (i) => decimals(i, 'cbc:TaxAmount'),
  'BR-DEC-14': (i) => decimals(i, 'cbc:TaxInclusiveAmount'),
  'BR-DEC-18': (i) => decimals(i, 'cbc:PayableAmount'),
  'BR-DEC-19': (i) => decimals(i, 'cbc:TaxableAmount'),
  'BR-DEC-20': (i) => each(all(i, SUBTOTAL), (one) => decimals(one, 'cbc:TaxAmount')),
  'BR-DEC-23': (i) => each(linesOf(i), (line) => decimals(line, 'cbc:LineExtensionAmount')),
  'BR-CL-01': (i) =>
    textAt(i, isCredit(i) ? 'cbc:CreditNoteTypeCode' : 'cbc:InvoiceTypeCode') === (isCredit(i) ? '381' : '380'),
  'BR-CL-03': (i) => each(money(i), (node) => node.attributes['currencyID'] === 'EUR'),
  'BR-CL-04': (i) => textAt(i, 'cbc:DocumentCurrencyCode') === 'EUR',
  'BR-CL-11': (i) =>
    each(
      everywhere(i, 'cac:PartyLegalEntity'),
      (one) => all(one, 'cbc:CompanyID')[0]?.attributes['schemeID'] === '0208',
    ),
  'BR-CL-14': (i) => each(everywhere(i, 'cbc:IdentificationCode'), (one) => /^[A-Z]{2}$/.test(one.text)),
  'BR-CL-16': (i) => each(everywhere(i, 'cbc:PaymentMeansCode'), (one) => ['30', '58'].includes(one.text)),
  'BR-CL-17': (i) => each(everywhere(i, CATEGORY), (one) => ['S', 'E', 'O'].includes(textAt(one, 'cbc:ID') ?? '')),
  'BR-CL-18': (i) =>
    each(everywhere(i, 'cac:ClassifiedTaxCategory'), (one) => ['S', 'E', 'O'].includes(textAt(one, 'cbc:ID') ?? '')),
  'BR-CL-22': (i) => each(everywhere(i, 'cbc:TaxExemptionReasonCode'), (one) => one.text === 'VATEX-EU-O'),
  'BR-CL-23': (i) => each(linesOf(i), (line) => quantityOf(line)?.attributes['unitCode'] === 'C62'),
  'BR-CL-25': (i) => each(everywhere(i, 'cbc:EndpointID'), (one) => one.attributes['schemeID'] === '0208'),
};

const CUSTOMIZATION = 'urn:cen.eu:en16931:2017#compliant#urn:fdc:peppol.eu:2017:poacc:billing:3.0';

export const PEPPOL_RULES: Readonly<Record<string, InvoiceRule>> = {
  'PEPPOL-EN16931-R001': (i) => has(i, 'cbc:ProfileID'),
  'PEPPOL-EN16931-R002': (i) => all(i, 'cbc:Note').length <= 1,
  'PEPPOL-EN16931-R003': (i) => has(i, 'cbc:BuyerReference') || has(i, 'cac:OrderReference/cbc:ID'),
  'PEPPOL-EN16931-R004': (i) => textAt(i, 'cbc:CustomizationID') === CUSTOMIZATION,
  'PEPPOL-EN16931-R007': (i) =>
    /^urn:fdc:peppol\.eu:2017:poacc:billing:\d{2}:1\.0$/.test(textAt(i, 'cbc:ProfileID') ?? ''),
  'PEPPOL-EN16931-R008': (i) => each(everyNode(i), (node) => node.children.length > 0 || node.text.trim() !== ''),
  'PEPPOL-EN16931-R010': (i) => has(i, `${BUYER}/cbc:EndpointID`),
  'PEPPOL-EN16931-R020': (i) => has(i, `${SELLER}/cbc:EndpointID`),
  'PEPPOL-EN16931-R051': (i) =>
    each(money(i), (node) => node.attributes['currencyID'] === textAt(i, 'cbc:DocumentCurrencyCode')),
  'PEPPOL-EN16931-R053': (i) => all(i, 'cac:TaxTotal').filter((one) => has(one, 'cac:TaxSubtotal')).length === 1,
  'PEPPOL-EN16931-R054': (i) => all(i, 'cac:TaxTotal').filter((one) => !has(one, 'cac:TaxSubtotal')).length === 0,
  // The official rule leaves two cents; what Navette writes is exact.
  'PEPPOL-EN16931-R120': (i) =>
    each(linesOf(i), (line) => {
      const price = centsOf(textAt(line, 'cac:Price/cbc:PriceAmount'));
      return centsOf(textAt(line, 'cbc:LineExtensionAmount')) === Number(quantityOf(line)?.text) * price;
    }),
  'PEPPOL-EN16931-F001': (i) =>
    each(
      everyNode(i).filter((node) => /Date$/.test(node.name)),
      (node) => isDay(node.text),
    ),
  'PEPPOL-EN16931-CL007': (i) => each(money(i), (node) => node.attributes['currencyID'] === 'EUR'),
  'PEPPOL-EN16931-CL008': (i) => each(everywhere(i, 'cbc:EndpointID'), (one) => one.attributes['schemeID'] === '0208'),
  'PEPPOL-EN16931-P0100': (i) => isCredit(i) || textAt(i, 'cbc:InvoiceTypeCode') === '380',
  'PEPPOL-EN16931-P0101': (i) => !isCredit(i) || textAt(i, 'cbc:CreditNoteTypeCode') === '381',
  'PEPPOL-EN16931-P0105': (i) =>
    each(everywhere(i, CATEGORY), (one) => {
      const isNotSubject = textAt(one, 'cbc:TaxExemptionReasonCode') === 'VATEX-EU-O';
      return !isNotSubject || textAt(one, 'cbc:ID') === 'O';
    }),
  'PEPPOL-COMMON-R043': (i) => each(enterpriseNumbers(i), (node) => isBelgianNumber(node.text)),
};

/** Children in the order of the UBL 2.1 schemas, of the elements that Navette writes. */
const SEQUENCES: Readonly<Record<string, string>> = {
  Invoice:
    'CustomizationID ProfileID ID IssueDate DueDate InvoiceTypeCode DocumentCurrencyCode AccountingCost BuyerReference BillingReference AccountingSupplierParty AccountingCustomerParty PaymentMeans PaymentTerms TaxTotal LegalMonetaryTotal InvoiceLine',
  CreditNote:
    'CustomizationID ProfileID ID IssueDate CreditNoteTypeCode DocumentCurrencyCode AccountingCost BuyerReference BillingReference AccountingSupplierParty AccountingCustomerParty PaymentMeans PaymentTerms TaxTotal LegalMonetaryTotal CreditNoteLine',
  'cac:BillingReference': 'InvoiceDocumentReference',
  'cac:InvoiceDocumentReference': 'ID IssueDate',
  'cac:Party': 'EndpointID PostalAddress PartyTaxScheme PartyLegalEntity Contact',
  'cac:PostalAddress': 'StreetName CityName PostalZone Country',
  'cac:PartyTaxScheme': 'CompanyID TaxScheme',
  'cac:PartyLegalEntity': 'RegistrationName CompanyID',
  'cac:PaymentMeans': 'PaymentMeansCode PaymentID PayeeFinancialAccount',
  'cac:PayeeFinancialAccount': 'ID Name FinancialInstitutionBranch',
  'cac:TaxTotal': 'TaxAmount TaxSubtotal',
  'cac:TaxSubtotal': 'TaxableAmount TaxAmount TaxCategory',
  'cac:TaxCategory': 'ID Percent TaxExemptionReasonCode TaxExemptionReason TaxScheme',
  'cac:ClassifiedTaxCategory': 'ID Percent TaxScheme',
  'cac:LegalMonetaryTotal': 'LineExtensionAmount TaxExclusiveAmount TaxInclusiveAmount PayableAmount',
  'cac:InvoiceLine': 'ID InvoicedQuantity LineExtensionAmount InvoicePeriod Item Price',
  'cac:CreditNoteLine': 'ID CreditedQuantity LineExtensionAmount InvoicePeriod Item Price',
  'cac:InvoicePeriod': 'StartDate EndDate',
  'cac:Item': 'Name ClassifiedTaxCategory',
};
const NAMESPACE = 'urn:oasis:names:specification:ubl:schema:xsd:';

/** What the XML schema would say, for as much of it as Navette writes. */
export const SCHEMA_RULES: Readonly<Record<string, InvoiceRule>> = {
  'UBL-2.1 namespaces': (i) =>
    each(everyNode(i), (node) => {
      const kind = { cac: 'CommonAggregateComponents-2', cbc: 'CommonBasicComponents-2' }[
        node.name.split(':')[0] ?? ''
      ];
      return node.uri === NAMESPACE + (kind ?? `${node.name}-2`);
    }),
  'UBL-2.1 order of elements': (i) =>
    each(everyNode(i), (node) => {
      const sequence = SEQUENCES[node.name]?.split(' ');
      if (sequence === undefined) return node.children.length <= 1;
      const places = node.children.map((child) => sequence.indexOf(child.name.replace(/^c[ab]c:/, '')));
      return places.every((place, index) => place >= 0 && (index === 0 || place >= (places[index - 1] ?? 0)));
    }),
};

/** Ids of the rules that an invoice breaks. */
export function brokenRules(invoice: XmlNode): string[] {
  const rules = { ...SCHEMA_RULES, ...EN16931_RULES, ...PEPPOL_RULES };
  return Object.entries(rules).flatMap(([id, holds]) => (holds(invoice) ? [] : [id]));
}
