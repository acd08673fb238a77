/** Owns a real mail server on loopback that answers as a test tells it to, over TLS with a certificate of its own. */
import type { AddressInfo, Socket } from 'node:net';
import { SMTPServer, type SMTPServerSession } from 'smtp-server';
import { makeCertificate } from './certificates.ts';

/** What the server does with a message for a recipient; `die` says 250 and takes the whole server down after it. */
export type Answer = 'accept' | 'drop' | 'die' | { readonly at: 'mail' | 'rcpt' | 'data'; readonly reply: number };

export interface TestMailServer {
  readonly port: number;
  /** PEM of its certificate, which is its own authority */
  readonly certificate: string;
  /** Message-IDs that it has said 250 to, in order */
  readonly accepted: readonly string[];
  /** whole messages that it has said 250 to */
  readonly messages: readonly string[];
  readonly close: () => Promise<void>;
}

export const USER = 'navette';
export const PASSWORD = 'not a secret';

interface Options {
  /** by local part of the recipient; everything else is accepted */
  readonly answers?: Readonly<Record<string, Answer>>;
  /** before the 250 to a message goes out */
  readonly beforeAccepting?: () => Promise<void>;
  /** 0 for any */
  readonly port?: number;
  readonly withTls?: boolean;
}

const CERTIFICATE = makeCertificate();

/** Starts it; it wants STARTTLS and a login, as a submission server does (RFC 6409). */
export async function openMailServer({ answers = {}, beforeAccepting, port = 0, withTls = true }: Options = {}) {
  const accepted: string[] = [];
  const messages: string[] = [];
  const sockets = new Set<Socket>();
  const answerFor = (address: string): Answer => answers[address.split('@')[0] ?? ''] ?? 'accept';
  const refusal = (reply: number) => Object.assign(new Error('no'), { responseCode: reply });
  const server = new SMTPServer({
    ...CERTIFICATE,
    ...(!withTls && { disabledCommands: ['STARTTLS'], allowInsecureAuth: true }),
    authMethods: ['PLAIN'],
    // A client that goes away in the middle is what these tests are about.
    logger: false,
    onAuth: (auth, _session, done) => {
      if (auth.username === USER && auth.password === PASSWORD) done(null, { user: USER });
      else done(refusal(535));
    },
    onMailFrom: (address, _session, done) => {
      const answer = answerFor(address.address);
      done(typeof answer === 'object' && answer.at === 'mail' ? refusal(answer.reply) : null);
    },
    onRcptTo: (address, _session, done) => {
      const answer = answerFor(address.address);
      done(typeof answer === 'object' && answer.at === 'rcpt' ? refusal(answer.reply) : null);
    },
    onData: (stream, session, done) => {
      const answer = answerFor(session.envelope.rcptTo[0]?.address ?? '');
      let text = '';
      stream.on('data', (chunk: Buffer) => {
        if (answer === 'drop') destroySocketOf(session);
        text += chunk.toString('latin1');
      });
      stream.on('end', () => {
        if (answer === 'drop') return;
        if (typeof answer === 'object') {
          done(refusal(answer.reply));
          return;
        }
        const take = () => {
          accepted.push(/^Message-ID: <([^>]+)>/im.exec(text)?.[1] ?? '');
          messages.push(text);
          done(null);
          if (answer === 'die') setImmediate(() => void close());
        };
        if (beforeAccepting === undefined) take();
        else void beforeAccepting().then(take);
      });
    },
  });
  server.on('error', () => undefined);
  server.server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
  });
  const destroySocketOf = (session: SMTPServerSession) => {
    for (const socket of sockets) {
      if (socket.remotePort === session.remotePort) socket.destroy();
    }
  };
  let closed: Promise<void> | null = null;
  const close = (): Promise<void> => {
    closed ??= new Promise<void>((resolve) => {
      server.server.close(() => resolve());
      for (const socket of sockets) socket.destroy();
    });
    return closed;
  };
  await new Promise<void>((resolve) => void server.listen(port, '127.0.0.1', resolve));
  const opened: TestMailServer = {
    port: (server.server.address() as AddressInfo).port,
    certificate: CERTIFICATE.cert,
    accepted,
    messages,
    close,
  };
  return opened;
}
