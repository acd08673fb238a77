/** Navette killed before, in and after every change of state that it makes in a month, and PostgreSQL too: what a quiet run leaves. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import { afterAll, expect, test } from 'vitest';
import { readEnvironment } from '../../src/config/environment.ts';
import { loadConfig } from '../../src/config.ts';
import { openDatabase } from '../../src/load/database.ts';
import { openEmbeddedPostgres } from '../../src/load/embedded-postgres.ts';
import { migrateSchema } from '../../src/load/migrate.ts';
import { syncReference } from '../../src/load/reference/reference.ts';
import { ROOT } from '../support/command.ts';
import { type Crash, MONTH, openLane, type Server } from '../support/crash-month.ts';
import { compareStates, readWholeState, type WholeState } from '../support/whole-state.ts';

/** How many kills at points with a name, and how many at random moments; `npm run crash` makes them all. */
const POINTS = Number(process.env['CRASH_POINTS'] ?? 5);
const MOMENTS = Number(process.env['CRASH_MOMENTS'] ?? 2);
/** Kills whose words begin so, such as `notices: navette before`. */
const ONLY = process.env['CRASH_ONLY'] ?? '';
const SECONDS_A_KILL = 30;
const FAST = ['fsync=off', 'full_page_writes=off', 'max_connections=60'];

const folder = mkdtempSync(join(tmpdir(), 'navette-matrix-'));
let postgres = await openEmbeddedPostgres(folder, FAST);
afterAll(async () => {
  await postgres.release();
  rmSync(folder, { recursive: true, force: true });
});
const server: Server = {
  url: () => postgres.url,
  postmaster: () => Number(readFileSync(join(folder, 'postgres', 'postmaster.pid'), 'utf8').split('\n')[0]),
};
const BASE = 'crash_base';
await inventBase();

async function inventBase(): Promise<void> {
  const admin = await openDatabase(postgres.url, () => undefined);
  await sql.raw(`create database ${BASE}`).execute(admin.db);
  await admin.close();
  const base = await openDatabase(postgres.url.replace(/\/[^/]*$/, `/${BASE}`), () => undefined);
  await migrateSchema(base.db);
  await syncReference(base.db, loadConfig(readEnvironment({ NAVETTE_CONFIG: join(ROOT, 'config') })));
  await base.close();
}

type Kill = Crash & { readonly step: number };

const told = (kill: Kill): string =>
  `${MONTH[kill.step]?.name}: ${kill.victim} ${'milliseconds' in kill ? `after ${kill.milliseconds} ms` : `${kill.mode} ${kill.point}${kill.passes === 0 ? '' : ` (number ${kill.passes + 1})`}`}`;

/** Every kind of change of every step, the first and the last of its kind: before the call, while it is made, and after it. */
function killsOf(passed: readonly (readonly string[])[]): Kill[] {
  return passed.flatMap((points, step) =>
    [...new Set(points)].flatMap((point): Kill[] => {
      const first = { step, point, passes: 0 };
      if (point.startsWith('uncommitted')) return [{ ...first, mode: 'before', victim: 'navette' }];
      const last = points.filter((one) => one === point).length - 1;
      const modes = ['before', 'during', 'after'] as const;
      const kills = [...new Set([0, last])].flatMap((passes) =>
        modes.map((mode): Kill => ({ ...first, passes, mode, victim: 'navette' })),
      );
      return point.startsWith('sql') ? [...kills, { ...first, mode: 'during', victim: 'postgres' }] : kills;
    }),
  );
}

/** `count` of them, evenly over the whole month and every time the same. */
function spread(kills: readonly Kill[], count: number): readonly Kill[] {
  if (count >= kills.length) return kills;
  return Array.from({ length: count }, (_, index) => kills[Math.floor(((index + 0.5) * kills.length) / count)]).filter(
    (kill) => kill !== undefined,
  );
}

const lane = await openLane(folder, 'one', server, BASE);
afterAll(() => lane.close());
const quiet = await liveQuietly();

/** The month without a fault: what it passes, what it leaves after each step, and how long each takes. */
async function liveQuietly() {
  const passed: (readonly string[])[] = [];
  const states: WholeState[] = [];
  const took: number[] = [];
  for (const [number, step] of MONTH.entries()) {
    await step.prepare?.(lane);
    await lane.keep(number);
    const started = performance.now();
    passed.push((await lane.run(step)) ?? []);
    took.push(performance.now() - started);
    states.push(await readState());
  }
  return { passed, states, took };
}

function readState(): Promise<WholeState> {
  return lane.ask((db) => readWholeState(db, lane.home));
}

/** From where the step began: killed, started again, and looked at. @returns what became of it, in a word */
async function dieAndFinish(kill: Kill): Promise<'same' | 'not reached'> {
  const step = MONTH[kill.step];
  if (step === undefined) throw new Error('no such step');
  await lane.takeBack(kill.step);
  const died = (await lane.run(step, kill)) === null;
  if (kill.victim === 'postgres') postgres = await openEmbeddedPostgres(folder, FAST);
  if (died) await lane.run(step);
  const state = await readState();
  const expected = quiet.states[kill.step];
  const differences = expected === undefined ? ['no quiet run'] : compareStates(expected, state);
  const faults = [...differences, ...state.numberFaults];
  if (faults.length > 0) throw new Error([told(kill), ...faults.map((fault) => fault.slice(0, 400))].join('\n'));
  return died ? 'same' : 'not reached';
}

async function proveAll(kills: readonly Kill[]): Promise<void> {
  const wrong: string[] = [];
  for (const kill of kills) {
    const became = await dieAndFinish(kill).catch((error: Error) => {
      wrong.push(error.message);
      return 'DIFFERS';
    });
    console.log(`${became}  ${told(kill)}`);
    if (wrong.length > 0 && kills.length < 20) break;
  }
  expect(wrong).toEqual([]);
}

const FATES = [
  'card active',
  'card ordered',
  'file archived',
  'invoice credit credited',
  'invoice order credited',
  'invoice order open',
  'invoice order paid',
  'left by absent',
  'left by employment-ended',
  'order cancelled',
  'order draft',
  'order invoiced',
  'order released',
  'outgoing receipt sent',
  'outgoing rejects sent',
  'outgoing release sent',
  'plan approved',
];

/** Statuses after the quiet month: a month in which little happens proves little. */
test('the month that is disturbed has files of every fate, orders of every status, and somebody who leaves', async () => {
  const found = await lane.ask((db) =>
    sql<{ what: string }>`
      select distinct concat('file ', status) as what from drop_file
      union select distinct concat('order ', status) from voucher_order
      union select distinct concat('invoice ', kind, ' ', status) from invoice
      union select distinct concat('outgoing ', kind, ' ', status) from outgoing_file
      union select distinct concat('plan ', decision) from held_plan
      union select distinct concat('left by ', status_reason) from beneficiary where status = 'inactive'
      union select distinct concat('card ', status) from card
      order by 1`.execute(db),
  );
  expect(found.rows.map(({ what }) => what)).toEqual(FATES);
});

test(
  'killed at any point, a month ends as an undisturbed one does',
  async () => {
    const all = killsOf(quiet.passed);
    const kills = spread(
      all.filter((kill) => told(kill).startsWith(ONLY)),
      POINTS,
    );
    const points = new Set(all.map((kill) => `${kill.step} ${'point' in kill ? kill.point : ''}`));
    console.log(`${kills.length} of ${all.length} kills at ${points.size} points of ${MONTH.length} steps`);
    await proveAll(kills);
  },
  60_000 + Math.min(POINTS, 2000) * SECONDS_A_KILL * 1000,
);

test(
  'killed at random moments, Navette or PostgreSQL, a month ends as an undisturbed one does',
  async () => {
    const busy = MONTH.flatMap((_, step) => ((quiet.passed[step] ?? []).length > 0 ? [step] : []));
    const kills = Array.from({ length: MOMENTS }, (_, index): Kill => {
      const step = busy[Math.floor(Math.random() * busy.length)] ?? 0;
      const milliseconds = Math.round((quiet.took[step] ?? 0) * (0.3 + 0.7 * Math.random()));
      return { step, milliseconds, victim: index % 2 === 0 ? 'navette' : 'postgres' };
    });
    await proveAll(kills);
  },
  60_000 + MOMENTS * SECONDS_A_KILL * 1000,
);
