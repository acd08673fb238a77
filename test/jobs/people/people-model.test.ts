/** Random months of beneficiary files: what the database comes to is what a plain model in memory comes to. */
import { utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { sql } from 'kysely';
import { expect, test } from 'vitest';
import { PORTAL_FIELDS } from '../../../src/config/layout-fields.ts';
import { approvePlan, discardPlan } from '../../../src/jobs/import/decide-held-plan.ts';
import { importByHand } from '../../../src/jobs/import/import-by-hand.ts';
import { applyAgain } from '../../../src/jobs/intake/take-again.ts';
import { deactivateLeavers } from '../../../src/load/people/leavers.ts';
import { addDays } from '../../../src/transform/values/calendar.ts';
import { employerLine } from '../../support/employer-lines.ts';
import { fuzzRuns, fuzzTimeout } from '../../support/fuzz-runs.ts';
import { inventPerson } from '../../support/people.ts';
import { openPeopleDesk } from '../../support/people-desk.ts';
import { type ModelFile, type ModelRow, PeopleModel, plain } from '../../support/people-model.ts';
import { withEnds } from '../../support/people-with-ends.ts';
import { portalRow } from '../../support/portal-rows.ts';

const PEOPLE = 9;
const FIRST_DAY = '2026-12-01';
const { work, db, employer } = await openPeopleDesk(6_200_000);

function textOf(rows: readonly ModelRow[], whole: boolean, order: readonly number[]): string {
  const header = [...PORTAL_FIELDS, 'employmentEnd', 'faceValueFrom'].join(';');
  const lines = rows.map((row) => {
    const cells = portalRow(row.person ?? 99, {
      ...(row.person === null ? { nationalRegisterNumber: '85073003329' } : {}),
      status: row.status,
      email: row.email,
      otherName: row.otherName,
      extra1: row.extra1,
      costCenter: row.costCenter,
      mealProduct: row.mealProduct === 'none' ? 'geen' : row.mealProduct,
      mealFaceValue: row.mealFaceValue === null ? '' : (row.mealFaceValue / 100).toFixed(2),
      secondProduct: row.secondProduct === 'none' ? 'n/a' : row.secondProduct,
      thirdProduct: row.thirdProduct === 'none' ? '#CLEAR' : row.thirdProduct,
    });
    return [...PORTAL_FIELDS.map((field) => cells[field] ?? ''), row.employmentEnd, row.faceValueFrom].join(';');
  });
  const sorted = lines.map((line, index) => ({ line, at: order[index] ?? 0 })).sort((one, other) => one.at - other.at);
  return [header, ...sorted.map(({ line }) => line)].join('\n') + (whole ? '\n' : '');
}

const often = <T>(usual: T, ...others: readonly T[]) =>
  fc.oneof({ weight: 4, arbitrary: fc.constant(usual) }, { weight: 3, arbitrary: fc.constantFrom(...others) });

const row: fc.Arbitrary<ModelRow> = fc.record({
  person: fc.oneof(
    { weight: 60, arbitrary: fc.integer({ min: 0, max: PEOPLE - 1 }) },
    { weight: 1, arbitrary: fc.constant(null) },
  ),
  status: often<ModelRow['status']>('', '', 'active', 'active', 'inactive'),
  email: fc.oneof(
    { weight: 100, arbitrary: fc.constant('a@example.be') },
    { weight: 10, arbitrary: fc.constant('b@example.be') },
    { weight: 1, arbitrary: fc.constant('?') },
  ),
  otherName: often('', 'X', '#CLEAR'),
  extra1: often('', 'X', '#CLEAR'),
  costCenter: fc.oneof(
    { weight: 80, arbitrary: fc.constant('1') },
    { weight: 12, arbitrary: fc.constantFrom('', '2') },
    { weight: 1, arbitrary: fc.constant('7') },
  ),
  employmentEnd: often('', '', '2026-11-30', '2026-12-02', '2026-12-03', '2027-01-31', '#CLEAR'),
  mealProduct: often<ModelRow['mealProduct']>('meal', '', 'none'),
  mealFaceValue: often<number | null>(800, 800, null, 750, 750, 900, 900, 900, 1001),
  secondProduct: often<ModelRow['secondProduct']>('', 'eco', 'gift', 'none'),
  thirdProduct: often<ModelRow['thirdProduct']>('', 'gift', 'eco', 'none'),
  faceValueFrom: often('', '', '2026-11', '2027-01'),
});

const file = fc.record({
  scope: fc.constantFrom<ModelFile['scope']>('full', 'delta'),
  daysOld: fc.oneof({ weight: 4, arbitrary: fc.constant(0) }, { weight: 1, arbitrary: fc.nat({ max: 20 }) }),
  whole: fc.oneof({ weight: 5, arbitrary: fc.constant(true) }, { weight: 1, arbitrary: fc.constant(false) }),
  rows: fc.oneof(
    {
      weight: 4,
      arbitrary: fc.uniqueArray(row, { minLength: 6, maxLength: PEOPLE, selector: (one) => one.person ?? -1 }),
    },
    { weight: 1, arbitrary: fc.array(row, { maxLength: 8 }) },
  ),
  /** the file before it with some rows changed and left out: how a month follows a month */
  basis: fc.constantFrom('new', 'previous', 'previous', 'previous'),
  left: fc.nat({ max: 2 }),
  /** rows said twice */
  twice: fc.array(fc.nat({ max: 8 }), { maxLength: 2 }),
  order: fc.array(fc.nat({ max: 1000 }), { minLength: 12, maxLength: 12 }),
  /** what a person answers if it is held */
  word: fc.constantFrom('yes', 'upserts', 'discard', 'nothing'),
  again: fc.boolean(),
  /** days that pass before it comes */
  later: fc.oneof({ weight: 3, arbitrary: fc.constant(0) }, { weight: 1, arbitrary: fc.constantFrom(1, 2) }),
});

const runs = fuzzRuns(6, 0.02);

test(
  'files in any order, twice, late, faulty and approved come to what the model says',
  async () => {
    const contract = { from: '2026-01-01', to: null, fees: {} };
    await fc.assert(
      fc.asyncProperty(fc.array(file, { minLength: 4, maxLength: 8 }), async (files) => {
        const [center] = (employerLine('') as { costCenters: object[] }).costCenters;
        const number = await employer({
          contracts: ['meal', 'eco', 'gift'].map((product) => ({ ...contract, product })),
          costCenters: [center, { ...center, number: 2, label: 'Autre' }],
        });
        const model = new PeopleModel();
        let today = FIRST_DAY;
        let count = 0;
        let previous: readonly ModelRow[] = [];
        for (const each of files) {
          if (each.later > 0 && today < '2026-12-06') {
            today = addDays(today, each.later);
            model.leavers(today);
            await deactivateLeavers(db, today);
          }
          const sent = each.basis === 'new' ? each.rows : corrected(previous, each.rows, each.left);
          previous = sent;
          const rows = [...sent, ...each.twice.flatMap((at) => sent[at] ?? [])];
          const { scope, whole } = each;
          const text = textOf(rows, whole, each.order);
          const told: ModelFile = { scope, whole, asOf: addDays(today, -each.daysOld), rows, text };
          const context = withEnds(work.on(today));
          const give = async () => {
            const path = join(work.home, `model-${count++}.csv`);
            await writeFile(path, text);
            const at = new Date(`${told.asOf}T08:00:00Z`);
            await utimes(path, at, at);
            const given = {
              layout: 'people-with-ends',
              secretariat: 'alpha',
              set: { enterpriseNumber: number },
              scope: told.scope,
            };
            const [result] = await importByHand(context, [path], { ...given, mode: null, dryRun: false });
            if (result === undefined) throw new Error('an import has a result');
            return result;
          };
          const result = await give();
          const expected = model.give(told, today);
          expect({ status: result.status, counts: result.counts }).toEqual(expected);
          if (result.planHash !== undefined && each.word !== 'nothing') {
            const word = { by: 'Ops', why: 'random' };
            if (each.word === 'discard') {
              await discardPlan(context, result.planHash, word);
              model.discard(told);
            } else {
              const upsertsOnly = each.word === 'upserts';
              const approved = await approvePlan(context, result.planHash, { ...word, upsertsOnly });
              const yes = model.give(told, today, upsertsOnly ? 'upserts' : 'yes');
              expect({ status: approved.status, counts: approved.counts }).toEqual(yes);
            }
          }
          const state = await stored(number);
          expect(state).toEqual(stateOf(model));
          if (each.again && (result.status === 'applied' || (result.status === 'held' && each.word !== 'discard'))) {
            expect(await give()).toMatchObject({ status: 'duplicate' });
            expect(await stored(number)).toEqual(state);
            if (result.status === 'applied') {
              const anew = await applyAgain(context, result.fileId ?? 0);
              const changed = { created: 0, updated: 0, reactivated: 0, deactivated: 0 };
              expect(anew).toMatchObject({ status: 'applied', counts: { read: told.rows.length, ...changed } });
              expect(await stored(number)).toEqual(state);
            }
          }
        }
      }),
      { numRuns: runs, interruptAfterTimeLimit: Math.max(20_000, runs * 3000) },
    );
  },
  fuzzTimeout(3000, runs),
);

function corrected(previous: readonly ModelRow[], changed: readonly ModelRow[], left: number): readonly ModelRow[] {
  const some = changed.slice(0, previous.length === 0 ? changed.length : 3);
  const kept = previous.filter(({ person }) => !some.some((row) => row.person === person));
  return [...kept.slice(left), ...some];
}

function stateOf(model: PeopleModel): Record<string, unknown> {
  return Object.fromEntries(
    [...model.people].map(([index, person]) => [inventPerson(index).nationalRegisterNumber, plain(person)]),
  );
}

async function stored(number: string): Promise<Record<string, unknown>> {
  const found = await sql<{ nrn: string; person: Record<string, unknown> }>`
    select national_register_number as nrn,
           jsonb_build_object('status', status, 'reason', status_reason, 'email', email, 'otherName', other_name,
             'extra1', extra ->> 'extra1',
             'costCenter', cost_center, 'end', employment_end, 'products', (
               select coalesce(jsonb_object_agg(code, rows), '{}') from (
                 select x.product_code as code, jsonb_object_agg(to_char(x.valid_from, 'YYYY-MM'),
                          jsonb_build_object('value', x.face_value, 'removed', x.removed)) as rows
                   from beneficiary_product x
                  where x.enterprise_number = b.enterprise_number and x.beneficiary_id = b.id group by 1) p)) as person
      from beneficiary b where enterprise_number = ${number}`.execute(db);
  return Object.fromEntries(found.rows.map(({ nrn, person }) => [nrn, person]));
}
