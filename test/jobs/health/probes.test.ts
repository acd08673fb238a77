/** What probes and monitors are told: by a worker that starts, works and stops, and while its database is away. */

import { sql } from 'kysely';
import { afterAll, expect, test } from 'vitest';
import { createMetrics } from '../../../src/jobs/health/metrics.ts';
import { probeWorker } from '../../../src/jobs/health/probe-worker.ts';
import { serveHealth } from '../../../src/jobs/health/serve-health.ts';
import { openDatabase } from '../../../src/load/database.ts';
import { migrateQueue } from '../../../src/load/queue.ts';
import { cloneDatabase } from '../../support/database.ts';
import { freePort } from '../../support/free-port.ts';
import { openWorkplace } from '../../support/job-context.ts';
import { openWorkerHome, until } from '../../support/worker-home.ts';

const NOWHERE = { host: '127.0.0.1', port: 0 };

async function open(probes: Parameters<typeof serveHealth>[1]) {
  const server = await serveHealth(NOWHERE, probes);
  afterAll(() => server.close());
  return (path: string, init?: RequestInit) => fetch(`http://127.0.0.1:${server.port}${path}`, init);
}

/** Lines of the page that are no comments, of the metric that is named. */
function samples(page: string, name: string): string[] {
  return page.split('\n').filter((line) => line.startsWith(`${name}{`) || line.startsWith(`${name} `));
}

test('what a worker did and how everything stands is on the page', async () => {
  const work = await openWorkplace();
  const metrics = createMetrics();
  const probes = probeWorker(metrics);
  const get = await open(probes);
  const day = work.on('2026-12-10');
  const { db } = day.database;
  await sql`insert into drop_file (drop_id, secretariat_code, path, name, size, listed_size, mtime, received_at, received_on, status)
    values ('alpha', 'alpha', '/in/a', 'a', 1, 1, now(), '2026-11-04T08:00:00Z', '2026-11-04', 'parked')`.execute(db);
  await sql`insert into drop_visit (drop_id, seen_at, down_since, reason)
    values ('alpha', '2026-12-10T09:00:00Z', '2026-12-10T10:00:00Z', 'login')`.execute(db);
  await sql`insert into job_slot (job, slot, done_at) values ('leavers', 's', '2026-12-09T00:00:05Z')`.execute(db);
  await sql`insert into worker (id, host, started_at, seen_at) values ('one', 'a', now(), now()),
    ('two', 'b', now(), now() - interval '1 hour')`.execute(db);
  const [drop] = day.config.drops;
  const drops = drop === undefined ? [] : [{ ...drop, enabled: true }];
  probes.started(() => ({ ...day, config: { ...day.config, drops } }));

  const log = metrics.counting(() => undefined);
  const counts = { read: 5, created: 2, updated: 1, unchanged: 0, reactivated: 0, rejected: 2 };
  log('file.applied', { drop: 'alpha', counts: { ...counts, duplicateInFile: 0, deactivated: 0 } });
  log('notice.failed', {});

  const page = await (await get('/metrics')).text();
  expect(samples(page, 'navette_files_total')).toEqual(['navette_files_total{drop="alpha",outcome="applied"} 1']);
  expect(samples(page, 'navette_rows_total')).toContain('navette_rows_total{drop="alpha",outcome="rejected"} 2');
  expect(samples(page, 'navette_events_total')).toContain(
    'navette_events_total{event="notice.failed",level="error"} 1',
  );
  expect(samples(page, 'navette_parked_files')).toEqual(['navette_parked_files 1']);
  expect(samples(page, 'navette_drop_down')).toEqual(['navette_drop_down{drop="alpha"} 1']);
  expect(samples(page, 'navette_drop_overdue')).toEqual(['navette_drop_overdue{drop="alpha"} 1']);
  expect(samples(page, 'navette_drop_last_success_timestamp_seconds')).toEqual([
    `navette_drop_last_success_timestamp_seconds{drop="alpha"} ${Date.parse('2026-12-10T09:00:00Z') / 1000}`,
  ]);
  await sql`delete from drop_visit`.execute(db);
  const unvisited = await (await get('/metrics')).text();
  expect(samples(unvisited, 'navette_drop_last_success_timestamp_seconds')).toEqual([
    `navette_drop_last_success_timestamp_seconds{drop="alpha"} ${day.now / 1000}`,
  ]);
  // Due at one o'clock in Belgium, and it is noon there.
  expect(samples(page, 'navette_job_lag_seconds')).toContain(`navette_job_lag_seconds{job="leavers"} ${11 * 3600}`);
  expect(samples(page, 'navette_workers_alive')).toEqual(['navette_workers_alive 1']);
  expect(samples(page, 'navette_database_up')).toEqual(['navette_database_up 1']);
});

test('while the database is away a worker lives, is not ready, and tells no old numbers', async () => {
  const work = await openWorkplace();
  const probes = probeWorker(createMetrics());
  const get = await open(probes);
  expect(await (await get('/readyz')).json()).toEqual({ ready: false, faults: ['starting'] });
  const lost = await openDatabase(await cloneDatabase(), () => undefined);
  let database = work.on('2026-12-10').database;
  probes.started(() => ({ ...work.on('2026-12-10'), database }));
  expect((await get('/readyz')).status).toBe(200);
  expect(samples(await (await get('/metrics')).text(), 'navette_held_plans')).toEqual(['navette_held_plans 0']);
  await lost.close();
  database = lost;
  const refused = await get('/readyz');
  expect(refused.status).toBe(503);
  expect(await refused.json()).toEqual({ ready: false, faults: ['database'] });
  expect((await get('/healthz')).status).toBe(200);
  const page = await (await get('/metrics')).text();
  expect(samples(page, 'navette_database_up')).toEqual(['navette_database_up 0']);
  expect(samples(page, 'navette_held_plans')).toEqual([]);
  expect(samples(page, 'navette_drop_down')).toEqual([]);
  probes.stopping();
  expect(await (await get('/readyz')).json()).toEqual({ ready: false, faults: ['stopping'] });
});

test('nothing but three pages is served, and an address that is taken is told', async () => {
  const probes = probeWorker(createMetrics());
  const server = await serveHealth(NOWHERE, probes);
  afterAll(() => server.close());
  const at = `http://127.0.0.1:${server.port}`;
  expect((await fetch(`${at}/`)).status).toBe(404);
  expect((await fetch(`${at}/metrics`, { method: 'POST' })).status).toBe(405);
  expect(await (await fetch(`${at}/healthz`, { method: 'HEAD' })).text()).toBe('');
  await expect(serveHealth({ host: '127.0.0.1', port: server.port }, probes)).rejects.toThrow(/EADDRINUSE/);
});

test('a worker is ready when it takes files, is listed as alive, and is not when it was stopped', async () => {
  const url = await cloneDatabase();
  await migrateQueue(url);
  const home = await openWorkerHome({ url });
  const port = await freePort();
  const worker = home.start({ NAVETTE_HTTP: String(port) });
  const get = (path: string) => fetch(`http://127.0.0.1:${port}${path}`).catch(() => null);
  await until(
    async () => (await get('/readyz'))?.status,
    (status) => status === 200,
  );
  await home.grantOne(1);
  await until(home.granted, (granted) => granted === 1);
  const page = await until(
    async () => (await (await get('/metrics'))?.text()) ?? '',
    (text) =>
      samples(text, 'navette_files_total').length > 0 &&
      samples(text, 'navette_drop_last_success_timestamp_seconds').length === 1 &&
      samples(text, 'navette_workers_alive')[0]?.endsWith('1') === true,
  );
  expect(samples(page, 'navette_files_total')[0]).toMatch(/outcome="applied"\} 1$/);
  worker.child.kill('SIGTERM');
  expect(await worker.ended).toBe(0);
  const left = await sql`select id from worker`.execute(home.db);
  expect(left.rows).toEqual([]);
});

test('a worker that refuses its database ends, whoever asks for its probes', async () => {
  const url = await cloneDatabase();
  await migrateQueue(url);
  const home = await openWorkerHome({ url });
  await sql`drop schema pgboss cascade`.execute(home.db);
  const worker = home.start({ NAVETTE_HTTP: String(await freePort()) });
  expect(await worker.ended).toBe(2);
});
