/** Navette killed before, in and after every change of state that it makes in a month, and PostgreSQL too: what a quiet run leaves. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import { afterAll, expect, test } from 'vitest';
import { readEnvironment } from '../../src/config/environment.ts';
import { loadConfig } from '../../src/config.ts';
import { openEmbeddedPostgres } from '../../src/load/embedded-postgres.ts';
import { migrateSchema } from '../../src/load/migrate.ts';
import { migrateQueue } from '../../src/load/queue.ts';
import { syncReference } from '../../src/load/reference/reference.ts';
import { chanceOf } from '../simulate/chance.ts';
import { ROOT } from '../support/command.ts';
import { type Kill, killsOf, spread, told } from '../support/crash-kills.ts';
import { type Lane, openLane, type Server } from '../support/crash-lane.ts';
import { MONTH } from '../support/crash-month.ts';
import { onDatabase } from '../support/database.ts';
import { compareStates, readWholeState, type WholeState } from '../support/whole-state.ts';

/** How many kills at points with a name, and of each victim at random moments; `npm run crash` makes them all. */
const POINTS = Number(process.env['CRASH_POINTS'] ?? 5);
const MOMENTS = Number(process.env['CRASH_MOMENTS'] ?? 1);
/** Of the random moments; the same seed on a machine as quick gives the same kills. */
const SEED = process.env['CRASH_SEED'] ?? String(Date.now());
/** A child that is quicker than in the quiet month has ended before its moment: so many may, of those at random moments. */
const LEAST_SHARE_REACHED = 0.7;
/** A named point that a busier machine passed over is tried again. */
const TRIES = 3;
/** Kills whose words begin so, such as `notices: navette before`. */
const ONLY = process.env['CRASH_ONLY'] ?? '';
const SECONDS_A_KILL = 30;
/** Months that are killed side by side. */
const LANES = POINTS > 20 ? ['one', 'two', 'three'] : ['one'];
const FAST = ['fsync=off', 'full_page_writes=off', 'max_connections=60'];

const folder = mkdtempSync(join(tmpdir(), 'navette-matrix-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const BASE = 'crash_base';

/** A month of its own: a server, a lane, and the month without a fault there. */
interface World {
  readonly lane: Lane;
  readonly quiet: Quiet;
  /** brings back a server that was killed */
  readonly restart: () => Promise<void>;
  readonly close: () => Promise<void>;
}

/** The month without a fault: what it passes, what it leaves after each step, and how long each takes. */
interface Quiet {
  readonly passed: readonly (readonly string[])[];
  readonly states: readonly WholeState[];
  readonly took: readonly number[];
}

async function openWorld(name: string): Promise<World> {
  const place = join(folder, `server-${name}`);
  mkdirSync(place);
  let postgres = await openEmbeddedPostgres(place, FAST);
  const server: Server = {
    url: () => postgres.url,
    postmaster: () => Number(readFileSync(join(place, 'postgres', 'postmaster.pid'), 'utf8').split('\n')[0]),
  };
  await inventBase(postgres.url);
  const lane = await openLane(folder, name, server, BASE);
  return {
    lane,
    quiet: await liveQuietly(lane),
    restart: async () => {
      postgres = await openEmbeddedPostgres(place, FAST);
    },
    close: async () => {
      await lane.close();
      await postgres.release();
    },
  };
}

async function inventBase(url: string): Promise<void> {
  await onDatabase(url, (db) => sql.raw(`create database ${BASE}`).execute(db));
  await onDatabase(url.replace(/\/[^/]*$/, `/${BASE}`), async (db) => {
    await migrateSchema(db);
    await syncReference(db, loadConfig(readEnvironment({ NAVETTE_CONFIG: join(ROOT, 'config') })));
  });
  await migrateQueue(url.replace(/\/[^/]*$/, `/${BASE}`));
}

async function liveQuietly(lane: Lane): Promise<Quiet> {
  const passed: (readonly string[])[] = [];
  const states: WholeState[] = [];
  const took: number[] = [];
  for (const [number, step] of MONTH.entries()) {
    await step.prepare?.(lane);
    await lane.keep(number);
    const started = performance.now();
    passed.push((await lane.run(step)) ?? []);
    took.push(performance.now() - started);
    states.push(await readState(lane));
  }
  return { passed, states, took };
}

function readState(lane: Lane): Promise<WholeState> {
  return lane.ask((db) => readWholeState(db, lane.home));
}

const worlds = await Promise.all(LANES.map(openWorld));
afterAll(() => Promise.all(worlds.map((world) => world.close())));
const [{ lane, quiet }] = worlds as [World, ...World[]];

/** From where the step began: killed, started again, and looked at. @returns what became of it, in a word */
async function dieAndFinish({ lane, quiet, restart }: World, kill: Kill): Promise<'same' | 'not reached'> {
  const step = MONTH[kill.step];
  if (step === undefined) throw new Error('no such step');
  await lane.takeBack(kill.step);
  const ran = lane.run(step, kill);
  const died = (await (kill.victim === 'postgres' ? ran.finally(restart) : ran)) === null;
  if (died) {
    await lane.letTimePass();
    await lane.run(step);
  }
  const state = await readState(lane);
  const expected = quiet.states[kill.step];
  const differences = expected === undefined ? ['no quiet run'] : compareStates(expected, state);
  const faults = [...differences, ...state.numberFaults];
  if (faults.length > 0) throw new Error([told(kill), ...faults.map((fault) => fault.slice(0, 400))].join('\n'));
  return died ? 'same' : 'not reached';
}

/** `leastReached`: the share of the kills that must have happened. */
async function proveAll(kills: readonly Kill[], leastReached: number): Promise<void> {
  const wrong: string[] = [];
  const missed: string[] = [];
  const waiting = kills.values();
  const began = performance.now();
  await Promise.all(
    worlds.map(async (world) => {
      for (const kill of waiting) {
        let became: string = 'not reached';
        for (let tried = 0; became === 'not reached' && tried < ('point' in kill ? TRIES : 1); tried++) {
          became = await dieAndFinish(world, kill).catch((error: Error) => {
            wrong.push(error.message);
            return 'DIFFERS';
          });
        }
        if (became === 'not reached') missed.push(told(kill));
        console.log(`${became}  ${told(kill)}`);
        if (wrong.length > 0 && kills.length < 20) break;
      }
    }),
  );
  const minutes = (performance.now() - began) / 60_000;
  console.log(`${kills.length} kills, ${(kills.length / minutes).toFixed(1)} a minute; not reached: ${missed.length}`);
  expect(wrong).toEqual([]);
  if (missed.length > kills.length * (1 - leastReached)) expect(missed).toEqual([]);
}

const FATES = [
  'card active',
  'card ordered',
  'file archived',
  'file superseded',
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
test('in the month that is disturbed files are archived, plans held, orders made, invoiced, credited, paid out and cancelled, and people leave', async () => {
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
    await proveAll(kills, 1);
  },
  60_000 + Math.min(POINTS, 2000) * SECONDS_A_KILL * 1000,
);

test(
  'killed at random moments, Navette or PostgreSQL, a month ends as an undisturbed one does',
  async () => {
    console.log(`CRASH_SEED=${SEED}`);
    const chance = chanceOf(SEED, 'moments');
    const [first = 0, ...others] = MONTH.flatMap((_, step) => ((quiet.passed[step] ?? []).length > 0 ? [step] : []));
    const kills = (['navette', 'postgres'] as const).flatMap((victim) =>
      Array.from({ length: MOMENTS }, (): Kill => {
        const step = chance.pick([first, ...others]);
        const milliseconds = Math.round(((quiet.took[step] ?? 0) * chance.between(300, 950)) / 1000);
        return { step, milliseconds, victim };
      }),
    );
    await proveAll(kills, MOMENTS < 10 ? 0 : LEAST_SHARE_REACHED);
  },
  60_000 + 2 * MOMENTS * SECONDS_A_KILL * 1000,
);
