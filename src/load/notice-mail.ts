/** A notice as a real e-mail and the way to a mail server: the only door to nodemailer. The same notice always gives the same bytes. */
import { createHash } from 'node:crypto';
import { createTransport } from 'nodemailer';
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
  /** a PNG that the HTML shows by its Content-ID */
  readonly image?: { readonly contentId: string; readonly name: string; readonly png: Buffer } | null;
  /** where answers go when that is not the sender */
  readonly replyTo?: MailAddress | null;
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
 * A multipart/alternative message in UTF-8 (RFC 5322, RFC 2046; its image multipart/related, RFC 2387), CRLF throughout.
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
    ...(mail.replyTo && { replyTo: headerAddress(mail.replyTo) }),
    subject: headerText(mail.subject),
    text: mail.text,
    html: mail.html,
    attachments: attachmentsOf(mail),
    headers: { 'Auto-Submitted': 'auto-generated' },
    encoding: 'quoted-printable',
    newline: 'win',
    baseBoundary: createHash('sha256').update(mail.messageKey).digest('hex').slice(0, 24),
    // Its image is given as bytes; nothing in a notice may make the composer read a file or call a server.
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  return await composer.compile().build();
}

function attachmentsOf({ image }: NoticeMail) {
  if (!image) return [];
  const { contentId: cid, name: filename, png: content } = image;
  return [{ cid, filename, content, contentType: 'image/png', contentDisposition: 'inline' as const }];
}

/** An object, never `Name <address>` text: a name with a comma or a line break would add recipients or headers. */
function headerAddress({ name, address }: MailAddress): { name: string; address: string } {
  if (!/^[^\s@<>,;:"()[\]\\\p{Cc}]+@[^\s@<>,;:"()[\]\\\p{Cc}]+$/u.test(address)) {
    throw new RangeError('This cannot be an e-mail address.');
  }
  return { name: headerText(name ?? ''), address };
}

export interface MailServer {
  readonly host: string;
  readonly port: number;
  /** `tls` from the first byte (port 465), or `starttls` before anything else is said */
  readonly security: 'starttls' | 'tls';
  readonly user: string | null;
  readonly password: string | null;
  /** PEM of the authority that signed the server's certificate; null for those that Node knows */
  readonly authority: string | null;
  readonly connections: number;
  readonly perSecond: number;
}

export interface MailPool {
  /** Resolves when the server has said 250 to the whole message; otherwise the error of nodemailer, `responseCode` and all. */
  readonly send: (envelope: { readonly from: string; readonly to: string }, eml: Buffer) => Promise<void>;
  /** Connects, says hello over TLS, logs in, and leaves; throws the error of nodemailer. */
  readonly check: () => Promise<void>;
  readonly close: () => void;
}

/** Connections to one server, kept open between messages. A certificate that does not verify is an error, as is a server without TLS. */
export function openMailPool(server: MailServer): MailPool {
  const { user, password } = server;
  const transport = createTransport({
    pool: true,
    host: server.host,
    port: server.port,
    secure: server.security === 'tls',
    requireTLS: true,
    tls: {
      minVersion: 'TLSv1.2',
      rejectUnauthorized: true,
      ...(server.authority !== null && { ca: server.authority }),
    },
    ...(user !== null && password !== null && { auth: { user, pass: password } }),
    maxConnections: server.connections,
    rateLimit: server.perSecond,
    rateDelta: 1000,
    // A message that a broken connection left half sent is ours to try again, with a record of the attempt.
    maxRequeues: 0,
    connectionTimeout: 15_000,
    greetingTimeout: 15_000,
    socketTimeout: 60_000,
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  return {
    send: async (envelope, eml) => {
      await transport.sendMail({ envelope: { from: envelope.from, to: [envelope.to] }, raw: eml });
    },
    check: async () => {
      await transport.verify();
    },
    close: () => transport.close(),
  };
}

function headerText(text: string): string {
  return text.replace(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ').trim();
}
