/** Which errors are about the way to the database, and not about what was asked of it. */
import { RetryableError } from '../errors.ts';
import { reasonOf } from '../load/database.ts';
import { isCertificateFault, refusedWay } from '../load/refused-way.ts';

/** SQLSTATE classes: 08 connection, 53 resources (disk full, too many connections), 57P administrator shutdown. */
const SQLSTATES = ['08', '53', '57P'];
/** What the network says; a full or refused disk has codes of the same form, and is none of them. */
const NETWORK = [
  ...['EADDRNOTAVAIL', 'EAI_AGAIN', 'ECONNABORTED', 'ECONNREFUSED', 'ECONNRESET', 'EHOSTDOWN', 'EHOSTUNREACH'],
  ...['ENETDOWN', 'ENETRESET', 'ENETUNREACH', 'ENOTCONN', 'ENOTFOUND', 'EPIPE', 'ETIMEDOUT'],
];
/** What Navette says of its own errors; every other `RetryableError` is about a file, a drop or a folder. */
const OWN = ['database_down', 'database_unverified'];
/** What pg says without a code; the last two of a connection that broke earlier, in the place of the error that broke it. */
const SAID = /connection (terminated|ended|timeout)|timeout exceeded when trying|not queryable|has been discarded/i;

/** Whether the server went away or is out of means: then the next statement would fail as well, whatever it says. */
export function isAboutConnection(error: unknown): boolean {
  const reason = reasonOf(error);
  if (error instanceof RetryableError) return OWN.includes(reason);
  if (NETWORK.includes(reason) || isCertificateFault(reason) || SQLSTATES.some((start) => reason.startsWith(start)))
    return true;
  return error instanceof Error && SAID.test(error.message);
}

/** Why the database is away, for `database.down`: a certificate that does not verify has one word, as at the start. */
export function outageReason(error: unknown): string {
  const reason = reasonOf(error);
  return refusedWay(error, reason) === null ? reason : 'database_unverified';
}
