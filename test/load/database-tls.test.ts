/** The way to a PostgreSQL with TLS: taken when its certificate verifies, refused in a clear sentence when it does not. */
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import pg from 'pg';
import { afterAll, beforeAll, expect, inject, onTestFinished, test } from 'vitest';
import { isAboutConnection, outageReason } from '../../src/jobs/connection-errors.ts';
import { openDatabase } from '../../src/load/database.ts';
import { type EmbeddedServer, openEmbeddedPostgres } from '../../src/load/embedded-postgres.ts';
import { makeCertificate } from '../support/certificates.ts';
import { runNavette } from '../support/command.ts';

let folder: string;
const servers: EmbeddedServer[] = [];
let named: string;
let misnamed: string;

/** The connection string of a server with this certificate, by a name and not by an address. */
async function startWithTls(place: string, certificate: { key: string; cert: string }): Promise<string> {
  const [key, cert] = [join(folder, `${place}-key.pem`), join(folder, `${place}.pem`)];
  await writeFile(key, certificate.key, { mode: 0o600 });
  await writeFile(cert, certificate.cert);
  const settings = ['ssl=on', `ssl_cert_file=${cert}`, `ssl_key_file=${key}`, 'fsync=off'];
  const server = await openEmbeddedPostgres(join(folder, place), settings);
  servers.push(server);
  return server.url.replace('127.0.0.1', 'localhost');
}

const verified = (url: string, authority: string) =>
  `${url}?sslmode=verify-full&sslrootcert=${join(folder, authority)}`;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'navette-tls-'));
  const [right, wrong] = [makeCertificate('Right Authority'), makeCertificate('Right Authority')];
  await writeFile(join(folder, 'right.pem'), right.cert);
  await writeFile(join(folder, 'wrong.pem'), wrong.cert);
  [named, misnamed] = await Promise.all([
    startWithTls('named', makeCertificate('localhost', right)),
    startWithTls('misnamed', makeCertificate('db.example', right)),
  ]);
}, 60_000);

afterAll(async () => {
  for (const server of servers) await server.release();
  await rm(folder, { recursive: true, force: true });
});

const refusal = (url: string) =>
  openDatabase(url, () => undefined).then(
    () => 'taken',
    (error) => ({ reason: error.reason, message: error.message }),
  );

test('a certificate of the right authority and name is taken, and the session is encrypted', async () => {
  const database = await openDatabase(verified(named, 'right.pem'), () => undefined);
  try {
    const { rows } = await sql<{
      ssl: boolean;
    }>`select ssl from pg_stat_ssl where pid = pg_backend_pid()`.execute(database.db);
    expect(rows).toEqual([{ ssl: true }]);
  } finally {
    await database.close();
  }
});

test('a certificate of a wrong authority, or for another name, is refused before anybody logs in', async () => {
  const wrong = await refusal(verified(named, 'wrong.pem'));
  expect(wrong).toEqual({
    reason: 'database_unverified',
    message:
      "The database's server shows a certificate that no trusted authority signed; nobody logged in. Is sslrootcert in DATABASE_URL the authority of this server? (UNABLE_TO_VERIFY_LEAF_SIGNATURE)",
  });
  const name = {
    reason: 'database_unverified',
    message: "The certificate of the database's server is for another name than DATABASE_URL has; nobody logged in.",
  };
  expect(await refusal(verified(misnamed, 'right.pem'))).toEqual(name);
  expect(await refusal(verified(named.replace('localhost', '127.0.0.1'), 'right.pem'))).toEqual(name);
});

test('an authority that is not there and a server without TLS are told for what they are', async () => {
  expect(await refusal(verified(named, 'nothing.pem'))).toEqual({
    reason: 'database_unverified',
    message: 'A certificate or key file that DATABASE_URL names cannot be read.',
  });
  expect(await refusal(verified(inject('postgres'), 'right.pem'))).toEqual({
    reason: 'database_unverified',
    message: "The database's server speaks no TLS, and DATABASE_URL asks for it; nobody logged in.",
  });
});

test('a folder in the place of a certificate file is one, and a server that resets the connection is none', async () => {
  expect(await refusal(verified(named, '.'))).toMatchObject({
    reason: 'database_unverified',
    message: 'A certificate or key file that DATABASE_URL names cannot be read.',
  });
  const resets = createServer((socket) => socket.once('data', () => socket.resetAndDestroy())).listen(0, '127.0.0.1');
  await once(resets, 'listening');
  onTestFinished(() => void resets.close());
  const { port } = resets.address() as AddressInfo;
  expect(await refusal(`postgres://navette@127.0.0.1:${port}/navette`)).toEqual({
    reason: 'database_down',
    message: 'The database cannot be reached (ECONNRESET).',
  });
});

test('a certificate that stops verifying is about the way to the database, and no file is to blame', async () => {
  const client = new pg.Client({ connectionString: verified(named, 'wrong.pem') });
  const error = await client.connect().catch((failure: unknown) => failure);
  expect(isAboutConnection(error)).toBe(true);
  expect(outageReason(error)).toBe('database_unverified');
});

test('the weaker words of sslmode verify as strictly, and say nothing on stderr that is no JSON', async () => {
  const check = async (server: string, mode: string) => {
    const url = `${server}?sslmode=${mode}&sslrootcert=${join(folder, 'right.pem')}`;
    const { out, err } = await runNavette({ DATABASE_URL: url }, 'config', 'check', '--online', '--json');
    expect(err.split('\n').filter((line) => line !== '' && !line.startsWith('{'))).toEqual([]);
    const { places } = JSON.parse(out) as { places: { place: string; found: string }[] };
    return places.find(({ place }) => place === 'database')?.found;
  };
  for (const mode of ['prefer', 'require', 'verify-ca']) {
    expect(await check(named, mode), mode).toMatch(/pending$/);
    expect(await check(misnamed, mode), mode).toMatch(/is for another name than DATABASE_URL has/);
  }
}, 60_000);
