/** What a notice says and what it leaves out, and that no name can add to it. */
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { loadMessages } from '../../../src/messages.ts';
import { LANGUAGES } from '../../../src/model.ts';
import { NOTICE_KINDS, type NoticeFacts, noticeContent } from '../../../src/transform/notices/notice-content.ts';
import { formatMoney } from '../../../src/transform/values/message-text.ts';
import { inventNoticeFacts } from '../../support/notice-facts.ts';

const messages = loadMessages(join(import.meta.dirname, '../../../config/messages'));
const content = (changed: Partial<NoticeFacts> = {}) => noticeContent(inventNoticeFacts(changed), messages);

describe.each(LANGUAGES)('in %s', (language) => {
  test.each(['invoice', 'reminder-1', 'reminder-2'] as const)(
    '%s: amount, IBAN and communication stand alone, to be copied',
    (kind) => {
      const { text, html } = content({ language, kind });
      for (const value of [formatMoney(124_539, language), 'BE68 5390 0754 7034', '+++123/4567/89002+++']) {
        expect(text.split('\n').map((line) => line.trim())).toContain(value);
        expect(html).toContain(`>${value}</td>`);
      }
    },
  );

  test('a credit note asks for no payment and names what it takes back', () => {
    const { subject, text, html } = content({
      language,
      kind: 'credit-note',
      invoiceNumber: 'CN2026-000001',
      creditedInvoiceNumber: '2026-000123',
    });
    expect(subject).toContain('CN2026-000001');
    for (const part of [text, html]) {
      expect(part).toContain('2026-000123');
      expect(part).not.toContain('BE68 5390');
      expect(part).not.toContain('+++');
    }
  });

  test.each(NOTICE_KINDS)('%s: everything is filled in', (kind) => {
    const { subject, text } = content({ language, kind });
    expect(subject + text).not.toMatch(/[{}[\]]|undefined|null|NaN/);
  });
});

/** Reminders may come before the due date, and a credit note after the payment. */
test.each([
  ['fr', /échu/, 'annulée', 'remboursé'],
  ['nl', /verv[ia]el/, 'geannuleerd', 'storten wij terug'],
  ['de', /fällig am|verfallen|überfällig/, 'storniert', 'erstatten'],
  ['en', /due on|overdue/, 'cancelled', 'refunded'],
] as const)(
  '%s: a reminder calls nothing late, a credit note says what becomes of a payment',
  (language, late, ...said) => {
    for (const kind of ['reminder-1', 'reminder-2'] as const) {
      expect(content({ language, kind }).text.split('BE68')[0]).not.toMatch(late);
    }
    const credit = content({ language, kind: 'credit-note' });
    for (const words of said) expect(credit.text).toContain(words);
  },
);

test.each([
  ['fr', 'Deuxième rappel', 'Malgré notre premier rappel', 'instamment'],
  ['nl', 'Tweede herinnering', 'Ondanks onze eerste herinnering', 'met aandrang'],
  ['de', 'Zweite Zahlungserinnerung', 'Trotz unserer ersten Erinnerung', 'nachdrücklich'],
  ['en', 'Second reminder', 'Despite our earlier reminder', 'urge'],
] as const)('%s: the second reminder is firmer than the first, and as polite', (language, subject, earlier, firm) => {
  const [first, second] = (['reminder-1', 'reminder-2'] as const).map((kind) => content({ language, kind }));
  expect(second?.subject).toContain(subject);
  expect(first?.subject).not.toContain(subject);
  for (const words of [earlier, firm]) {
    expect(second?.text).toContain(words);
    expect(first?.text).not.toContain(words);
  }
  expect(second?.text).toMatch(/danken wij u|danken wir Ihnen|vous en remercions|our thanks/);
});

test('the amounts of a credit note show the same whichever sign they are stored with', () => {
  const positive = inventNoticeFacts({ kind: 'credit-note' });
  const negative = {
    ...positive,
    faceValueTotal: -positive.faceValueTotal,
    feeLines: positive.feeLines.map((line) => ({ ...line, amount: -line.amount })),
    feeTotal: -positive.feeTotal,
    vatTotal: -positive.vatTotal,
    total: -positive.total,
  };
  expect(noticeContent(negative, messages)).toEqual(noticeContent(positive, messages));
});

describe('costs', () => {
  const { labels } = messages.fr.notice;

  test('are all there when they apply', () => {
    const { text, html } = content();
    for (const part of [text, html]) {
      for (const label of [labels.faceValue, labels.service, labels.cardProduction, labels.cardDelivery, 'TVA 21']) {
        expect(part).toContain(label);
      }
    }
    expect(text.replace(/[\u00a0\u202f]/g, ' ')).toContain('TVA 21 % sur 9,00 € de frais  1,89 €');
  });

  test('that do not apply are not there, nor VAT without a fee', () => {
    const { text, html } = content({
      feeLines: [
        { label: 'service', amount: 0 },
        { label: 'cardDelivery', amount: 0 },
      ],
      feeTotal: 0,
      vatTotal: 0,
      total: 123_450,
      costCenterLabel: null,
      period: null,
    });
    for (const part of [text, html]) {
      for (const label of [labels.service, labels.cardProduction, labels.cardDelivery, 'TVA 21', labels.costCenter]) {
        expect(part).not.toContain(label);
      }
      expect(part).not.toContain(labels.period);
      expect(part).toContain(labels.total);
    }
  });

  test('without vouchers there is no face value', () => {
    expect(content({ faceValueTotal: 0, total: 1089 }).text).not.toContain(labels.faceValue);
  });
});

describe('names from outside', () => {
  const evil = `<script>alert("1")</script>'&`;

  test('are text, never HTML', () => {
    const { html, text } = content({
      employerName: evil,
      orderReference: evil,
      productName: evil,
      costCenterLabel: evil,
      issuer: { ...inventNoticeFacts().issuer, name: evil, address: evil, email: evil },
    });
    expect(html).not.toContain('<script');
    expect(html.match(/&lt;script&gt;alert\(&quot;1&quot;\)&lt;\/script&gt;&#39;&amp;/g)?.length).toBeGreaterThan(6);
    expect(text).toContain(evil);
  });

  test('cannot begin a line of their own in the subject or in the text', () => {
    const forged = 'Parc\r\nBcc: x@example.com\n    BE00 0000 0000 0000\u2028IBAN\u202e';
    const { subject, text } = content({ orderReference: forged, employerName: forged, invoiceNumber: forged });
    expect(subject).not.toMatch(/[\r\n\u2028\u202e]/);
    const lines = text.split(/[\r\n\u2028]/);
    expect(lines.some((line) => /^\s*(Bcc:|BE00)/.test(line))).toBe(false);
    expect(text).not.toContain('\u202e');
  });

  test('cannot fill in placeholders', () => {
    expect(content({ orderReference: '{total} [x]' }).text).toContain('«\u00a0{total} [x]\u00a0»');
  });
});

test('the QR code of an invoice or a reminder says what is to be paid; a credit note has none', () => {
  for (const kind of ['invoice', 'reminder-1', 'reminder-2'] as const) {
    const { qrText, html } = content({ kind });
    expect(qrText?.split('\n')).toEqual([
      ...[
        'BCD',
        '002',
        '1',
        'SCT',
        'GKCCBEBB',
        'Titres & Cie SA',
        'BE68539007547034',
        'EUR1245.39',
        '',
        '123456789002',
      ],
    ]);
    expect(html.match(/<img [^>]*>/g)).toEqual([expect.stringContaining('src="cid:payment-qr@navette"')]);
  }
  const credit = content({ kind: 'credit-note' });
  expect(credit.qrText).toBeNull();
  expect(credit.html).not.toContain('<img');
});

test('the HTML loads nothing from elsewhere, has no script, and fits any width', () => {
  const { html } = content();
  expect(html).not.toMatch(/https?:|<script|src="(?!cid:)|url\(|@import/);
  expect(html).toContain('name="viewport"');
  expect(html).toContain('prefers-color-scheme: dark');
  // Only Outlook, which knows no max-width, is told a width in pixels.
  const others = html.replace(/<!--\[if mso\]>.*?<!\[endif\]-->/gs, '').replace(/<img [^>]*>/, '');
  expect(others).not.toMatch(/width="\d+"|[^-]width:\d+px/);
});
