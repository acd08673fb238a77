/** Notices to a real mail server that refuses, drops, dies, and to a worker that is killed: none is lost, none is sent again. Long because every way a server can fail is told of the same database and mailboxes. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { sql } from 'kysely';
import { simpleParser } from 'mailparser';
import pg from 'pg';
import { afterAll, afterEach, expect, onTestFinished, test } from 'vitest';
import { readEnvironment } from '../../../src/config/environment.ts';
import { loadConfig } from '../../../src/config.ts';
import { sendNoticeAgain } from '../../../src/jobs/notices/send-notice-again.ts';
import { type SentNotices, sendNotices } from '../../../src/jobs/notices/send-notices.ts';
import { openDatabase } from '../../../src/load/database.ts';
import { syncReference } from '../../../src/load/reference/reference.ts';
import { cloneDatabase } from '../../support/database.ts';
import { inventInvoicedOrder } from '../../support/invoiced-orders.ts';
import { openMailServer, type TestMailServer } from '../../support/mail-server.ts';
import { inventMailHome, type MailHome } from '../../support/mail-settings.ts';
import { type Noted, orderDay } from '../../support/small-world.ts';

const url = await cloneDatabase();
const database = await openDatabase(url, () => undefined);
afterAll(() => database.close());
const { db } = database;
const shipped = loadConfig(readEnvironment({ NAVETTE_CONFIG: new URL('../../../config', import.meta.url).pathname }));
await syncReference(db, shipped);

const NOON = Date.parse('2026-12-05T11:00:00Z');
const HOUR = 3_600_000;
const servers: TestMailServer[] = [];
afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.close()));
  await sql`update invoice_notice set status = 'sent' where status <> 'sent'`.execute(db);
});

async function open(options: Parameters<typeof openMailServer>[0] = {}): Promise<TestMailServer> {
  const server = await openMailServer(options);
  servers.push(server);
  return server;
}

function send({ home, config }: MailHome, now = NOON, noted: Noted[] = []): Promise<SentNotices> {
  const { log } = orderDay(db, '2026-12-05', noted);
  const environment = readEnvironment({ NAVETTE_HOME: home, NAVETTE_CONFIG: config });
  return sendNotices({ config: loadConfig(environment), database, log, now, home });
}

/** Notices of one order, one for each name, to `<name>@example.be`; their keys in the same order. */
async function queueFor(names: readonly string[]): Promise<string[]> {
  const order = await inventInvoicedOrder(db, { people: names.length });
  const keys = order.invoices.map(({ number }) => `invoice-${number}`);
  for (const [index, name] of names.entries()) {
    await sql`update invoice_notice set recipient = ${`${name}@example.be`} where message_key = ${keys[index]}`.execute(
      db,
    );
  }
  return keys;
}

async function stateOf(keys: readonly string[]): Promise<string[]> {
  const found = await sql<{ line: string }>`
    select concat_ws(' ', status, attempts, failure) as line from invoice_notice
     where message_key = any(${keys}) order by invoice_id`.execute(db);
  return found.rows.map((row) => row.line);
}

const idOf = (key: string | undefined) => `${key}@navette.example`;

test('each answer of a server has its own consequence, and no notice waits for another', async () => {
  const server = await open({
    answers: {
      later: { at: 'rcpt', reply: 451 },
      full: { at: 'data', reply: 452 },
      never: { at: 'rcpt', reply: 550 },
      spam: { at: 'data', reply: 554 },
      drop: 'drop',
    },
  });
  const settings = inventMailHome(server);
  const names = ['anne', 'later', 'never', 'drop', 'bert', 'full', 'spam', 'carla'];
  const keys = await queueFor(names);
  const noted: Noted[] = [];
  const { sent, failed } = await send(settings, NOON, noted);
  expect(sent).toHaveLength(3);
  expect(failed.map(({ reason, retried }) => `${reason} ${retried}`).sort()).toEqual([
    ...['smtp.451 true', 'smtp.452 true', 'smtp.550 false', 'smtp.554 false', 'smtp.econnection true'],
  ]);
  expect(await stateOf(keys)).toEqual([
    ...['sent 1', 'queued 1 smtp.451', 'failed 1 smtp.550', 'queued 1 smtp.econnection', 'sent 1'],
    ...['queued 1 smtp.452', 'failed 1 smtp.554', 'sent 1'],
  ]);
  expect(server.accepted.toSorted()).toEqual([keys[0], keys[4], keys[7]].map(idOf).sort());
  expect(JSON.stringify(noted)).not.toMatch(/@example/);

  const [first = ''] = server.messages;
  const mail = await simpleParser(first, { skipImageLinks: true });
  expect(mail.from?.value).toEqual([{ name: 'Navette Vouchers', address: 'notices@navette.example' }]);
  expect(mail.replyTo?.value).toEqual([{ name: 'Navette Vouchers', address: 'orders@navette.example' }]);
  expect(mail.attachments).toMatchObject([{ cid: 'payment-qr@navette', contentType: 'image/png' }]);

  // Too early for those that wait; what was sent or refused is not tried at all.
  expect(await send(settings, NOON + 60_000)).toEqual({ sent: [], failed: [] });
  await server.close();
  const mended = await open({ port: server.port });
  const second = await send(settings, NOON + HOUR);
  expect(second.sent).toHaveLength(3);
  expect(mended.accepted.toSorted()).toEqual([keys[1], keys[3], keys[5]].map(idOf).sort());
  expect(await send(settings, NOON + 100 * HOUR)).toEqual({ sent: [], failed: [] });
});

test('a notice that is never taken for now is given up after days, not after hours', async () => {
  const server = await open({ answers: { later: { at: 'rcpt', reply: 451 } } });
  const settings = inventMailHome(server);
  const keys = await queueFor(['later']);
  let now = NOON;
  let tries = 1;
  for (let { failed } = await send(settings, now); failed[0]?.retried === true; tries++) {
    expect(await send(settings, (await dueAt(keys)) - 1)).toEqual({ sent: [], failed: [] });
    now = await dueAt(keys);
    ({ failed } = await send(settings, now));
  }
  expect([tries, await stateOf(keys)]).toEqual([11, ['failed 11 smtp.451']]);
  expect((now - NOON) / (24 * HOUR)).toBeGreaterThan(4);
  expect((now - NOON) / (24 * HOUR)).toBeLessThan(6);
});

test('a server that says 250 and dies: what it took is recorded, the rest goes to the next one', async () => {
  const server = await open({ answers: { die: 'die' } });
  const settings = inventMailHome(server, '    connections: 1\n');
  const keys = await queueFor(['anne', 'die', 'bert', 'carla']);
  const { sent } = await send(settings);
  expect(sent).toHaveLength(2);
  expect(server.accepted).toEqual([keys[0], keys[1]].map(idOf));
  const next = await open({ port: server.port });
  await send(settings, NOON + HOUR);
  await send(settings, NOON + 2 * HOUR);
  expect(next.accepted.toSorted()).toEqual([keys[2], keys[3]].map(idOf).sort());
  expect((await stateOf(keys)).map((line) => line.split(' ')[0])).toEqual(['sent', 'sent', 'sent', 'sent']);
});

test('a server that breaks off everything uses up the attempts of one batch a run', async () => {
  const names = Array.from({ length: 8 }, (_, index) => `drop${index}`);
  const server = await open({ answers: Object.fromEntries(names.map((name) => [name, 'drop'])) });
  const keys = await queueFor(names);
  const { failed } = await send(inventMailHome(server, '    connections: 2\n'));
  expect(failed).toHaveLength(2);
  expect((await stateOf(keys)).filter((line) => line.startsWith('queued 0'))).toHaveLength(6);
});

test.each([
  ['no server at all', async () => ({ server: await openAndClose(), more: '' })],
  ['a login that is wrong', async () => ({ server: await open(), more: '', password: 'wrong' })],
  ['a server without TLS', async () => ({ server: await open({ withTls: false }), more: '' })],
  [
    'a sender that the server refuses',
    async () => ({ server: await open({ answers: { notices: { at: 'mail', reply: 553 } } }), more: '' }),
  ],
])('%s is about the server: every notice waits, and no attempt is counted', async (_, make) => {
  const { server, more, ...rest } = await make();
  const settings = inventMailHome(server, more);
  const keys = await queueFor(['anne', 'bert']);
  const environment = readEnvironment({ NAVETTE_HOME: settings.home, NAVETTE_CONFIG: settings.config });
  const config = loadConfig(environment);
  const noted: Noted[] = [];
  const { log } = orderDay(db, '2026-12-05', noted);
  const smtp = config.smtp === null ? null : { ...config.smtp, ...rest };
  const { sent, failed } = await sendNotices({
    config: { ...config, smtp },
    database,
    log,
    now: NOON,
    home: settings.home,
  });
  expect([sent.length, failed.map((one) => one.retried)]).toEqual([0, [true, true]]);
  expect((await stateOf(keys)).every((line) => line.startsWith('queued 0 smtp.'))).toBe(true);
  expect(noted.map(({ event }) => event)).toEqual(['notice.channel_down']);
});

test('a certificate that does not verify is refused before anything is said', async () => {
  const server = await open();
  const settings = inventMailHome(server);
  const config = loadConfig(readEnvironment({ NAVETTE_HOME: settings.home, NAVETTE_CONFIG: settings.config }));
  const keys = await queueFor(['anne']);
  const { log } = orderDay(db, '2026-12-05');
  const smtp = config.smtp === null ? null : { ...config.smtp, authority: null };
  await sendNotices({ config: { ...config, smtp }, database, log, now: NOON, home: settings.home });
  expect(await stateOf(keys)).toEqual([expect.stringMatching(/^queued 0 smtp\./)]);
  expect(server.accepted).toEqual([]);
});

test('killed between the 250 and the commit, the second copy has the same Message-ID and the same bytes', async () => {
  const recording = new pg.Client({ connectionString: url });
  await recording.connect();
  onTestFinished(() => recording.end());
  // The worker's record of the 250 has to wait for this lock; its reading of the queue does not.
  const server = await open({
    beforeAccepting: async () => {
      await recording.query('begin; lock table invoice_notice in share row exclusive mode');
    },
  });
  const settings = inventMailHome(server, '    connections: 1\n');
  const [key] = await queueFor(['anne']);
  const worker = spawn(new URL('../../../bin/navette', import.meta.url).pathname, ['run', 'notices', '--json'], {
    env: { ...process.env, DATABASE_URL: url, NAVETTE_HOME: settings.home, NAVETTE_CONFIG: settings.config },
    stdio: 'ignore',
  });
  const ended = once(worker, 'exit');
  await waitUntil(async () => {
    const waiting = await sql<{ count: number }>`
      select count(*) from pg_locks where relation = 'invoice_notice'::regclass and not granted`.execute(db);
    return waiting.rows[0]?.count === 1;
  });
  expect(server.accepted).toEqual([idOf(key)]);
  worker.kill('SIGKILL');
  expect(await ended).toEqual([null, 'SIGKILL']);
  await recording.query('rollback');
  await waitUntil(async () => (await stateOf([key ?? '']))[0] === 'queued 0' && (await unlocked(key ?? '')));

  await server.close();
  const next = await open({ port: server.port });
  expect((await send(settings, NOON)).sent).toHaveLength(1);
  expect(next.accepted).toEqual(server.accepted);
  expect(next.messages[0]).toBe(server.messages[0]);
  expect(await send(settings, NOON + HOUR)).toEqual({ sent: [], failed: [] });
});

test('a person can have one sent anew: to the present address, under a new key, with who and why', async () => {
  const server = await open({ answers: { never: { at: 'rcpt', reply: 550 } } });
  const settings = inventMailHome(server);
  const [key = ''] = await queueFor(['never']);
  await send(settings);
  const { log } = orderDay(db, '2026-12-06');
  const context = { database, log, now: NOON + HOUR };
  const words = { by: 'ops', why: 'address corrected' };
  const again = await sendNoticeAgain(context, key, words);
  expect(again.messageKey).toBe(`${key}-again-1`);
  await expect(sendNoticeAgain(context, key, words)).rejects.toThrow(/no notice/);
  await expect(sendNoticeAgain(context, again.messageKey, words)).rejects.toThrow(/no notice/);
  expect((await send(settings, NOON + HOUR)).sent).toHaveLength(1);
  expect(server.accepted).toEqual([idOf(again.messageKey)]);
  const kept = await sql<{ line: string }>`
    select concat_ws(' ', message_key, recipient, status, failure, decided_by, why) as line from notice_again`.execute(
    db,
  );
  expect(kept.rows).toEqual([{ line: `${key} never@example.be failed smtp.550 ops address corrected` }]);
  expect((await sendNoticeAgain(context, again.messageKey, words)).messageKey).toBe(`${key}-again-2`);
});

async function openAndClose(): Promise<TestMailServer> {
  const server = await open();
  await server.close();
  return server;
}

async function dueAt(keys: readonly string[]): Promise<number> {
  const found = await sql<{ at: string }>`
    select not_before as at from invoice_notice where message_key = any(${keys})`.execute(db);
  return Date.parse(found.rows[0]?.at ?? '');
}

async function unlocked(key: string): Promise<boolean> {
  const found = await sql`select from invoice_notice where message_key = ${key} for update skip locked`.execute(db);
  return found.rows.length === 1;
}

async function waitUntil(holds: () => Promise<boolean>): Promise<void> {
  const patience = AbortSignal.timeout(20_000);
  while (!(await holds())) {
    patience.throwIfAborted();
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
