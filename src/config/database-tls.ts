/** Whether the way to the database is safe from those who listen or stand between: told from the connection string alone. */

/**
 * `prefer`, `require` and `verify-ca` mean `verify-full` here, as they do to pg 8; said to pg in that word, which it takes without a
 * warning that is no JSON and keeps its meaning in pg 9. With `uselibpqcompat=true` they stay, and mean what they mean to libpq.
 */
export function strictTls(databaseUrl: string): string {
  if (/[?&]uselibpqcompat=true(?=&|$)/.test(databaseUrl)) return databaseUrl;
  return databaseUrl.replace(/([?&]sslmode=)(?:prefer|require|verify-ca)(?=&|$)/g, '$1verify-full');
}

/**
 * True for a server on another machine without `sslmode=verify-full` (see `strictTls`): what is sent may be read on the way, or by whoever answers in
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
