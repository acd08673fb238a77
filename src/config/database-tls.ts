/** Whether the way to the database is safe from those who listen or stand between: told from the connection string alone. */

/**
 * True for a server on another machine without `sslmode=verify-full`: what is sent may be read on the way, or by whoever answers in
 * the server's place. A socket and loopback are safe without it.
 */
export function isUnverifiedWay(databaseUrl: string | null): boolean {
  // A user without a host, as sockets are written, is no URL to Node.
  const text = databaseUrl?.replace('@/', '@localhost/') ?? '';
  if (!URL.canParse(text)) return false;
  const { hostname, searchParams } = new URL(text);
  const host = searchParams.get('host') ?? decodeURIComponent(hostname);
  const isHere = host === '' || host.startsWith('/') || /^(?:localhost|127(?:\.\d+){3}|\[?::1\]?)$/i.test(host);
  return !isHere && searchParams.get('sslmode') !== 'verify-full';
}

export const UNVERIFIED_WAY =
  'DATABASE_URL names a server on another machine without sslmode=verify-full: names and register numbers may be read on the way.';
