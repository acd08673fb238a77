/** The notice channel to a mail server, and what each of its answers means for a notice. */

import { type MailServer, openMailPool } from './mail-pool.ts';
import type { Delivery, NoticeChannel } from './notice-channel.ts';

interface SmtpFailure {
  readonly code?: string;
  /** what was being said when it failed, such as `AUTH PLAIN`, `MAIL FROM`, `RCPT TO`, `DATA` */
  readonly command?: string;
  /** three digits of the server's reply (RFC 5321, 4.2), when it gave one */
  readonly responseCode?: number;
}

type NotAccepted = Exclude<Delivery, { readonly kind: 'accepted' }>;

/**
 * The first row that fits decides; when none does, it goes again later. What fails before a recipient was named is about the server or about our account there, and
 * holds for every notice. A connection that goes while a message is under way tells nothing: it goes again, under the same
 * Message-ID.
 */
const MEANINGS: readonly (readonly [command: RegExp, reply: RegExp, code: RegExp, meaning: NotAccepted['kind']])[] = [
  [/^(?:STARTTLS|AUTH|EHLO|HELO)/, /^/, /^/, 'down'],
  [/^MAIL FROM/, /^5/, /^/, 'down'],
  [/^/, /^4/, /^/, 'later'],
  [/^/, /^5/, /^/, 'refused'],
  [/^/, /^$/, /^(?:EENVELOPE|EMESSAGE)$/, 'refused'],
  [/^/, /^$/, /^(?:EDNS|ETLS|EREQUIRETLS|EAUTH|ENOAUTH|EPROXY|ECONFIG)$/, 'down'],
];

/** Notices go through a pool of connections with verified TLS; `sender` is the envelope's address and the one in From. */
export function openSmtpChannel(server: MailServer, sender: string): NoticeChannel {
  const pool = openMailPool(server);
  let checked: Promise<NotAccepted | null> | null = null;
  // A server that cannot be reached at all is found out once, not by every notice that waits.
  const check = () =>
    pool.check().then(
      () => null,
      (error) => ({ kind: 'down', reason: reasonOf(error as SmtpFailure) }) as const,
    );
  return {
    atOnce: server.connections,
    sender,
    deliver: async ({ envelope, eml }) => {
      checked ??= check();
      const fault = await checked;
      if (fault !== null) return fault;
      try {
        await pool.send(envelope, eml);
        return { kind: 'accepted', file: null };
      } catch (error) {
        return meaningOf(error as SmtpFailure);
      }
    },
    close: pool.close,
  };
}

/** What a failed sending means for the notice. */
function meaningOf(failure: SmtpFailure): NotAccepted {
  const { code = '', command = '', responseCode } = failure;
  const reply = responseCode === undefined ? '' : String(responseCode);
  const row = MEANINGS.find(
    ([commands, replies, codes]) => commands.test(command) && replies.test(reply) && codes.test(code),
  );
  return { kind: row?.[3] ?? 'later', reason: reasonOf(failure) };
}

/** The reply code, or the library's own; never the text of the server, which may repeat an address. */
function reasonOf({ code = 'unknown', responseCode }: SmtpFailure): string {
  return `smtp.${responseCode ?? code.toLowerCase()}`;
}
