/** A file that turns out to be cut may be on its way still: it waits for the rest, and is rejected only when none comes. */
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Drop } from '../../../src/config.ts';
import { openDropHome } from '../../support/drop-home.ts';
import { folderPlace } from '../../support/drop-places.ts';

const fixture = (layout: string, file: string): Promise<Buffer> =>
  readFile(new URL(`../../../fixtures/${layout}/${file}`, import.meta.url));

describe.each([
  ['a trailer', 'payroll-fixed-signed', 'input.txt'],
  ['a workbook', 'beneficiaries-portal', 'input.xlsx'],
  ['a statement', 'bank-coda', 'input.cod'],
  ['lines that are as long as each other', 'payroll-fixed-odd-dates', 'input.txt'],
])('without the end of %s', (_, layout, file) => {
  const open = async (change: Partial<Drop> = {}) => {
    const secretariat = layout.startsWith('bank') ? 'bank' : 'alpha';
    const home = await openDropHome(folderPlace, { settled: 'stable', layouts: [layout], secretariat, ...change });
    const whole = await fixture(layout, file);
    const path = join(home.place.root, 'in', file);
    await writeFile(path, whole.subarray(0, -30));
    const take = async (day?: string) => {
      await home.visit(day);
      home.pass(3);
      await home.visit(day);
    };
    return { ...home, path, whole, take };
  };

  test('fault 1: a file that nobody called whole waits, stays in its inbox, and is decided when the rest has come', async () => {
    const home = await open();
    await home.take();
    expect(await home.ledger()).toMatchObject([{ status: 'waiting', codes: [] }]);
    expect(home.events('file.incomplete')).toMatchObject([{ level: 'warn', reason: 'incomplete' }]);
    await writeFile(home.path, home.whole);
    await home.take();
    const [cut, whole, ...more] = await home.ledger();
    expect([cut?.status, more]).toEqual(['gone', []]);
    expect(whole?.archived).toMatch(/^input\./);
    expect(whole?.codes).not.toContain('file.truncated');
    expect(await readdir(join(home.place.root, 'in'))).toEqual([]);
  });

  test('fault 2: it is rejected when nothing came in a day', async () => {
    const home = await open();
    await home.take();
    await home.due();
    await home.take('2026-12-03');
    expect(await home.ledger()).toMatchObject([{ status: 'rejected', codes: ['file.truncated'] }]);
    expect(await readdir(join(home.place.root, 'error'))).toHaveLength(1);
  });

  test('one that its sender called whole is rejected at once', async () => {
    const home = await open({ settled: 'rename' });
    await home.visit();
    expect(await home.ledger()).toMatchObject([{ status: 'rejected', codes: ['file.truncated'] }]);
  });
});
