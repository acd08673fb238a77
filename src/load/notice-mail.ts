/** A notice as a real e-mail: the only door to nodemailer. The same notice always gives the same bytes and the same Message-ID. */
import { createHash } from 'node:crypto';
import MailComposer from 'nodemailer/lib/mail-composer';

export interface MailAddress {
  readonly name?: string;
  readonly address: string;
}

export interface NoticeMail {
  /** stable for one invoice and kind; letters, digits, dots, dashes and underscores */
  readonly messageKey: string;
  readonly from: MailAddress;
  readonly to: MailAddress;
  readonly subject: string;
  readonly text: string;
  readonly html: string;
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
 * A multipart/alternative message in UTF-8 (RFC 5322, RFC 2046), CRLF throughout.
 * Throws a RangeError for a message key, a domain, an address or a date that cannot stand in a header.
 */
export async function buildNoticeMail(mail: NoticeMail): Promise<Buffer> {
  if (!isMessageKey(mail.messageKey))
    throw new RangeError('A message key is letters, digits, dots, dashes and underscores.');
  if (!/^[A-Za-z0-9.-]+$/.test(mail.domain)) throw new RangeError('The domain of a Message-ID is a host name.');
  const date = new Date(mail.date);
  if (Number.isNaN(date.getTime())) throw new RangeError('The date of a mail is ISO text or a Date.');
  const composer = new MailComposer({
    messageId: `<${mail.messageKey}@${mail.domain}>`,
    date,
    from: headerAddress(mail.from),
    to: headerAddress(mail.to),
    subject: headerText(mail.subject),
    text: mail.text,
    html: mail.html,
    headers: { 'Auto-Submitted': 'auto-generated' },
    encoding: 'quoted-printable',
    newline: 'win',
    baseBoundary: createHash('sha256').update(mail.messageKey).digest('hex').slice(0, 24),
    // A notice has no attachments; nothing in it may make the composer read a file or call a server.
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  return await composer.compile().build();
}

/** An object, never `Name <address>` text: a name with a comma or a line break would add recipients or headers. */
function headerAddress({ name, address }: MailAddress): { name: string; address: string } {
  if (!/^[^\s@<>,;:"()[\]\\\p{Cc}]+@[^\s@<>,;:"()[\]\\\p{Cc}]+$/u.test(address)) {
    throw new RangeError('This cannot be an e-mail address.');
  }
  return { name: headerText(name ?? ''), address };
}

function headerText(text: string): string {
  return text.replace(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ').trim();
}
