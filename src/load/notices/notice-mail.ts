/** A notice as the bytes of an e-mail. The same notice always gives the same bytes, Message-ID and boundaries included. */
import { createHash } from 'node:crypto';
import { domainToASCII } from 'node:url';
import { base64Lines, headerValue, phrase, quotedPrintable } from './mime-text.ts';

export interface MailAddress {
  readonly name?: string;
  readonly address: string;
}

export interface NoticeMail {
  /** stable for one invoice and kind; letters, digits, dots, dashes and underscores */
  readonly messageKey: string;
  readonly from: MailAddress;
  readonly to: MailAddress;
  /** where answers go when that is not the sender */
  readonly replyTo?: MailAddress | null;
  readonly subject: string;
  readonly text: string;
  readonly html: string;
  /** a PNG that the HTML shows by its Content-ID */
  readonly image?: { readonly contentId: string; readonly name: string; readonly png: Buffer } | null;
  /** when the notice was queued, not when it is sent: a second copy must not differ. ISO text or a Date */
  readonly date: Date | string;
  /** right-hand side of the Message-ID */
  readonly domain: string;
}

/** Whether a key can be a Message-ID and a file name as it stands. */
export function isMessageKey(text: string): boolean {
  return /^[A-Za-z0-9][A-Za-z0-9._-]{0,120}$/.test(text);
}

/**
 * A multipart/alternative message in UTF-8 (RFC 5322, RFC 2046; HTML and image multipart/related, RFC 2387), CRLF throughout.
 * Written here and not by a library's streams, so that every byte is ours and the second copy is the first one again.
 * Throws a RangeError for a message key, a domain, an address or a date that cannot stand in a header.
 */
export function buildNoticeMail(mail: NoticeMail): Buffer {
  if (!isMessageKey(mail.messageKey))
    throw new RangeError('A message key is letters, digits, dots, dashes and underscores.');
  if (!/^[A-Za-z0-9.-]+$/.test(mail.domain)) throw new RangeError('The domain of a Message-ID is a host name.');
  const date = new Date(mail.date);
  if (Number.isNaN(date.getTime())) throw new RangeError('The date of a mail is ISO text or a Date.');
  const headers = [
    `From: ${headerAddress(mail.from)}`,
    `To: ${headerAddress(mail.to)}`,
    ...(mail.replyTo ? [`Reply-To: ${headerAddress(mail.replyTo)}`] : []),
    `Subject: ${headerValue(oneLine(mail.subject))}`,
    `Message-ID: <${mail.messageKey}@${mail.domain}>`,
    `Date: ${date.toUTCString().replace('GMT', '+0000')}`,
    'Auto-Submitted: auto-generated',
    'MIME-Version: 1.0',
  ];
  const mark = createHash('sha256').update(mail.messageKey).digest('hex').slice(0, 24);
  const body = multipart('alternative', `${mark}-a`, [textPart('plain', mail.text), htmlPart(mail, `${mark}-r`)]);
  return Buffer.from(`${headers.join('\r\n')}\r\n${body}`, 'latin1');
}

function htmlPart({ html, image }: NoticeMail, mark: string): string {
  if (!image) return textPart('html', html);
  const imagePart = [
    `Content-Type: image/png; name="${image.name}"`,
    `Content-Disposition: inline; filename="${image.name}"`,
    `Content-ID: <${image.contentId}>`,
    'Content-Transfer-Encoding: base64',
    '',
    base64Lines(image.png),
    '',
  ];
  return multipart('related', mark, [textPart('html', html), imagePart.join('\r\n')]);
}

function textPart(kind: 'plain' | 'html', text: string): string {
  return `Content-Type: text/${kind}; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n${quotedPrintable(text)}\r\n`;
}

/** `=_` in a boundary: it cannot occur in quoted-printable nor in base64 (RFC 2045, 6.7). */
function multipart(kind: 'alternative' | 'related', mark: string, parts: readonly string[]): string {
  const boundary = `----=_${mark}`;
  const body = parts.map((part) => `--${boundary}\r\n${part}`).join('\r\n');
  return `Content-Type: multipart/${kind}; boundary="${boundary}"\r\n\r\n${body}\r\n--${boundary}--\r\n`;
}

/** Never `Name <address>` text from outside: a name with a comma or a line break would add recipients or headers. */
function headerAddress({ name, address }: MailAddress): string {
  const parts = /^([^\s@<>,;:"()[\]\\\p{Cc}\P{ASCII}]+)@([^\s@<>,;:"()[\]\\\p{Cc}]+)$/u.exec(address);
  const domain = domainToASCII(parts?.[2] ?? '');
  if (parts === null || domain === '') throw new RangeError('This cannot be an e-mail address.');
  const shown = oneLine(name ?? '');
  const whole = `${parts[1]}@${domain}`;
  return shown === '' ? whole : `${phrase(shown)}\r\n <${whole}>`;
}

function oneLine(text: string): string {
  return text.replace(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ').trim();
}
