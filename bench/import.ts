/** A fresh payroll file of a country, from its bytes to applied; the reference is the floor under any loader. */
import { sql } from 'kysely';
import { type BenchResult, ratioOf } from './bench.ts';
import { type CountryFile, measureCountry } from './import-country.ts';
import { fillCountry, writePayroll } from './payroll-world.ts';

const ROWS = 1_000_000;
const GOAL = 2;
const GOAL_AGAIN = 0.7;
const MOST_MEGABYTES = 300;

const PAYROLL: CountryFile = {
  layout: 'payroll-generic',
  fill: fillCountry,
  write: writePayroll,
  tables: ['entitlement', 'entitlement_change', 'confirmed_entitlement'],
  columns: 8,
  like: 'entitlement',
  insert: sql`
    (enterprise_number, beneficiary_id, product_code, period, face_value, restated_quantity, restated_as_of, file_id, row_number)
    select c1, 1000000 + row_number() over (), c4, c3, replace(c6, ',', '')::int, c5::int, now(), 1, row_number() over ()
      from floor_text
    on conflict (enterprise_number, beneficiary_id, product_code, period, face_value)
      do update set restated_quantity = excluded.restated_quantity`,
};

export const bench = (size: number): Promise<BenchResult> => benchImport('import', size, PAYROLL, GOAL, GOAL_AGAIN);

/** `goalAgain` null when the same file with 1 % changed has no goal of its own; it is told all the same. */
export async function benchImport(
  name: string,
  size: number,
  kind: CountryFile,
  goal: number,
  goalAgain: number | null,
): Promise<BenchResult> {
  const { rows, floor, fresh, again, peakMegabytes } = await measureCountry(Math.round(ROWS * size), kind);
  const ratio = ratioOf(fresh, floor);
  const ratioAgain = ratioOf(again, fresh);
  const most = goalAgain === null ? '' : `at most ${goalAgain} times fresh `;
  return {
    name,
    size: rows,
    seconds: fresh,
    referenceSeconds: floor,
    ratio,
    peakMegabytes,
    goal: `at most ${goal} times the floor, the same file with 1 % changed ${most}(${ratioAgain}), ${MOST_MEGABYTES} MB`,
    met: ratio <= goal && (goalAgain === null || ratioAgain <= goalAgain) && peakMegabytes <= MOST_MEGABYTES,
  };
}
