/** What a drop was expected to bring and never did. */

import { expect, test } from 'vitest';
import { warnOverdue } from '../../../src/jobs/intake/overdue-drops.ts';
import { openDropHome } from '../../support/drop-home.ts';

test('fault 60: a file that was expected and never came is told once a month', async () => {
  const home = await openDropHome();
  const late = (day: string) => {
    const context = home.context(day);
    const drops = context.config.drops.map((drop) => ({ ...drop, expectedBy: 5 }));
    return warnOverdue({ ...context, config: { ...context.config, drops } });
  };
  await late('2026-12-05');
  expect(home.events('drop.overdue')).toEqual([]);
  await late('2026-12-06');
  await late('2026-12-07');
  expect(home.events('drop.overdue')).toMatchObject([{ drop: 'drop', period: '2026-12' }]);
  await home.send('people.csv', home.people(0, 1));
  await home.visit('2027-01-02');
  await late('2027-01-06');
  expect(home.events('drop.overdue')).toHaveLength(1);
});
