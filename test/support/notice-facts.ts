/** Owns the facts of an invented invoice notice. */
import type { NoticeFacts } from '../../src/transform/notices/notice-content.ts';
import { makeStructuredCommunication } from '../../src/transform/values/structured-communication.ts';

/** An invoice with every kind of cost: 1 234.50 euros in vouchers, 9.00 in fees, 1.89 in VAT. */
export function inventNoticeFacts(changed: Partial<NoticeFacts> = {}): NoticeFacts {
  return {
    kind: 'invoice',
    language: 'fr',
    issuer: {
      name: 'Titres & Cie SA',
      address: 'Rue Inventée 7, 1000 Bruxelles',
      enterpriseNumber: '0403019261',
      vatNumber: 'BE 0403.019.261',
      iban: 'BE68539007547034',
      bic: 'GKCCBEBB',
      email: 'factures@example.be',
    },
    employerName: 'Brasserie du Parc',
    costCenterLabel: 'Siège',
    invoiceNumber: '2026-000123',
    orderReference: 'Chèques-repas novembre',
    productName: 'Chèque-repas',
    period: '2026-11',
    faceValueTotal: 123_450,
    feeLines: [
      { label: 'service', amount: 300 },
      { label: 'cardProduction', amount: 450 },
      { label: 'cardDelivery', amount: 150 },
    ],
    feeTotal: 900,
    vatPercent: '21',
    vatTotal: 189,
    total: 124_539,
    structuredCommunication: makeStructuredCommunication(1_234_567_890n),
    issuedOn: '2026-12-01',
    dueOn: '2026-12-15',
    ...changed,
  };
}
