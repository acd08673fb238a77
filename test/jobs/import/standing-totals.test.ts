/** A month of payroll that is said again: what stands already is set aside, and comes to the same as planning every row. Long because its one proof needs all of its generator, events and states. */
import { utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { sql } from 'kysely';
import { expect, it } from 'vitest';
import { importByHand } from '../../../src/jobs/import/import-by-hand.ts';
import { employerLine, employersJsonl } from '../../support/employer-lines.ts';
import { fuzzRuns, fuzzTimeout } from '../../support/fuzz-runs.ts';
import { openWorkplace, type Workplace } from '../../support/job-context.ts';
import { inventEnterpriseNumber, inventPerson } from '../../support/people.ts';
import { portalCsv, portalRow } from '../../support/portal-rows.ts';

const EMPLOYERS = [1, 2].map((index) => inventEnterpriseNumber(7_300_000 + index));
const OTHER = inventEnterpriseNumber(7_400_000);
/** The second one has so many that the file is not a small one, whose rows are all planned. */
const PEOPLE = [5, 130];
const PERIODS = ['2026-08', '2026-09', '2026-10', '2026-11'];
/** Of an employer of its own, and said for the first time every time: with them most of a file is new, and every row is planned. */
const NEW_MONTHS = [2024, 2025].flatMap((year) =>
  Array.from({ length: 12 }, (_, month) => `${year}-${String(month + 1).padStart(2, '0')}`),
);
const RUNS = fuzzRuns(4, 0.05);

interface Row {
  readonly employer: number;
  readonly person: number;
  readonly period: string;
  readonly product: string;
  readonly quantity: string;
  readonly faceValue: string;
  readonly end: string;
}

const BASE: readonly Row[] = EMPLOYERS.flatMap((_, employer) =>
  PERIODS.flatMap((period) =>
    Array.from({ length: PEOPLE[employer] ?? 0 }, (_, person) => ({
      employer,
      person,
      period,
      product: 'meal',
      quantity: '20',
      faceValue: '8,00',
      end: '',
    })),
  ),
);

const change = fc.record(
  {
    person: fc.constantFrom(0, 1, 5),
    quantity: fc.constantFrom('19', '0', '32', '-1', 'x'),
    faceValue: fc.constantFrom('', '7,00', '12,00'),
    product: fc.constantFrom('eco', 'meal'),
    end: fc.constantFrom('2026-11-20', '2027-01-31'),
    period: fc.constantFrom(...PERIODS),
  },
  { requiredKeys: [] },
);
const file = fc.record({
  event: fc.constantFrom(
    'none',
    'none',
    'product taken',
    'product again',
    'value raised',
    'written off',
    'split',
    'increment',
    'other value',
    'mandate ended',
  ),
  hour: fc.integer({ min: 0, max: 23 }),
  unsaid: fc.boolean(),
  changes: fc.array(fc.record({ at: fc.nat(40), change, kept: fc.boolean() }), { maxLength: 3 }),
});
type File = typeof file extends fc.Arbitrary<infer T> ? T : never;

function rowsOf({ changes, unsaid }: File): Row[] {
  const rows = BASE.map((row) => (unsaid ? { ...row, faceValue: '' } : row));
  for (const { at, change: changed, kept } of changes) {
    const row = { ...(rows[at] as Row), ...changed } as Row;
    if (kept) rows.push(row);
    else rows[at] = row;
  }
  return rows;
}

const lineOf = (row: Omit<Row, 'employer' | 'person'>, employer: string, person: number) =>
  [
    employer,
    inventPerson(person).nationalRegisterNumber,
    row.period,
    row.product,
    row.quantity,
    row.faceValue,
    row.end,
  ].join(';');

function textOf(rows: readonly Row[], withNew: boolean): string {
  const lines = rows.map((row) => lineOf(row, EMPLOYERS[row.employer] ?? '', row.person + 10 * row.employer));
  const extra = { product: 'meal', quantity: '20', faceValue: '8,00', end: '' };
  if (withNew) lines.push(...NEW_MONTHS.map((period) => lineOf({ ...extra, period }, OTHER, 500)));
  return `${['enterpriseNumber;nationalRegisterNumber;period;product;quantity;faceValue;employmentEnd', ...lines].join('\n')}\n`;
}

interface Give {
  readonly layout: string;
  readonly set?: Record<string, string>;
  readonly moment?: string;
}

async function give(work: Workplace, name: string, text: string, { layout, set = {}, moment }: Give) {
  const path = join(work.home, name);
  await writeFile(path, text);
  if (moment !== undefined) await utimes(path, new Date(moment), new Date(moment));
  const context = work.on('2026-12-10');
  const limits = { ...context.config.navette.limits, maxRejectedRatio: 1, maxDeactivatedRatio: 1 };
  const config = { ...context.config, navette: { ...context.config.navette, limits } };
  const secretariat = layout === 'employers' ? 'issuer' : 'alpha';
  const given = { layout, secretariat, set, scope: null, mode: null, dryRun: false };
  const [result] = await importByHand({ ...context, config }, [path], given);
  if (result === undefined) throw new Error('an import has a result');
  return result;
}

async function fill(work: Workplace): Promise<void> {
  const { db } = work.on('2026-12-10').database;
  await sql`
    truncate employer, mandate, contract, beneficiary, beneficiary_product, beneficiary_change, entitlement, entitlement_change,
             confirmed_entitlement, entitlement_split, drop_file, row_issue, held_plan, held_departure, outgoing_file restart identity cascade`.execute(
    db,
  );
  await sql`alter sequence entitlement_change_id restart`.execute(db);
  const line = (number: string) =>
    employerLine(number, {
      standingOrders: [],
      mandates: [{ secretariat: 'alpha', from: '2020-01-01', to: null }],
      contracts: [{ product: 'meal', from: '2020-01-01', to: null, fees: {} }],
    });
  await give(work, 'employers.jsonl', employersJsonl([...EMPLOYERS, OTHER].map(line)), { layout: 'employers' });
  for (const [employer, number] of EMPLOYERS.entries()) {
    const people = Array.from({ length: PEOPLE[employer] ?? 0 }, (_, person) => portalRow(person + 10 * employer));
    await give(work, `${number}.csv`, portalCsv(people), {
      layout: 'beneficiaries-portal',
      moment: '2026-11-20T12:00:00Z',
    });
  }
  await give(work, `${OTHER}.csv`, portalCsv([portalRow(500)]), {
    layout: 'beneficiaries-portal',
    moment: '2026-11-20T12:00:00Z',
  });
}

/** What happens between two files, in both worlds alike. */
async function happen(work: Workplace, event: File['event']): Promise<void> {
  const { db } = work.on('2026-12-10').database;
  const [employer = ''] = EMPLOYERS;
  const person = sql`(select min(id) from beneficiary where enterprise_number = ${employer})`;
  const product = (from: string, value: number, removed: boolean) => sql`
    insert into beneficiary_product (enterprise_number, beneficiary_id, product_code, valid_from, face_value, removed)
    values (${employer}, ${person}, 'meal', ${from}, ${value}, ${removed}) on conflict do nothing`;
  if (event === 'product taken') await product('2026-10-01', 800, true).execute(db);
  if (event === 'product again') await product('2026-11-01', 800, false).execute(db);
  if (event === 'value raised') await product('2026-11-01', 900, false).execute(db);
  if (event === 'mandate ended') {
    await sql`update mandate set valid_to = '2026-08-15' where enterprise_number = ${EMPLOYERS[1]}`.execute(db);
  }
  const history = (kind: string, before: number, after: number) => sql`
    insert into entitlement_change (enterprise_number, beneficiary_id, product_code, period, face_value, before, after, kind)
    select enterprise_number, beneficiary_id, product_code, period, face_value, ${before}::int, ${after}::int, ${kind} from entitlement
     where beneficiary_id = ${person} and period = '2026-10' and face_value = 800`;
  const added = (quantity: number) => sql`
    update entitlement set added_quantity = added_quantity + ${quantity}::int
     where beneficiary_id = ${person} and period = '2026-10' and face_value = 800`;
  if (event === 'written off') {
    await added(-2).execute(db);
    await history('written-off', 20, 18).execute(db);
  }
  if (event === 'increment') await history('signed', 0, 1).execute(db);
  if (event === 'split') {
    await sql`
      insert into entitlement_split (enterprise_number, beneficiary_id, product_code, period, earlier_period, earlier_face_value,
                                     quantity, as_of)
      select enterprise_number, beneficiary_id, product_code, '2026-11', period, face_value, 1, '2026-11-30' from entitlement
       where beneficiary_id = ${person} and period = '2026-10' and face_value = 800 on conflict do nothing`.execute(db);
    await added(-1).execute(db);
  }
  if (event === 'other value') {
    await sql`
      insert into entitlement (enterprise_number, beneficiary_id, product_code, period, face_value, added_quantity)
      select enterprise_number, beneficiary_id, product_code, period, 700, 1 from entitlement
       where beneficiary_id = ${person} and period = '2026-10' and face_value = 800 on conflict do nothing`.execute(db);
  }
}

/** Everything of the two employers that payroll writes. */
async function stateOf(work: Workplace): Promise<unknown> {
  const { db } = work.on('2026-12-10').database;
  const all = await sql<{ row: string }>`
    select 'entitlement ' || to_jsonb(e)::text as row from entitlement e where enterprise_number <> ${OTHER}
    union all
    select 'change ' || (to_jsonb(c) - 'id' - 'at')::text from entitlement_change c where enterprise_number <> ${OTHER}
    union all
    select 'confirmed ' || (to_jsonb(c) - 'beneficiary_ids')::text || (select array_agg(i order by i) from unnest(beneficiary_ids) i)::text
      from confirmed_entitlement c where enterprise_number <> ${OTHER}
    union all
    select 'split ' || to_jsonb(s)::text from entitlement_split s
    union all
    select 'person ' || to_jsonb(b)::text from beneficiary b where enterprise_number <> ${OTHER}
    order by 1`.execute(db);
  return all.rows.map(({ row }) => row);
}

const quick = await openWorkplace();
const slow = await openWorkplace();

it(
  'a month said again comes to the same whether its standing totals are set aside or every row is planned',
  async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(file, { minLength: 2, maxLength: 5 }), async (files) => {
        await Promise.all([fill(quick), fill(slow)]);
        for (const [index, one] of [
          { ...(files[0] as File), changes: [], unsaid: false, hour: 0 },
          ...files,
        ].entries()) {
          const rows = rowsOf(one);
          // Now and then a file comes later than a newer one.
          const day = 3 + index - (one.hour < 6 ? 2 : 0);
          const moment = `2026-12-0${day}T${String(one.hour).padStart(2, '0')}:00:00Z`;
          if (index > 0) await Promise.all([happen(quick, one.event), happen(slow, one.event)]);
          const given = { layout: 'payroll-generic', moment };
          const name = `payroll-${index}.csv`;
          const short = await give(quick, name, textOf(rows, false), given);
          const long = await give(slow, name, textOf(rows, true), given);
          if (short.status === 'rejected') return;
          const added = NEW_MONTHS.length;
          const { read, created } = long.counts;
          if (short.status === 'duplicate' && long.status === 'applied') {
            // Fewer rows are refused than before, and the new months make that copy news: from here on the two tell different stories.
            expect(long.counts).toMatchObject({ created: added, updated: 0, reactivated: 0 });
            return;
          }
          expect(long.status).toBe(short.status);
          expect(short.issues).toEqual(long.issues.filter(({ row }) => row === null || row <= rows.length + 1));
          if (long.status === 'duplicate') continue;
          expect(short.counts).toEqual({ ...long.counts, read: read - added, created: created - added });
          await sql`delete from entitlement where enterprise_number = ${OTHER}`.execute(
            slow.on('2026-12-10').database.db,
          );
          expect(await stateOf(quick)).toEqual(await stateOf(slow));
        }
      }),
      { numRuns: RUNS },
    );
  },
  fuzzTimeout(5_000, RUNS),
);
