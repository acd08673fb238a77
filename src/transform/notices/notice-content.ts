/** What an invoice notice, a reminder or a credit note says: from its facts to subject, text and HTML. */
import type { Cents, Day, Language, Period } from '../../model.ts';
import {
  formatDay,
  formatDecimal,
  formatEnterpriseNumber,
  formatIban,
  formatMoney,
  formatPeriod,
  formatVatNumber,
  renderSentence,
  type SentenceParams,
} from '../values/message-text.ts';
import { formatStructuredCommunication } from '../values/structured-communication.ts';
import { epcPaymentText } from './epc-payment.ts';
import { noticeHtml } from './notice-html.ts';
import type { NoticeRow, NoticeView } from './notice-view.ts';

export const NOTICE_KINDS = ['invoice', 'reminder-1', 'reminder-2', 'credit-note'] as const;
export type NoticeKind = (typeof NOTICE_KINDS)[number];

export const NOTICE_LABELS = [
  'amount',
  'creditedAmount',
  'iban',
  'communication',
  'dueOn',
  'payee',
  'bic',
  'invoiceNumber',
  'creditNoteNumber',
  'creditedInvoice',
  'issuedOn',
  'employer',
  'costCenter',
  'order',
  'product',
  'period',
  'faceValue',
  'service',
  'cardProduction',
  'cardDelivery',
  'vat',
  'total',
  'enterpriseNumber',
  'vatNumber',
  'email',
] as const;
export type NoticeLabel = (typeof NOTICE_LABELS)[number];

/** The texts of a notice in one language. */
export interface NoticeTexts {
  readonly subject: Readonly<Record<NoticeKind, string>>;
  readonly greeting: string;
  readonly intro: Readonly<Record<NoticeKind, string>>;
  readonly footer: Readonly<Record<NoticeKind, string>>;
  readonly contact: string;
  readonly closing: string;
  /** beside the QR code, and in its place where images are not shown */
  readonly qr: string;
  readonly headings: {
    readonly payment: string;
    readonly credit: string;
    readonly costs: string;
    readonly document: string;
  };
  readonly labels: Readonly<Record<NoticeLabel, string>>;
}

export interface NoticeFacts {
  readonly kind: NoticeKind;
  readonly language: Language;
  readonly issuer: {
    readonly name: string;
    readonly address: string;
    readonly enterpriseNumber: string;
    readonly vatNumber: string;
    readonly iban: string;
    readonly bic: string;
    readonly email: string;
  };
  readonly employerName: string;
  /** null when the invoice goes to the employer itself */
  readonly costCenterLabel: string | null;
  readonly invoiceNumber: string;
  /** for a credit note: the invoice it takes back */
  readonly creditedInvoiceNumber?: string | null;
  readonly orderReference: string;
  readonly productName: string;
  readonly period: Period | null;
  readonly faceValueTotal: Cents;
  readonly feeLines: readonly {
    readonly label: 'service' | 'cardProduction' | 'cardDelivery';
    readonly amount: Cents;
  }[];
  readonly feeTotal: Cents;
  /** decimal text, such as `21` */
  readonly vatPercent: string;
  readonly vatTotal: Cents;
  readonly total: Cents;
  /** 12 digits; not read for a credit note */
  readonly structuredCommunication: string;
  readonly issuedOn: Day;
  readonly dueOn: Day;
}

export interface NoticeContent {
  readonly subject: string;
  readonly text: string;
  readonly html: string;
  /** what the QR code says that the HTML shows, null when there is nothing to pay */
  readonly qrText: string | null;
}

/**
 * Words a notice in `facts.language`. A cost of zero is not there, nor is VAT without a fee. The amounts of a credit note may be
 * stored with either sign and are shown positive; it asks for no payment.
 */
export function noticeContent(
  facts: NoticeFacts,
  messages: Readonly<Record<Language, { readonly notice: NoticeTexts }>>,
): NoticeContent {
  const flat = flattened(facts);
  const view = noticeView(flat, messages[facts.language].notice);
  const qrText = view.qrCaption === null ? null : epcPaymentText({ ...flat.issuer, ...paymentOf(flat) });
  return { subject: view.title, text: noticeText(view), html: noticeHtml(view), qrText };
}

function paymentOf({ total, structuredCommunication }: NoticeFacts) {
  return { amount: total, structuredCommunication };
}

function noticeView(facts: NoticeFacts, texts: NoticeTexts): NoticeView {
  const { kind, language, issuer } = facts;
  const { labels } = texts;
  const isCredit = kind === 'credit-note';
  const sign = isCredit && facts.total < 0 ? -1 : 1;
  const money = (amount: Cents) => formatMoney(sign * amount || 0, language);
  const say = (template: string, params: SentenceParams = {}) => renderSentence(template, params, language);
  const row = (label: NoticeLabel, value: string | null): NoticeRow[] =>
    value ? [{ label: say(labels[label]), value }] : [];
  const code = (label: NoticeLabel, value: string) => row(label, value).map((one) => ({ ...one, isCode: true }));
  const cost = (label: string, amount: Cents): NoticeRow[] => (amount === 0 ? [] : [{ label, value: money(amount) }]);

  const total = money(facts.total);
  // A day is not torn from its month at the end of a line.
  const dueOn = formatDay(facts.dueOn, language).replace(' ', '\u00a0');
  const vatLabel = say(labels.vat, { percent: formatDecimal(facts.vatPercent, language), base: money(facts.feeTotal) });
  const payment = isCredit
    ? row('creditedAmount', total)
    : [
        ...row('amount', total),
        ...code('iban', formatIban(issuer.iban)),
        ...code('communication', formatStructuredCommunication(facts.structuredCommunication)),
        ...row('dueOn', dueOn),
        ...row('payee', issuer.name),
        ...code('bic', issuer.bic),
      ];
  return {
    language,
    title: say(texts.subject[kind], { number: facts.invoiceNumber, total, dueOn, order: facts.orderReference }),
    greeting: say(texts.greeting),
    intro: say(texts.intro[kind], { order: facts.orderReference, dueOn }),
    payment,
    qrCaption: isCredit ? null : say(texts.qr),
    costs: [
      ...cost(say(labels.faceValue), facts.faceValueTotal),
      ...facts.feeLines.flatMap((line) => cost(say(labels[line.label]), line.amount)),
      ...cost(vatLabel, facts.vatTotal),
    ],
    total: { label: say(labels.total), value: total },
    document: [
      ...row(isCredit ? 'creditNoteNumber' : 'invoiceNumber', facts.invoiceNumber),
      ...row('creditedInvoice', isCredit ? (facts.creditedInvoiceNumber ?? null) : null),
      ...row('issuedOn', formatDay(facts.issuedOn, language)),
      ...row('employer', facts.employerName),
      ...row('costCenter', facts.costCenterLabel),
      ...row('order', facts.orderReference),
      ...row('product', facts.productName),
      ...row('period', facts.period === null ? null : formatPeriod(facts.period, language)),
    ],
    headings: {
      payment: isCredit ? texts.headings.credit : texts.headings.payment,
      costs: texts.headings.costs,
      document: texts.headings.document,
    },
    footer: say(texts.footer[kind]),
    contact: say(texts.contact, { email: issuer.email }),
    closing: say(texts.closing),
    sender: issuer.name,
    senderLines: [
      issuer.address,
      `${labels.enterpriseNumber} ${formatEnterpriseNumber(issuer.enterpriseNumber)}`,
      `${labels.vatNumber} ${formatVatNumber(issuer.vatNumber)}`,
      issuer.email,
    ],
  };
}

/** What is copied into a bank transfer stands on a line of its own under its label; the rest is a table of two columns. */
function noticeText(view: NoticeView): string {
  const table = (rows: readonly NoticeRow[]) => {
    const width = Math.max(...rows.map((row) => row.label.length)) + 2;
    return rows.map((row) => `  ${row.label.padEnd(width)}${row.value}`);
  };
  const section = (heading: string, lines: readonly string[]) => [
    heading.toLocaleUpperCase(view.language),
    '',
    ...lines,
    '',
  ];
  const lines = [
    ...[view.greeting, '', view.intro, ''],
    ...section(
      view.headings.payment,
      view.payment.flatMap((row) => [`  ${row.label}`, `    ${row.value}`]),
    ),
    ...[view.footer, ''],
    ...section(view.headings.costs, table([...view.costs, view.total])),
    ...section(view.headings.document, table(view.document)),
    ...[view.contact, '', view.closing, view.sender, '', '-- ', ...view.senderLines, ''],
  ];
  return lines.join('\n');
}

/** Line breaks, control characters and marks that turn the direction of text: with them a name could forge lines of its own. */
const UNPRINTABLE = /[\p{Cc}\p{Zl}\p{Zp}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]+/gu;

function flattened(facts: NoticeFacts): NoticeFacts {
  const flat = <T>(value: T): T => (typeof value === 'string' ? (value.replace(UNPRINTABLE, ' ').trim() as T) : value);
  const issuer = Object.fromEntries(Object.entries(facts.issuer).map(([key, value]) => [key, flat(value)]));
  const plain = Object.fromEntries(Object.entries(facts).map(([key, value]) => [key, flat(value)]));
  return { ...facts, ...plain, issuer: { ...facts.issuer, ...issuer } };
}
