/** The portal's pages by hand, as a person types them. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import { afterAll, expect, test } from 'vitest';
import { readEnvironment } from '../../src/config/environment.ts';
import { loadConfig } from '../../src/config.ts';
import { openDatabase } from '../../src/load/database.ts';
import { syncReference } from '../../src/load/reference/reference.ts';
import { ROOT, runNavette } from '../support/command.ts';
import { cloneDatabase } from '../support/database.ts';
import { inventNationalRegisterNumber } from '../support/people.ts';
import { activateCard, inventEmployer } from '../support/small-world.ts';

const home = mkdtempSync(join(tmpdir(), 'navette-hand-'));
const url = await cloneDatabase();
const database = await openDatabase(url, () => undefined);
await syncReference(database.db, loadConfig(readEnvironment({ NAVETTE_CONFIG: join(ROOT, 'config') })));
afterAll(async () => {
  await database.close();
  rmSync(home, { recursive: true, force: true });
});

const navette = (...given: string[]) => runNavette({ DATABASE_URL: url, NAVETTE_HOME: home }, ...given);

const BIS = inventNationalRegisterNumber('1985-07-30', 501, 40);
const NATIONAL = inventNationalRegisterNumber('1985-07-30', 503);
const WORD = ['--by', 'Ops', '--why', 'by telephone'];

test('a person is created, changed, merged, loses the card and leaves; mistakes are told and change nothing', async () => {
  const employer = await inventEmployer(database.db, { fees: { cardProduction: 450 } });
  const set = (number: string, ...fields: string[]) =>
    navette('beneficiary', 'set', employer, number, ...fields, ...WORD);
  expect(await set(BIS)).toMatchObject({ code: 2 });
  expect(await set(BIS, '--last-name', 'Navetteau')).toMatchObject({ code: 1 });
  const [who, where] = [
    [
      '--lastName',
      'Navetteau',
      '--first-name',
      'Zélie',
      '--gender',
      'M',
      '--birth-date',
      '30/07/1985',
      '--language',
      'fr',
    ],
    ['--card-street', 'Rue', '--card-house-number', '1', '--card-postal-code', '1000', '--card-city', 'Bruxelles'],
  ];
  expect(await set(BIS, ...who, ...where, '--email', 'x@example.be')).toMatchObject({
    code: 0,
    out: expect.stringContaining('The beneficiary was created.\n'),
  });
  expect((await set(BIS, '--email', 'y@example.be')).out).toContain('The beneficiary was changed.\n');
  expect(await navette('beneficiary', 'merge', employer, BIS, NATIONAL, ...WORD)).toMatchObject({ code: 0 });
  const shown = await navette('beneficiary', employer, BIS, '--json');
  expect(JSON.parse(shown.out)).toMatchObject({
    nationalRegisterNumber: NATIONAL,
    email: 'y@example.be',
    status: 'active',
  });
  await activateCard(database.db, { nrn: NATIONAL }, '2030-12-31');
  const lost = await navette('card', 'lost', NATIONAL, '--by', 'Ops', '--json');
  expect(JSON.parse(lost.out)).toMatchObject({ blocked: true, enterpriseNumber: employer, without: null });
  expect(await navette('beneficiary', 'deactivate', employer, NATIONAL, ...WORD)).toMatchObject({
    code: 0,
    out: expect.stringContaining('The beneficiary is inactive now.\n'),
  });
  expect(await navette('beneficiary', 'deactivate', employer, NATIONAL, ...WORD)).toMatchObject({ code: 1 });
  expect(JSON.parse((await navette('run', 'renewals', '--json')).out)).toMatchObject({ people: 0 });
  expect(JSON.parse((await navette('run', 'retention', '--json')).out)).toMatchObject({ people: 0 });
  const history = await sql<{ changed_by: string; why: string }>`
    select changed_by, why from beneficiary_change where enterprise_number = ${employer} order by id`.execute(
    database.db,
  );
  expect(history.rows.map(({ changed_by, why }) => `${changed_by}: ${why}`)).toEqual([
    ...Array.from({ length: 3 }, () => 'Ops: by telephone'),
    'Ops: lost',
    'Ops: by telephone',
  ]);
}, 180_000);
