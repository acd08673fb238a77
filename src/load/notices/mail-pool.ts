/** The way to a mail server: the only door to nodemailer, which says messages that are built already. */
import { createTransport } from 'nodemailer';

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
