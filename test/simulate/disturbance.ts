/** Owns what goes wrong around Navette: its process is killed, its database is killed, a sender's server is away for days. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Day } from '../../src/model.ts';
import { addDays } from '../../src/transform/values/calendar.ts';
import { chanceOf } from './chance.ts';
import type { Size } from './country.ts';
import type { WorkDay } from './work-day.ts';

const KILL_AT = new URL('../support/kill-at.ts', import.meta.url).href;
const CHILD = new URL('work-day.ts', import.meta.url).pathname;
/** A month's days on which much happens. */
const BUSY_DAYS = [1, 2, 3, 4, 5, 6, 7, 8, 14] as const;

export interface Disturbance {
  readonly victim: 'navette' | 'postgres';
  /** the commit at which it dies, by how many came before it in that child, or a time */
  readonly at: { readonly commits: number; readonly mode: 'before' | 'after' } | { readonly milliseconds: number };
}

/** What is to be disturbed on a day; once, so that no file loses its owner a third time. */
export function disturbancesOf({ seed, kills }: Size, day: Day): readonly Disturbance[] {
  const month = day.slice(0, 7);
  const days = Array.from({ length: kills }, (_, index) => index).map((index) =>
    chanceOf(seed, 'disturbed', month, index).pick(BUSY_DAYS),
  );
  return days.flatMap((one, index): Disturbance[] => {
    if (one !== Number(day.slice(8)) || days.indexOf(one) !== index) return [];
    const chance = chanceOf(seed, 'disturbance', month, index);
    const victim = index === 1 ? 'postgres' : 'navette';
    // A quiet day has about ten commits, the day of an order many: low numbers come in time on both.
    const at = chance.is(0.8)
      ? {
          commits: Math.floor(2 ** (chance.between(0, 60) / 10)) - 1,
          mode: chance.pick<'before' | 'after'>(['before', 'after']),
        }
      : { milliseconds: chance.between(900, 2000) };
    return [{ victim, at }];
  });
}

/** Whether the senders' server is away: in every other month for some days at its beginning. */
export function isServerDown({ seed }: Size, day: Day): boolean {
  const chance = chanceOf(seed, 'server', day.slice(0, 7));
  if (!chance.is(0.5)) return false;
  const from = `${day.slice(0, 7)}-${String(chance.between(1, 4)).padStart(2, '0')}`;
  return day >= from && day <= addDays(from, chance.between(1, 3));
}

/**
 * A child does the day's work and dies over it, or comes to its end before that.
 * @returns whether it, or its database, died
 * @throws Error with what the child said when it ended neither with 0 nor by the kill
 */
export async function workAndDie(work: WorkDay, { victim, at }: Disturbance): Promise<boolean> {
  const plan = join(work.home, 'work-day.json');
  const tombstone = join(work.home, 'tombstone');
  await rm(tombstone, { force: true });
  await writeFile(plan, JSON.stringify(work));
  const [postmaster = '0'] = (await readFile(join(work.home, 'postgres', 'postmaster.pid'), 'utf8')).split('\n');
  const child = spawn(process.execPath, ['--import', KILL_AT, CHILD, plan], {
    env: {
      ...process.env,
      CRASH_TOMBSTONE: tombstone,
      CRASH_POSTMASTER: victim === 'postgres' ? postmaster : '0',
      ...('commits' in at
        ? { CRASH_AT: `sql commit|${at.commits}|${at.mode}` }
        : { CRASH_AFTER: String(at.milliseconds) }),
    },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const said: Buffer[] = [];
  child.stderr.on('data', (some: Buffer) => said.push(some));
  const [code, signal] = (await once(child, 'close')) as [number | null, string | null];
  const isStruck = existsSync(tombstone);
  // Whoever loses the database in the middle of the work may end as it likes; any other end is one that nobody planned.
  const isPlanned = isStruck ? victim === 'postgres' || signal === 'SIGKILL' : code === 0;
  if (isPlanned) return isStruck;
  throw new Error(`The child of ${work.day} ended with ${code ?? signal}: ${Buffer.concat(said).toString()}`);
}
