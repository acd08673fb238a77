/** A held file that a person approves ends as any other: applied, and put away. */
import { expect, test } from 'vitest';
import { approvePlan } from '../../../src/jobs/import/decide-held-plan.ts';
import { openDropHome } from '../../support/drop-home.ts';

const home = await openDropHome(undefined, { scope: 'full' });

test('an approved file is archived', async () => {
  await home.send('all.csv', home.people(0, 12));
  await home.visit();
  await home.send('few.csv', home.people(0, 4));
  const [held] = (await home.visit('2026-12-02')).files;
  expect(await home.ledger()).toMatchObject([
    { status: 'archived' },
    { status: 'held', archived: expect.stringMatching(/^few\./) },
  ]);
  const word = { by: 'Ops', why: 'checked with the secretariat', upsertsOnly: false };
  const result = await approvePlan(home.context('2026-12-03'), held?.result.planHash ?? '', word);
  expect(result.status).toBe('applied');
  expect(await home.ledger()).toMatchObject([{ status: 'archived' }, { status: 'archived' }]);
  expect(await home.active()).toBe(4);
});
