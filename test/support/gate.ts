/** Stops whoever comes to a step in the database until the test lets them pass. */
import pg from 'pg';
import { until } from './worker-home.ts';

const KEY = 4242;

export interface Gate {
  /** somebody stands before it */
  readonly reached: () => Promise<unknown>;
  readonly open: () => Promise<void>;
}

/** `step` is what a trigger of PostgreSQL takes: `before insert on entitlement`; `forEach` may be `row when (…)` for one after it. */
export async function closeGate(url: string, step: string, forEach = 'statement'): Promise<Gate> {
  const client = new pg.Client({ connectionString: url });
  client.on('error', () => undefined);
  await client.connect();
  await client.query(`select pg_advisory_lock(${KEY})`);
  await client.query(`create or replace function pass_gate() returns trigger language plpgsql as
    $$ begin perform pg_advisory_lock_shared(${KEY}); perform pg_advisory_unlock_shared(${KEY}); return null; end $$`);
  await client.query(`create trigger gate ${step} for each ${forEach} execute function pass_gate()`);
  return {
    reached: () =>
      until(
        async () =>
          (
            await client.query(`select 1 from pg_locks 
              where locktype = 'advisory' and objid = ${KEY} and not granted
                and database = (select oid from pg_database where datname = current_database())`)
          ).rowCount,
        (waiting) => waiting === 1,
      ),
    async open() {
      await client.end();
    },
  };
}
