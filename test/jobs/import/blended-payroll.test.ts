/** A payroll value that blends two face values: it is split by what the months before explain, and its correction undoes the split. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { sql } from 'kysely';
import { describe, expect, it } from 'vitest';
import { importByHand } from '../../../src/jobs/import/import-by-hand.ts';
import { employerLine, employersJsonl } from '../../support/employer-lines.ts';
import { openWorkplace } from '../../support/job-context.ts';
import { inventEnterpriseNumber, inventPerson } from '../../support/people.ts';
import { portalCsv, portalRow } from '../../support/portal-rows.ts';

const work = await openWorkplace();
const { db } = work.on('2026-12-01').database;
let files = 0;

async function give(name: string, text: string, layout: string, set: Record<string, string>, day: string) {
  files += 1;
  const path = join(work.home, name);
  await writeFile(path, text);
  const secretariat = layout === 'employers' ? 'issuer' : 'alpha';
  const given = { layout, secretariat, set, scope: null, mode: null, dryRun: false };
  const [result] = await importByHand(work.on(day), [path], given);
  if (result === undefined) throw new Error('no result');
  return result;
}

/** An employer with one person at 8.00 until December 2025 and 10.00 from January 2026 on, and 20 vouchers in December. */
async function employerWithRise(): Promise<string> {
  files += 1;
  const number = inventEnterpriseNumber(6_000_000 + files);
  const contract = { product: 'meal', from: '2025-01-01', to: null, fees: {} };
  const mandate = { secretariat: 'alpha', from: '2025-01-01', to: null };
  const line = employerLine(number, { contracts: [contract], mandates: [mandate] });
  await give('employers.jsonl', employersJsonl([line]), 'employers', {}, '2025-12-01');
  await give(
    'people.csv',
    portalCsv([portalRow(0)]),
    'beneficiaries-portal',
    { enterpriseNumber: number },
    '2025-12-01',
  );
  await sql`
    insert into beneficiary_product (enterprise_number, beneficiary_id, product_code, valid_from, face_value)
    select enterprise_number, id, 'meal', '2026-01-01', 1000 from beneficiary where enterprise_number = ${number}`.execute(
    db,
  );
  await payroll(number, '2025_12', '8,00', 20, '160,00', '2026-01-02');
  return number;
}

const payroll = (number: string, month: string, value: string, quantity: number, total: string, day: string) =>
  give(
    `${month}_MealVoucher.csv`,
    `Name;NISS;Value;Quantity;Total\nX;${inventPerson(0).nationalRegisterNumber};${value};${quantity};${total}\n`,
    'payroll-odoo-meal-vouchers',
    { enterpriseNumber: number },
    day,
  );

async function granted(number: string): Promise<string[]> {
  const found = await sql<{ period: string; face_value: number; quantity: number }>`
    select period, face_value, quantity from entitlement where enterprise_number = ${number} order by 1, 2`.execute(db);
  return found.rows.map((row) => `${row.period} ${row.face_value} × ${row.quantity}`);
}

describe('a blended value', () => {
  it('20 × 10.00 − 2 × 8.00 = 184.00 over 18 prints 10.22: twenty of January, two of December given back', async () => {
    const number = await employerWithRise();
    const result = await payroll(number, '2026_01', '10,22', 18, '184,00', '2026-02-02');
    expect(result).toMatchObject({ status: 'applied', counts: { created: 1 }, issues: [] });
    expect(await granted(number)).toEqual(['2025-12 800 × 18', '2026-01 1000 × 20']);
  });

  it('its correction first gives back what the split had taken', async () => {
    const number = await employerWithRise();
    await payroll(number, '2026_01', '10,22', 18, '184,00', '2026-02-02');
    // 20 × 10.00 − 3 × 8.00 = 176.00 over 17 prints 10.35.
    const other = await payroll(number, '2026_01', '10,35', 17, '176,00', '2026-02-03');
    expect(other).toMatchObject({ counts: { updated: 1 } });
    expect(await granted(number)).toEqual(['2025-12 800 × 17', '2026-01 1000 × 20']);
    const plain = await payroll(number, '2026_01', '10,00', 19, '190,00', '2026-02-04');
    expect(plain).toMatchObject({ counts: { updated: 1 }, issues: [] });
    expect(await granted(number)).toEqual(['2025-12 800 × 20', '2026-01 1000 × 19']);
    expect((await sql`select 1 from entitlement_split where enterprise_number = ${number}`.execute(db)).rows).toEqual(
      [],
    );
    const history = await sql<{ before: number; after: number }>`
      select before, after from entitlement_change
       where enterprise_number = ${number} and kind = 'blended' order by id`.execute(db);
    expect(history.rows.map(({ before, after }) => `${before} > ${after}`)).toEqual([
      '20 > 18',
      '18 > 20',
      '20 > 17',
      '17 > 20',
    ]);
  });

  it('a blended row ends what the month had at another face value, and so does the next one', async () => {
    const number = await employerWithRise();
    await payroll(number, '2026_01', '8,00', 20, '160,00', '2026-02-01');
    const blended = await payroll(number, '2026_01', '10,22', 18, '184,00', '2026-02-02');
    expect(blended).toMatchObject({ status: 'applied', counts: { created: 1 }, issues: [] });
    expect(await granted(number)).toEqual(['2025-12 800 × 18', '2026-01 800 × 0', '2026-01 1000 × 20']);
    const again = await payroll(number, '2026_01', '10,35', 17, '176,00', '2026-02-03');
    expect(again).toMatchObject({ status: 'applied', counts: { updated: 1 }, issues: [] });
    expect(await granted(number)).toEqual(['2025-12 800 × 17', '2026-01 800 × 0', '2026-01 1000 × 20']);
  });

  it('a blended row of a month with two face values is not ambiguous', async () => {
    const number = await employerWithRise();
    await payroll(number, '2026_01', '10,00', 20, '200,00', '2026-02-01');
    await sql`
      insert into entitlement (enterprise_number, beneficiary_id, product_code, period, face_value, restated_quantity, restated_as_of)
      select enterprise_number, beneficiary_id, product_code, period, 800, 20, restated_as_of
        from entitlement where enterprise_number = ${number} and period = '2026-01'`.execute(db);
    const blended = await payroll(number, '2026_01', '10,22', 18, '184,00', '2026-02-02');
    expect(blended).toMatchObject({ status: 'applied', issues: [] });
    expect(await granted(number)).toEqual(['2025-12 800 × 18', '2026-01 800 × 0', '2026-01 1000 × 20']);
  });

  it('0,00;0;0,00 restates to nothing, and gives back what a split had taken; a value beside a zero is no news', async () => {
    const number = await employerWithRise();
    await payroll(number, '2026_01', '10,22', 18, '184,00', '2026-02-02');
    const nothing = await payroll(number, '2026_01', '0,00', 0, '0,00', '2026-02-03');
    expect(nothing).toMatchObject({ status: 'applied', counts: { updated: 1 }, issues: [] });
    expect(await granted(number)).toEqual(['2025-12 800 × 20', '2026-01 1000 × 0']);
    const other = await payroll(number, '2026_01', '8,00', 0, '0,00', '2026-02-04');
    expect(other).toMatchObject({ status: 'applied', issues: [] });
  });

  it('a restated December ends an older split; a re-sent January makes it again', async () => {
    const number = await employerWithRise();
    await payroll(number, '2026_01', '10,22', 18, '184,00', '2026-02-02');
    await sql`update entitlement_split set as_of = '2026-02-01' where enterprise_number = ${number}`.execute(db);
    await payroll(number, '2025_12', '8,00', 19, '152,00', '2026-02-05');
    expect(await granted(number)).toEqual(['2025-12 800 × 19', '2026-01 1000 × 20']);
  });

  it('that the prior month does not explain is refused', async () => {
    const number = await employerWithRise();
    // 19 × 10.00 + 2.00 × c = 193.00 has no whole c.
    const odd = await payroll(number, '2026_01', '10,16', 19, '193,00', '2026-02-02');
    expect(odd).toMatchObject({ status: 'rejected', issues: [{ code: 'limit.exceeded', column: 'value' }] });
    // 45 × 10.00 − 21 × 8.00 gives back one more than December has.
    const tooMany = await payroll(number, '2026_01', '11,75', 24, '282,00', '2026-02-02');
    expect(tooMany.issues).toMatchObject([{ code: 'limit.exceeded' }]);
    // Below the limit and no whole product: nothing explains it.
    const below = await payroll(number, '2026_01', '9,67', 3, '29,00', '2026-02-02');
    expect(below.issues).toMatchObject([{ code: 'blend.unexplained' }]);
    const wrong = await payroll(number, '2026_01', '10,00', 19, '191,00', '2026-02-02');
    expect(wrong.issues).toMatchObject([{ code: 'total.mismatch' }]);
    expect(await granted(number)).toEqual(['2025-12 800 × 20']);
  });

  it('a genuine rise is no blend: 20 × 9.00 = 180.00 is a face value, and the difference is told', async () => {
    const number = await employerWithRise();
    const result = await payroll(number, '2026_01', '9,00', 20, '180,00', '2026-02-02');
    expect(result).toMatchObject({
      counts: { created: 1 },
      issues: [{ code: 'face-value.changed', severity: 'warning' }],
    });
    expect(await granted(number)).toEqual(['2025-12 800 × 20', '2026-01 900 × 20']);
  });
});
