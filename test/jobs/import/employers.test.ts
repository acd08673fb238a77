/** Lines about employers, imported: upserted whole, and rejected one by one. */
import { sql } from 'kysely';
import { describe, expect, it } from 'vitest';
import { employerLine, employersJsonl } from '../../support/employer-lines.ts';
import { inventEnterpriseNumber } from '../../support/people.ts';
import { codes, openPeopleDesk } from '../../support/people-desk.ts';

const { db, employer, give } = await openPeopleDesk(4_000_000);

describe('employers', () => {
  it('are upserted whole, and what is no longer in the line is closed', async () => {
    const number = await employer();
    const again = await give(employersJsonl([employerLine(number), employerLine(number)]), { layout: 'employers' });
    expect(again.counts).toMatchObject({ read: 2, unchanged: 1, duplicateInFile: 1 });
    const changed = employersJsonl([employerLine(number, { deliveryPoints: [], name: 'Brasserie Changée' })]);
    expect((await give(changed, { layout: 'employers' })).counts).toMatchObject({ updated: 1 });
    const points = await sql`select closed from delivery_point where enterprise_number = ${number}`.execute(db);
    expect(points.rows).toEqual([{ closed: true }]);
  });

  it('a bad line is one rejected row, and the others load', async () => {
    const number = inventEnterpriseNumber(4_900_001);
    const text = `{"enterpriseNumber":\n${employersJsonl([employerLine(number)])}${employersJsonl([employerLine('0123456789')])}`;
    const result = await give(text, { layout: 'employers' });
    expect(result.counts).toMatchObject({ read: 3, created: 1, rejected: 2 });
    expect(codes(result)).toEqual(['1 null row.format', '3 enterpriseNumber enterprise-number.invalid']);
  });

  it('two lines about one employer that differ are both rejected', async () => {
    const number = inventEnterpriseNumber(4_900_002);
    const lines = [employerLine(number), employerLine(number, { name: 'Autre' })];
    const result = await give(employersJsonl(lines), { layout: 'employers' });
    expect(result.counts).toMatchObject({ rejected: 2 });
    expect(result.status).toBe('rejected');
  });
});
