/** The same name, bytes or second once more: a duplicate changes nothing, and other content is found. */
import { readdir, stat, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { sql } from 'kysely';
import { describe, expect, test } from 'vitest';
import { newLooks } from '../../../src/jobs/intake/looks.ts';
import { pullDrop } from '../../../src/jobs/intake/pull-drop.ts';
import { openDropHome } from '../../support/drop-home.ts';
import { folderPlace } from '../../support/drop-places.ts';
import { portalRow } from '../../support/portal-rows.ts';

describe('the same again', () => {
  test.each([
    ['fault 3: a file that comes twice', 'people.csv'],
    ['fault 4: the same bytes under another name', 'others.csv'],
  ])('%s: a duplicate, that changes nothing and is archived', async (_, again) => {
    const home = await openDropHome();
    for (const [index, name] of ['people.csv', again].entries()) {
      await home.send(name, home.people(0, 3));
      await home.visit(`2026-12-0${index + 1}`);
    }
    expect((await home.ledger()).map(({ status }) => status)).toEqual(['archived', 'duplicate']);
    expect(await readdir(join(home.place.root, 'archive'))).toHaveLength(2);
    expect(await home.active()).toBe(3);
  });

  test('a copy that came while another version was late counts as a new delivery once that one is applied', async () => {
    const home = await openDropHome();
    const send = async (name: string, lastName: string, minute: number) => {
      const age = Date.parse(`2026-11-20T10:0${minute}:00Z`) / 1000;
      await utimes(await home.send(name, home.people(0, 3, { lastName })), age, age);
    };
    await send('first.csv', 'Maes', 0);
    await home.visit();
    await send('late.csv', 'Peeters', 1);
    const enqueue = async () => undefined;
    await pullDrop(home.context(), home.drop, { looks: newLooks(), pause: null, enqueue, most: 10 });
    await sql`update drop_file set not_before = now() + interval '1 hour' where name = 'late.csv'`.execute(home.db);
    await send('again.csv', 'Maes', 2);
    await home.visit();
    expect((await home.ledger()).map(({ status }) => status)).toEqual(['archived', 'fetched', 'duplicate']);
    await home.due();
    await home.visit();
    expect((await home.ledger()).map(({ status }) => status)).toEqual(['archived', 'archived', 'archived']);
    const names = await sql`select distinct last_name from beneficiary`.execute(home.db);
    expect(names.rows).toEqual([{ last_name: 'Maes' }]);
  });

  test('a copy whose refused rows are right and new by now is applied: payroll came before its people', async () => {
    const home = await openDropHome();
    await home.send('people-1.csv', home.people(0, 1));
    await home.visit();
    const rows = [0, 1].map((at) => [
      home.employer,
      portalRow(at).nationalRegisterNumber,
      '2026-11',
      'meal',
      '20',
      '8,00',
    ]);
    const payroll = ['BCE;NISS;Période;Produit;Nombre;Valeur', ...rows.map((cells) => cells.join(';')), ''].join(
      '\r\n',
    );
    for (const name of ['payroll.csv', 'payroll-2.csv']) {
      await home.send(name, payroll);
      await home.visit();
    }
    await home.send('people-2.csv', home.people(1, 1));
    await home.visit();
    for (const name of ['payroll-3.csv', 'payroll-4.csv']) {
      await home.send(name, payroll);
      await home.visit();
    }
    expect((await home.ledger()).filter(({ name }) => name.startsWith('payroll'))).toMatchObject([
      { status: 'archived', codes: ['beneficiary.unknown'] },
      { status: 'duplicate', codes: [] },
      { status: 'archived', codes: [] },
      { status: 'duplicate', codes: [] },
    ]);
    const granted = await sql<{ quantity: number }>`select quantity from entitlement`.execute(home.db);
    expect(granted.rows).toEqual([{ quantity: 20 }, { quantity: 20 }]);
  });

  test('fault 5: the same name with new content is a new version', async () => {
    const home = await openDropHome();
    await home.send('people.csv', home.people(0, 3));
    await home.visit();
    await home.send('people.csv', home.people(0, 4));
    expect((await home.visit()).files).toMatchObject([{ result: { status: 'applied', counts: { created: 1 } } }]);
  });

  test('fault 6: another content of the same name, size and second is found in a drop that is only read', async () => {
    const home = await openDropHome(folderPlace, { archive: 'none' });
    const first = home.people(0, 2);
    const second = home.people(2, 2).replace('person2@', 'person8@');
    const age = Date.parse('2026-12-01T10:59:59Z') / 1000;
    const size = Math.max(Buffer.byteLength(first), Buffer.byteLength(second));
    const filled = (text: string) => text + ' '.repeat(size - Buffer.byteLength(text));
    const path = await home.send('people.csv', filled(first));
    await utimes(path, age, age);
    await home.visit();
    expect((await home.visit()).files).toEqual([]);
    expect(await home.ledger()).toHaveLength(1);
    const other = await openDropHome(folderPlace, { archive: 'none' });
    const again = await other.send('people.csv', filled(first));
    await utimes(again, age, age);
    await other.visit();
    await other.send('people.csv', filled(second));
    await utimes(again, age, age);
    await other.visit();
    expect((await other.ledger()).map(({ status }) => status)).toEqual(['applied', 'applied']);
    expect(await other.active()).toBe(4);
    expect((await stat(again)).size).toBe(size);
  });
});
