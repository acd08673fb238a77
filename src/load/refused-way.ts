/** Why a way to PostgreSQL was not taken, in a sentence for whoever wrote DATABASE_URL; it repeats nothing of it. */

/** OpenSSL's names for a certificate whose signatures lead to nobody that is trusted. */
const UNTRUSTED = [
  ...['CERT_UNTRUSTED', 'DEPTH_ZERO_SELF_SIGNED_CERT', 'SELF_SIGNED_CERT_IN_CHAIN', 'CERT_SIGNATURE_FAILURE'],
  ...['UNABLE_TO_GET_ISSUER_CERT', 'UNABLE_TO_GET_ISSUER_CERT_LOCALLY', 'UNABLE_TO_VERIFY_LEAF_SIGNATURE'],
];
const OTHER_NAME = 'ERR_TLS_CERT_ALTNAME_INVALID';
const NOT_NOW = ['CERT_HAS_EXPIRED', 'CERT_NOT_YET_VALID'];
const SENTENCES = {
  untrusted:
    "The database's server shows a certificate that no trusted authority signed; nobody logged in. Is sslrootcert in DATABASE_URL the authority of this server?",
  expired: "The certificate of the database's server has expired or is not valid yet; nobody logged in.",
  name: "The certificate of the database's server is for another name than DATABASE_URL has; nobody logged in.",
  plain: "The database's server speaks no TLS, and DATABASE_URL asks for it; nobody logged in.",
  file: 'A certificate or key file that DATABASE_URL names cannot be read.',
} as const;

/** Whether a reason is about a server's certificate; it may pass, as when a new one is put in place of one that expired. */
export function isCertificateFault(reason: string): boolean {
  return UNTRUSTED.includes(reason) || NOT_NOW.includes(reason) || reason === OTHER_NAME;
}

/** null when it is about something else than TLS. */
export function refusedWay(error: unknown, reason: string): string | null {
  const { syscall, message } = error as { syscall?: unknown; message?: unknown };
  // Sockets are read too, and reset; only a folder in the place of a file is a fault of the file.
  if (syscall === 'open' || (syscall === 'read' && reason === 'EISDIR')) return SENTENCES.file;
  if (message === 'The server does not support SSL connections') return SENTENCES.plain;
  if (reason === OTHER_NAME) return SENTENCES.name;
  if (!isCertificateFault(reason)) return null;
  return `${NOT_NOW.includes(reason) ? SENTENCES.expired : SENTENCES.untrusted} (${reason})`;
}
