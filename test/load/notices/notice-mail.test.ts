/** The e-mail of a notice, parsed back by another library than the one that made it. */
import { join } from 'node:path';
import { type AddressObject, simpleParser } from 'mailparser';
import { describe, expect, test } from 'vitest';
import { buildNoticeMail, type NoticeMail } from '../../../src/load/notices/notice-mail.ts';
import { qrImage } from '../../../src/load/notices/qr-image.ts';
import { loadMessages } from '../../../src/messages.ts';
import { LANGUAGES } from '../../../src/model.ts';
import { noticeContent } from '../../../src/transform/notices/notice-content.ts';
import { QR_CONTENT_ID } from '../../../src/transform/notices/notice-view.ts';
import { formatMoney } from '../../../src/transform/values/message-text.ts';
import { inventNoticeFacts } from '../../support/notice-facts.ts';

const messages = loadMessages(join(import.meta.dirname, '../../../config/messages'));

function inventMail(changed: Partial<NoticeMail> = {}): NoticeMail {
  return {
    messageKey: 'invoice-2026-000123-notice',
    from: { name: 'Titres & Cie SA', address: 'factures@example.be' },
    to: { name: 'Brasserie du Parc', address: 'compta@example.be' },
    ...noticeContent(inventNoticeFacts(), messages),
    date: '2026-12-01T09:30:00Z',
    domain: 'navette.example.be',
    ...changed,
  };
}

function addressesOf(header: AddressObject | AddressObject[] | undefined) {
  return [header].flat().flatMap((one) => one?.value ?? []);
}

test.each(LANGUAGES)(
  '%s: subject, both parts, addresses, amount, IBAN and communication arrive whole',
  async (language) => {
    const facts = inventNoticeFacts({ language });
    const content = noticeContent(facts, messages);
    const eml = buildNoticeMail(inventMail(content));
    const mail = await simpleParser(eml);
    expect(mail.subject).toBe(content.subject);
    expect(addressesOf(mail.from)).toEqual([{ name: 'Titres & Cie SA', address: 'factures@example.be' }]);
    expect(addressesOf(mail.to)).toEqual([{ name: 'Brasserie du Parc', address: 'compta@example.be' }]);
    expect(mail.text?.replace(/\r\n/g, '\n').trimEnd()).toBe(content.text.trimEnd());
    expect(String(mail.html).replace(/\r\n/g, '\n').trimEnd()).toBe(content.html.trimEnd());
    for (const value of [formatMoney(facts.total, language), 'BE68 5390 0754 7034', '+++123/4567/89002+++']) {
      expect(mail.text).toContain(value);
      expect(mail.html).toContain(value);
    }
  },
);

test('is multipart/alternative with its own Message-ID and the given date', async () => {
  const eml = buildNoticeMail(inventMail());
  const mail = await simpleParser(eml);
  expect(mail.messageId).toBe('<invoice-2026-000123-notice@navette.example.be>');
  expect(mail.date?.toISOString()).toBe('2026-12-01T09:30:00.000Z');
  expect(mail.headers.get('content-type')).toMatchObject({ value: 'multipart/alternative' });
  expect(mail.attachments).toEqual([]);
  const raw = eml.toString('latin1');
  expect(eml.every((byte) => byte < 128)).toBe(true);
  expect(raw.replaceAll('\r\n', '')).not.toMatch(/[\r\n]/);
  expect(Math.max(...raw.split('\r\n').map((line) => line.length))).toBeLessThan(998);
});

test('the image of the QR code comes inside the mail, under the name that the HTML asks for', async () => {
  const png = qrImage('BCD');
  const image = { contentId: QR_CONTENT_ID, name: 'payment-qr.png', png };
  const eml = buildNoticeMail(inventMail({ image, replyTo: { address: 'contact@example.be' } }));
  const mail = await simpleParser(eml, { skipImageLinks: true });
  expect(mail.attachments).toMatchObject([
    { cid: QR_CONTENT_ID, related: true, contentType: 'image/png', contentDisposition: 'inline' },
  ]);
  expect(mail.attachments[0]?.content.equals(png)).toBe(true);
  expect(String(mail.html)).toContain(`src="cid:${QR_CONTENT_ID}"`);
  expect(addressesOf(mail.replyTo).map((one) => one.address)).toEqual(['contact@example.be']);
});

test('the same notice gives the same bytes, whenever it is built', async () => {
  const [first, second] = [buildNoticeMail(inventMail()), buildNoticeMail(inventMail())];
  expect(second.equals(first)).toBe(true);
  const fromDate = buildNoticeMail(inventMail({ date: new Date('2026-12-01T09:30:00Z') }));
  expect(fromDate.equals(first)).toBe(true);
  const other = buildNoticeMail(inventMail({ messageKey: 'invoice-2026-000124-notice' }));
  expect(other.equals(first)).toBe(false);
});

describe('nobody can add a header or a recipient', () => {
  const forged = 'Parc\r\nBcc: thief@example.com\r\n\r\nhello, x@example.com <y@example.com>';

  test.each([
    ['subject', { subject: forged }],
    ['name of the recipient', { to: { name: forged, address: 'compta@example.be' } }],
    ['name of the sender', { from: { name: forged, address: 'factures@example.be' } }],
  ])('%s', async (_, changed) => {
    const mail = await simpleParser(buildNoticeMail(inventMail(changed)));
    expect(mail.bcc).toBeUndefined();
    expect(mail.headers.has('bcc')).toBe(false);
    expect(addressesOf(mail.to).map((one) => one.address)).toEqual(['compta@example.be']);
    expect(addressesOf(mail.from).map((one) => one.address)).toEqual(['factures@example.be']);
    expect(mail.text).toContain('+++123/4567/89002+++');
  });

  test.each([
    'a@example.be\r\nBcc: thief@example.com',
    'a@example.be, thief@example.com',
    'Name <a@example.be>',
    'no-at-sign',
    'é@example.be',
    '',
  ])('an address that is more than an address is refused (%#)', async (address) => {
    expect(() => buildNoticeMail(inventMail({ to: { address } }))).toThrow(RangeError);
  });

  test.each(['', '../up', 'a b', 'a\r\nBcc: x', 'a>b'])(
    'a message key that is no key is refused (%#)',
    async (messageKey) => {
      expect(() => buildNoticeMail(inventMail({ messageKey }))).toThrow(RangeError);
    },
  );

  test('so are a domain and a date that are none', async () => {
    expect(() => buildNoticeMail(inventMail({ domain: 'x>\r\nBcc: y' }))).toThrow(RangeError);
    expect(() => buildNoticeMail(inventMail({ date: 'yesterday' }))).toThrow(RangeError);
  });
});

test('a subject in ASCII stands in its header as it is, and blanks at the end of a line arrive', async () => {
  const text = 'two blanks  \na tab\t\n\t \nno = end';
  const eml = buildNoticeMail(inventMail({ subject: 'Invoice 2026-000123', text }));
  expect(eml.toString('latin1')).toContain('\r\nSubject: Invoice 2026-000123\r\n');
  expect((await simpleParser(eml)).text?.replace(/\r\n/g, '\n').replace(/\n$/, '')).toBe(text);
});
