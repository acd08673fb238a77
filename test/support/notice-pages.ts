/** Owns one notice of each kind in each language as a page that a browser can show: with long names, every cost, and the QR code. */
import { join } from 'node:path';
import { qrImage } from '../../src/load/notices/qr-image.ts';
import { loadMessages } from '../../src/messages.ts';
import { LANGUAGES, type Language } from '../../src/model.ts';
import {
  NOTICE_KINDS,
  type NoticeFacts,
  type NoticeKind,
  noticeContent,
} from '../../src/transform/notices/notice-content.ts';
import { QR_CONTENT_ID } from '../../src/transform/notices/notice-view.ts';
import { makeStructuredCommunication } from '../../src/transform/values/structured-communication.ts';

const messages = loadMessages(join(import.meta.dirname, '../../config/messages'));

export interface NoticePage {
  readonly kind: NoticeKind;
  readonly language: Language;
  readonly html: string;
  /** what the QR code says */
  readonly qrText: string | null;
}

const WORDS: Readonly<
  Record<
    Language,
    { readonly employer: string; readonly center: string; readonly order: string; readonly product: string }
  >
> = {
  fr: {
    employer: 'Brasserie du Parc',
    center: 'Siège social',
    order: 'Chèques-repas novembre 2026',
    product: 'Chèque-repas',
  },
  nl: {
    employer: 'Bakkerij De Korenaar',
    center: 'Hoofdzetel',
    order: 'Maaltijdcheques november 2026',
    product: 'Maaltijdcheque',
  },
  de: {
    employer: 'Bäckerei Kornblume',
    center: 'Hauptsitz',
    order: 'Mahlzeitschecks November 2026',
    product: 'Mahlzeitscheck',
  },
  en: {
    employer: 'Park Brewery',
    center: 'Head office',
    order: 'Meal vouchers November 2026',
    product: 'Meal voucher',
  },
};

/** Sixteen pages, the QR code inside each. `changed` is for names that are harder to fit. */
export function noticePages(changed: Partial<NoticeFacts> = {}): NoticePage[] {
  return LANGUAGES.flatMap((language) =>
    NOTICE_KINDS.map((kind) => {
      const { html, qrText } = noticeContent({ ...factsOf(kind, language), ...changed }, messages);
      const image = qrText === null ? '' : `data:image/png;base64,${qrImage(qrText).toString('base64')}`;
      return { kind, language, html: html.replace(`cid:${QR_CONTENT_ID}`, image), qrText };
    }),
  );
}

function factsOf(kind: NoticeKind, language: Language): NoticeFacts {
  const { employer, center, order, product } = WORDS[language];
  return {
    kind,
    language,
    issuer: {
      name: 'Navette Vouchers',
      address: 'Rue de la Loi 1, 1000 Bruxelles',
      enterpriseNumber: '0417497106',
      vatNumber: 'BE0417497106',
      iban: 'BE68539007547034',
      bic: 'GKCCBEBB',
      email: 'orders@navette.example',
    },
    employerName: employer,
    costCenterLabel: center,
    invoiceNumber: kind === 'credit-note' ? 'CN2026-000007' : '2026-000123',
    creditedInvoiceNumber: kind === 'credit-note' ? '2026-000123' : null,
    orderReference: order,
    productName: product,
    period: '2026-11',
    faceValueTotal: 123_450,
    feeLines: [
      { label: 'service', amount: 3704 },
      { label: 'cardProduction', amount: 900 },
      { label: 'cardDelivery', amount: 300 },
    ],
    feeTotal: 4904,
    vatPercent: '21',
    vatTotal: 1030,
    total: 129_384,
    structuredCommunication: makeStructuredCommunication(1_234_567_890),
    issuedOn: '2026-12-05',
    dueOn: '2026-12-19',
  };
}
