/** Which connection strings let people's data be read on its way to the database. */
import { expect, test } from 'vitest';
import { isUnverifiedWay, strictTls } from '../../src/config/database-tls.ts';

test('another machine needs a verified certificate; loopback and sockets do not', () => {
  const unsafe = [
    'db.internal/n',
    'db.internal/n?sslmode=require&uselibpqcompat=true',
    '10.0.0.4/n?sslmode=disable',
    '[fd00::1]:5432/n',
    '/n?host=db',
  ];
  for (const rest of unsafe) expect(isUnverifiedWay(strictTls(`postgres://user:x@${rest}`)), rest).toBe(true);
  const safe = [
    'localhost/n',
    '127.0.0.1:5433/n',
    '[::1]/n',
    'db/n?sslmode=verify-full&sslrootcert=ca.pem',
    '/n?host=/run/postgresql',
    'db/n?sslmode=require',
    'db/n?sslrootcert=ca.pem&sslmode=verify-ca&application_name=a',
  ];
  for (const rest of safe) expect(isUnverifiedWay(strictTls(`postgres://user:x@${rest}`)), rest).toBe(false);
  expect(isUnverifiedWay(null)).toBe(false);
});
